#include "store/audit_log.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <fstream>
#include <optional>
#include <system_error>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/digest.hpp"
#include "base/text.hpp"

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
    return fail(Code::invalid, fmt::format("cannot {} the audit log {}: {}", verb, printable(file.string(), 300),
                                           std::generic_category().message(errno)));
}

bool is_hex(std::string_view text) {
    return std::all_of(text.begin(), text.end(),
                       [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

/// The hash that a line claims, and the text that it is of.
struct Sealed {
    std::string body;
    std::string hash;
};
std::optional<Sealed> opened(std::string_view line) {
    if (line.size() <= k_seal || !line.ends_with("\"}")) return std::nullopt;
    const auto seal = line.substr(line.size() - k_seal);
    const auto hash = seal.substr(k_hash_key.size(), k_hash_digits);
    if (!seal.starts_with(k_hash_key) || !is_hex(hash)) return std::nullopt;
    return Sealed{std::string(line.substr(0, line.size() - k_seal)) + "}", std::string(hash)};
}

/// What a line says of its own place; nullopt where it is no record.
struct Link {
    std::uint64_t number = 0;
    std::string previous;
    std::string hash;
    bool is_sound = false;  ///< the hash is the body's
};
std::optional<Link> link_of(std::string_view line) {
    const auto sealed = opened(line);
    if (!sealed) return std::nullopt;
    const auto json = nlohmann::json::parse(sealed->body, nullptr, /*allow_exceptions=*/false);
    if (!json.is_object() || !json.value("number", nlohmann::json()).is_number_unsigned()) return std::nullopt;
    const auto previous = json.value("previous", nlohmann::json());
    if (!previous.is_string()) return std::nullopt;
    return Link{json["number"].get<std::uint64_t>(), previous.get<std::string>(), sealed->hash,
                sha256_hex(sealed->body) == sealed->hash};
}

/// The open log, locked against another process that appends.
class OpenLog {
public:
    explicit OpenLog(const std::filesystem::path& file)
        : number_(::open(file.c_str(), O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC, S_IRUSR | S_IWUSR)) {}
    OpenLog(const OpenLog&) = delete;
    OpenLog& operator=(const OpenLog&) = delete;
    ~OpenLog() {
        if (number_ >= 0) ::close(number_);
    }

    [[nodiscard]] bool lock() const { return number_ >= 0 && ::flock(number_, LOCK_EX) == 0; }

    /// The last whole line, "" where there is none. What follows it is cut off, unless it is a record that only lacks
    /// its line end. nullopt on a failure, in errno.
    [[nodiscard]] std::optional<std::string> last_line() const {
        const auto size = ::lseek(number_, 0, SEEK_END);
        if (size < 0) return std::nullopt;
        const auto end = line_end_before(size);
        if (!end) return std::nullopt;
        if (*end < size) {
            auto tail = text_between(*end, size);
            if (!tail) return std::nullopt;
            if (const auto link = link_of(*tail); link && link->is_sound) {
                return append("\n") ? std::move(tail) : std::nullopt;
            }
            if (::ftruncate(number_, *end) != 0) return std::nullopt;
        }
        if (*end == 0) return std::string{};
        const auto begin = line_end_before(*end - 1);
        return begin ? text_between(*begin, *end - 1) : std::nullopt;
    }

    /// Cuts off the last line, with its end. False on a failure.
    [[nodiscard]] bool drop_last_line() const {
        const auto size = ::lseek(number_, 0, SEEK_END);
        const auto begin = size <= 0 ? std::nullopt : line_end_before(size - 1);
        return begin && ::ftruncate(number_, *begin) == 0;
    }

    [[nodiscard]] bool append(std::string_view bytes) const {
        while (!bytes.empty()) {
            const auto put = ::write(number_, bytes.data(), bytes.size());
            if (put < 0 && errno == EINTR) continue;
            if (put < 0) return false;
            bytes.remove_prefix(static_cast<std::size_t>(put));
        }
        return ::fsync(number_) == 0;
    }

private:
    [[nodiscard]] std::optional<std::string> text_between(off_t begin, off_t end) const {
        std::string text(static_cast<std::size_t>(end - begin), '\0');
        const auto got = ::pread(number_, text.data(), text.size(), begin);
        return got == static_cast<ssize_t>(text.size()) ? std::optional(std::move(text)) : std::nullopt;
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

}  // namespace

std::string audit_line(const AuditRecord& record, Time at, const AuditHead& before) {
    nlohmann::ordered_json json{{"number", before.records + 1}, {"at", to_iso8601(at)}};
    const auto put = [&](const char* key, const auto& value) {
        if (!value.empty()) json[key] = value;
    };
    put("who", record.who);
    put("act", record.act);
    put("run", record.run);
    put("list", record.list);
    put("why", record.why);
    put("added", record.added);
    put("removed", record.removed);
    json["previous"] = before.hash.empty() ? no_hash() : before.hash;
    auto body = json.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
    const auto hash = sha256_hex(body);
    body.pop_back();
    return fmt::format("{}{}{}\"}}", body, k_hash_key, hash);
}

Result<AuditHead> append_audit(const std::filesystem::path& file, const AuditRecord& record, Time at,
                               std::uint64_t known) {
    const OpenLog log(file);
    if (!log.lock()) return audit_failure("open", file);
    const auto last = log.last_line();
    if (!last) return audit_failure("read", file);
    AuditHead before{known, no_hash()};
    if (const auto link = link_of(*last)) before = {std::max(known, link->number), link->hash};
    const auto line = audit_line(record, at, before);
    if (!log.append(line + "\n")) return audit_failure("write", file);
    return AuditHead{before.records + 1, opened(line)->hash};
}

bool take_back_audit(const std::filesystem::path& file, const AuditHead& head) {
    const OpenLog log(file);
    if (!log.lock()) return false;
    const auto last = log.last_line();
    const auto link = last ? link_of(*last) : std::nullopt;
    return link && link->hash == head.hash && log.drop_last_line();
}

Result<AuditFindings> verify_audit(const std::filesystem::path& file, const AuditMark& known,
                                   const std::function<void(std::string_view line)>& take) {
    AuditFindings found;
    found.head.hash = no_hash();
    std::ifstream log(file, std::ios::binary);
    if (!log && errno != ENOENT) return audit_failure("read", file);
    std::uint64_t number = 0;
    const auto note = [&](const std::string& what) {
        if (!found.problem) found.problem = fmt::format("line {}: {}", number, what);
    };
    for (std::string line; std::getline(log, line);) {
        ++number;
        const auto link = link_of(line);
        if (log.eof()) {
            note(known.records > found.head.records
                     ? "its end was cut off after it had been written"
                     : "it has no end: the machine or the program died while it was written, and the next record takes "
                       "its place");
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
