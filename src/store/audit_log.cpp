#include "store/audit_log.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <fstream>
#include <memory>
#include <optional>
#include <system_error>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fmt/format.h>

#include "base/digest.hpp"
#include "base/file.hpp"
#include "base/log.hpp"
#include "base/text.hpp"
#include "store/audit_file.hpp"
#include "store/audit_record.hpp"

namespace cordon::store {
namespace {

constexpr std::size_t k_hash_digits = 64;
constexpr std::string_view k_hash_key = ",\"hash\":\"";
/// `,"hash":"<64 digits>"}`
constexpr std::size_t k_seal = k_hash_key.size() + k_hash_digits + 2;

const std::string& no_hash() {
    static const std::string zeros(k_hash_digits, '0');
    return zeros;
}

tl::unexpected<Error> audit_failure(const char* verb, const std::filesystem::path& file) {
    const int why = errno;
    const bool is_guarded = why == EPERM || why == EACCES || why == EROFS;  // EPERM: chattr +i
    return fail(Code::invalid, fmt::format("cannot {} the audit log {}: {}{}", verb, printable(file.string(), 300),
                                           std::generic_category().message(why),
                                           is_guarded ? "; 'ls -l' and 'lsattr' show what keeps it from that" : ""));
}

bool is_hex(std::string_view text) {
    return std::all_of(text.begin(), text.end(),
                       [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

/// What a line says of its own place; nullopt where it is no record.
struct Link {
    std::uint64_t number = 0;
    std::string previous;
    std::string hash;
    bool is_sound = false;  ///< the hash is the body's
};
std::optional<Link> link_of(std::string_view line) {
    if (line.size() <= k_seal || !line.ends_with("\"}")) return std::nullopt;
    const auto seal = line.substr(line.size() - k_seal);
    const auto hash = seal.substr(k_hash_key.size(), k_hash_digits);
    if (!seal.starts_with(k_hash_key) || !is_hex(hash)) return std::nullopt;
    auto facts = read_audit_record(line, {});
    if (!facts) return std::nullopt;
    Sha256 body;  // the line without its hash
    body.update(line.substr(0, line.size() - k_seal));
    body.update("}");
    return Link{facts->number, std::move(facts->previous), std::string(hash), body.hex() == hash};
}

/// The last whole line of a log, "" where there is none, and the hash at the end of the line before it.
struct LastLine {
    std::string text;
    std::string hash_before = no_hash();
};

/// Whether a log that ends with `last` (nullopt: has no record), behind a line with `hash_before`, is one that the
/// store wrote, or one that a crash left a record ahead of the mark.
bool is_end_known(const std::optional<Link>& last, const std::string& hash_before, const AuditMark& known) {
    if (known.records == 0) return true;  // a new store cannot tell
    if (!last || !last->is_sound) return false;
    const bool is_record_before = hash_before.size() == k_hash_digits && is_hex(hash_before);
    if (is_record_before && last->previous != hash_before) return false;
    if (last->number == known.records) return anchor_of({last->number, last->hash}) == known.anchor;
    return last->number == known.records + 1 && anchor_of({known.records, last->previous}) == known.anchor;
}

/// The open log, locked against another process that appends.
class OpenLog {
public:
    explicit OpenLog(const std::filesystem::path& file, int flags = O_RDWR | O_APPEND | O_CREAT)
        : number_(::open(file.c_str(), flags | O_CLOEXEC, S_IRUSR | S_IWUSR)) {}
    OpenLog(const OpenLog&) = delete;
    OpenLog& operator=(const OpenLog&) = delete;
    ~OpenLog() {
        if (number_ >= 0) ::close(number_);
    }

    [[nodiscard]] bool is_open() const noexcept { return number_ >= 0; }
    [[nodiscard]] bool lock() const { return number_ >= 0 && ::flock(number_, LOCK_EX) == 0; }

    /// False where another file has taken the name since this one was opened.
    [[nodiscard]] bool is_at(const std::filesystem::path& file) const {
        struct stat mine {
        }, named{};
        return ::fstat(number_, &mine) == 0 && ::stat(file.c_str(), &named) == 0 && mine.st_ino == named.st_ino &&
               mine.st_dev == named.st_dev;
    }

    enum class Torn { mend, leave };
    /// The last whole line, "" where there is none. What follows it is cut off, unless it is a record that only lacks
    /// its line end; or left, and passed over. nullopt on a failure, in errno.
    [[nodiscard]] std::optional<LastLine> last_line(Torn torn) const {
        const auto size = ::lseek(number_, 0, SEEK_END);
        if (size < 0) return std::nullopt;
        const auto end = line_end_before(size);
        if (!end) return std::nullopt;
        if (*end < size) {
            auto tail = text_between(*end, size);
            if (!tail) return std::nullopt;
            if (const auto link = link_of(*tail); link && link->is_sound) {
                if (torn == Torn::mend && !append("\n")) return std::nullopt;
                return LastLine{std::move(*tail), hash_before(*end)};
            }
            if (torn == Torn::mend && audit_file_calls().truncate(number_, *end) != 0) return std::nullopt;
        }
        if (*end == 0) return LastLine{};
        const auto begin = line_end_before(*end - 1);
        auto text = begin ? text_between(*begin, *end - 1) : std::nullopt;
        if (!text) return std::nullopt;
        return LastLine{std::move(*text), hash_before(*begin)};
    }

    /// Cuts off the last line, with its end. False on a failure.
    [[nodiscard]] bool drop_last_line() const {
        const auto size = ::lseek(number_, 0, SEEK_END);
        const auto begin = size <= 0 ? std::nullopt : line_end_before(size - 1);
        return begin && audit_file_calls().truncate(number_, *begin) == 0 && audit_file_calls().sync(number_) == 0;
    }

    [[nodiscard]] bool append(std::string_view bytes) const {
        while (!bytes.empty()) {
            const auto put = audit_file_calls().write(number_, bytes.data(), bytes.size());
            if (put < 0 && errno == EINTR) continue;
            if (put < 0) return false;
            bytes.remove_prefix(static_cast<std::size_t>(put));
        }
        return audit_file_calls().sync(number_) == 0;
    }

    /// The same; on a failure, in errno, what reached the file is cut off again where that can be done.
    [[nodiscard]] bool append_or_leave(std::string_view bytes) const {
        const auto size = ::lseek(number_, 0, SEEK_END);
        if (append(bytes)) return true;
        const int why = errno;
        if (size >= 0) static_cast<void>(audit_file_calls().truncate(number_, size));
        errno = why;
        return false;
    }

private:
    [[nodiscard]] std::optional<std::string> text_between(off_t begin, off_t end) const {
        std::string text(static_cast<std::size_t>(end - begin), '\0');
        const auto got = ::pread(number_, text.data(), text.size(), begin);
        return got == static_cast<ssize_t>(text.size()) ? std::optional(std::move(text)) : std::nullopt;
    }

    /// What stands where the line that ends before `begin` has its hash; zeros where no line does.
    [[nodiscard]] std::string hash_before(off_t begin) const {
        if (begin == 0) return no_hash();
        constexpr off_t k_from_end = static_cast<off_t>(k_hash_digits) + 3;  // `"}` and the line end
        return begin < k_from_end ? std::string{} : text_between(begin - k_from_end, begin - 3).value_or(std::string{});
    }

    /// The place behind the last line end in front of `end`; 0 where there is none.
    [[nodiscard]] std::optional<off_t> line_end_before(off_t end) const {
        std::array<char, 1U << 16> chunk{};
        while (end > 0) {
            const auto size = std::min<off_t>(end, static_cast<off_t>(chunk.size()));
            if (::pread(number_, chunk.data(), static_cast<std::size_t>(size), end - size) != size) return std::nullopt;
            const auto at = std::string_view(chunk.data(), static_cast<std::size_t>(size)).rfind('\n');
            if (at != std::string_view::npos) return end - size + static_cast<off_t>(at) + 1;
            end -= size;
        }
        return 0;
    }

    int number_;
};

/// The log that has the name now, made where there is none; nullptr on a failure, in errno.
std::unique_ptr<OpenLog> open_locked(const std::filesystem::path& file) {
    for (;;) {
        auto log = std::make_unique<OpenLog>(file);
        if (!log->lock()) return nullptr;
        if (log->is_at(file)) return log;  // else restart_audit() came first
    }
}

/// The same, to be read alone where it may not be written: it is locked all the same.
std::unique_ptr<OpenLog> open_to_keep(const std::filesystem::path& file) {
    if (auto log = open_locked(file)) return log;
    const int why = errno;
    auto log = std::make_unique<OpenLog>(file, O_RDONLY);
    if (log->lock() && log->is_at(file)) return log;
    errno = why;
    return nullptr;
}

/// audit-20261122T120000Z.jsonl beside the log, or the first free name after it.
std::filesystem::path name_for_former(const std::filesystem::path& file, Time at) {
    auto moment = to_iso8601(at);
    std::erase_if(moment, [](char c) { return c == '-' || c == ':'; });
    for (int i = 1;; ++i) {
        auto former = file.parent_path() /
                      fmt::format("audit-{}{}.jsonl", moment, i == 1 ? std::string{} : fmt::format("-{}", i));
        if (std::error_code unseen; !std::filesystem::exists(former, unseen)) return former;
    }
}

}  // namespace

AuditFileCalls& audit_file_calls() noexcept {
    static AuditFileCalls calls{::write, ::ftruncate, ::fsync};
    return calls;
}

std::string audit_line(const AuditRecord& record, Time at, const AuditHead& before) {
    std::string line = fmt::format("{{\"number\":{},\"at\":\"{}\"", before.records + 1, to_iso8601(at));
    const auto put = [&](const char* key, const std::string& text) {
        if (text.empty()) return;
        line += fmt::format(",\"{}\":", key);
        append_json_string(line, text);
    };
    const auto put_all = [&](const char* key, const std::vector<std::string>& entries) {
        if (entries.empty()) return;
        line += fmt::format(",\"{}\":", key);
        char before_it = '[';
        for (const auto& entry : entries) {
            line += before_it;
            append_json_string(line, entry);
            before_it = ',';
        }
        line += ']';
    };
    put("who", record.who);
    put("act", record.act);
    put("run", record.run);
    put("list", record.list);
    put("why", record.why);
    put_all("added", record.added);
    put_all("removed", record.removed);
    put("previous", before.hash.empty() ? no_hash() : before.hash);
    line += '}';
    const auto hash = sha256_hex(line);
    line.pop_back();
    line += fmt::format("{}{}\"}}", k_hash_key, hash);
    return line;
}

Result<AuditAppended> append_audit(const std::filesystem::path& file, const AuditRecord& record, Time at,
                                   const ReadAuditMark& known_by_store, const RememberAuditEnd& remember) {
    const auto log = open_locked(file);
    if (!log) return audit_failure("open", file);
    CORDON_TRY_ASSIGN(const auto known, known_by_store());
    std::optional<Link> last;
    AuditAppended appended;
    {
        const auto line = log->last_line(OpenLog::Torn::mend);
        if (!line) return audit_failure("read", file);
        last = link_of(line->text);
        appended.is_behind_a_change = !is_end_known(last, line->hash_before, known);
    }
    AuditHead before{known.records, no_hash()};
    if (last) before = {std::max(known.records, last->number), last->hash};
    auto line = audit_line(record, at, before);
    appended.head = {before.records + 1, line.substr(line.size() - 2 - k_hash_digits, k_hash_digits)};
    line += '\n';
    if (!log->append_or_leave(line)) return audit_failure("write", file);
    auto remembered = remember(appended);
    if (!remembered && appended.head.records > known.records + 1) {
        static_cast<void>(log->drop_last_line());
        return tl::unexpected(std::move(remembered).error());
    }
    return appended;
}

void mend_audit_end(const std::filesystem::path& file) {
    const OpenLog log(file, O_RDWR | O_APPEND);
    if (log.lock() && log.is_at(file)) static_cast<void>(log.last_line(OpenLog::Torn::mend));
}

Result<bool> is_audit_end_known(const std::filesystem::path& file, const AuditMark& known) {
    const OpenLog log(file, O_RDONLY);
    if (!log.is_open()) {
        if (errno != ENOENT) return audit_failure("read", file);
        return known.records == 0;
    }
    const auto last = log.last_line(OpenLog::Torn::leave);
    if (!last) return audit_failure("read", file);
    return is_end_known(link_of(last->text), last->hash_before, known);
}

std::optional<AuditHead> end_of_audit_log(const std::filesystem::path& file) {
    std::error_code error;
    if (std::filesystem::file_size(file, error) == 0 || error == std::errc::no_such_file_or_directory)
        return std::nullopt;
    const OpenLog log(file, O_RDONLY);
    const auto last = log.is_open() ? log.last_line(OpenLog::Torn::leave) : std::nullopt;
    const auto link = last ? link_of(last->text) : std::nullopt;
    return link ? AuditHead{link->number, link->hash} : AuditHead{};
}

Result<std::shared_ptr<void>> hold_audit_log(const std::filesystem::path& file) {
    std::shared_ptr<void> log = open_to_keep(file);
    if (!log) return audit_failure("open", file);
    return log;
}

Result<AuditRestart> restart_audit(const std::filesystem::path& file, AuditRecord record, Time at,
                                   const std::function<Result<void>(const AuditHead& head)>& remember) {
    const auto log = open_to_keep(file);
    if (!log) return audit_failure("open", file);
    AuditRestart restart;
    CORDON_TRY_ASSIGN(const auto before, MappedFile::open(file));
    if (!before.bytes().empty()) {
        const auto former = name_for_former(file, at);
        restart.former = former.filename().string();
        restart.sha256 = sha256_hex(before.bytes());
        if (::link(file.c_str(), former.c_str()) != 0) return audit_failure("keep", file);
    }
    record.why += restart.former.empty()
                      ? "; the log before this one was gone"
                      : fmt::format("; the log before this one is {}, SHA-256 {}", restart.former, restart.sha256);
    const auto line = audit_line(record, at, {});
    const auto link = link_of(line);
    restart.head = {link->number, link->hash};
    // A death between the two leaves a mark that the old log does not meet, so that this can be asked for again.
    CORDON_TRY(remember(restart.head));
    CORDON_TRY(write_file_atomically(file, line + "\n"));
    return restart;
}

void put_full_audit_log_aside(Store& store, const std::filesystem::path& file, std::uint64_t most_bytes, Time now) {
    std::error_code error;
    const auto size = std::filesystem::file_size(file, error);
    if (error || most_bytes == 0 || size <= most_bytes) return;
    const auto found = store.verify_audit({});
    if (!found || found->problem || found->unwritten != 0) return;
    const auto why = fmt::format("the log had {} records in {} bytes", found->head.records, size);
    const auto turned = store.restart_audit({"cordon", "turn", {}, {}, why}, now);
    if (!turned) log_warning("the full audit log was not put aside: " + turned.error().message);
}

Result<AuditFindings> verify_audit(const std::filesystem::path& file, const AuditMark& known,
                                   const std::function<void(std::string_view line)>& take) {
    AuditFindings found;
    found.head.hash = no_hash();
    std::ifstream log(file, std::ios::binary);
    if (!log && errno != ENOENT) return audit_failure("read", file);
    std::uint64_t number = 0;
    const auto note = [&](const std::string& what) {
        if (found.problem) return;
        found.problem = fmt::format("line {}: {}", number, what);
        found.line = number;
    };
    for (std::string line; std::getline(log, line);) {
        ++number;
        const auto link = link_of(line);
        const bool is_cut = known.records > found.head.records;
        const bool lacks_line_end_alone = link && link->is_sound && !is_cut;  // a crash: it gets that, too
        if (log.eof() && !lacks_line_end_alone) {
            found.mends_itself = !found.problem && !is_cut;
            note(is_cut
                     ? "its end was cut off after it had been written"
                     : "it was written by half: the disk was full, or the machine or the program died meanwhile, so "
                       "that nobody was told that it is there. The next command that writes to the log takes it off");
        } else if (!link) {
            note("this is no record of the audit log");
        } else if (!link->is_sound) {
            note("the record was changed after it was written");
        } else if (link->number != found.head.records + 1) {
            note(fmt::format("record {} follows record {}: what was between them is missing", link->number,
                             found.head.records));
        } else if (link->previous != found.head.hash) {
            note("the record before it was replaced");
        }
        if (link) found.head = {link->number, link->hash};
        if (link && take) take(line);
    }
    if (found.problem) return found;
    if (number == 0 && known.records != 0) {
        std::error_code unseen;
        found.problem = fmt::format("the log {}, and the store knows of {} records",
                                    std::filesystem::exists(file, unseen) ? "is empty" : "is gone", known.records);
        return found;
    }
    ++number;
    if (found.head.records < known.records) {
        note(fmt::format("the log ends here, and the store knows of {} records", known.records));
    } else if (found.head.records > known.records + 1) {
        note(fmt::format("the store knows of {} records alone: somebody else appended to the log", known.records));
    } else if (found.head.records == known.records && known.records > 0 && anchor_of(found.head) != known.anchor) {
        note("the last record is not the one that was written: the log was replaced from some record on");
    }
    return found;
}

std::int64_t anchor_of(const AuditHead& head) {
    std::uint64_t value = 0;
    for (const char digit : std::string_view(head.hash).substr(0, 16)) {
        value = value * 16 + static_cast<std::uint64_t>(digit <= '9' ? digit - '0' : digit - 'a' + 10);
    }
    return static_cast<std::int64_t>(value >> 1U);
}

}  // namespace cordon::store
