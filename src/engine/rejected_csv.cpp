#include "engine/rejected_csv.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>

#include <fmt/format.h>

#include "base/file.hpp"

namespace cordon::engine {
namespace {

constexpr const char* k_rejected_head = "list,value,class,reason,feed,detail\n";

/// Takes one field off the front, with the comma or line end behind it; false where the text ends in its middle.
bool take_csv_field(std::string_view& rest, std::string& field) {
    field.clear();
    if (!rest.starts_with('"')) {
        const auto end = rest.find_first_of(",\n");
        if (end == std::string_view::npos) return false;
        field = rest.substr(0, end);
        rest.remove_prefix(end + 1);
        return true;
    }
    for (std::size_t at = 1; at < rest.size(); ++at) {
        if (rest[at] != '"') {
            field += rest[at];
        } else if (at + 1 < rest.size() && rest[at + 1] == '"') {
            field += rest[at++];
        } else {
            rest.remove_prefix(std::min(rest.size(), at + 2));
            return true;
        }
    }
    return false;
}

}  // namespace

void append_csv_field(std::string& row, std::string_view field) {
    if (field.find_first_of(",\"\r\n") == std::string_view::npos) {
        row += field;
        return;
    }
    row += '"';
    for (const char c : field) {
        if (c == '"') row += '"';
        row += c;
    }
    row += '"';
}

RejectedCsv::RejectedCsv(std::filesystem::path path, std::filesystem::path beside)
    : path_(std::move(path)), beside_(std::move(beside)), file_(beside_, std::ios::binary | std::ios::trunc) {
    file_ << k_rejected_head;
}

RejectedCsv::~RejectedCsv() {
    std::error_code ignored;
    std::filesystem::remove(beside_, ignored);
}

Result<std::unique_ptr<RejectedCsv>> RejectedCsv::create(const std::filesystem::path& path) {
    static std::atomic<unsigned> files{0};  // a daemon has a run's beside a question's
    auto beside = path;
    beside += fmt::format(".new.{}.{}", ::getpid(), ++files);
    std::error_code problem;
    if (std::filesystem::create_directories(path.parent_path(), problem)) {
        std::filesystem::permissions(path.parent_path(), std::filesystem::perms::owner_all, problem);
    }
    const int made = ::open(beside.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, S_IRUSR | S_IWUSR);
    if (made >= 0) ::close(made);
    std::unique_ptr<RejectedCsv> csv(new RejectedCsv(path, beside));
    if (made < 0 || !csv->file_) {
        return fail(Code::invalid,
                    fmt::format("cannot write {}; make its folder writable or set log_dir in [cordon]", path.string()));
    }
    return csv;
}

void RejectedCsv::take(std::string_view value, core::Reason reason, std::string_view feed, std::string_view detail) {
    std::string row;
    append_csv_field(row, list_);
    row += ',';
    append_csv_field(row, value);
    row += ',';
    row += core::name_of(core::class_of(reason));
    row += ',';
    row += core::name_of(reason);
    row += ',';
    append_csv_field(row, feed);
    row += ',';
    append_csv_field(row, detail);
    row += '\n';
    file_ << row;
}

Result<void> RejectedCsv::finish() {
    file_.close();
    std::error_code problem;
    if (file_) std::filesystem::rename(beside_, path_, problem);
    if (!file_ || problem) return fail(Code::invalid, fmt::format("cannot write {}", path_.string()));
    return {};
}

Result<void> read_rejected(const std::filesystem::path& path, const std::function<void(const RejectedRow& row)>& take) {
    std::error_code unseen;
    if (!std::filesystem::exists(path, unseen)) return {};
    CORDON_TRY_ASSIGN(const auto file, MappedFile::open(path));
    auto rest = file.bytes();
    if (!rest.starts_with(k_rejected_head))
        return fail(Code::corrupt, fmt::format("{} is no file of rejected values", path.string()));
    rest.remove_prefix(std::string_view(k_rejected_head).size());
    RejectedRow row;
    const std::array<std::string*, 6> fields{&row.list,   &row.value, &row.reason_class,
                                             &row.reason, &row.feed,  &row.detail};
    while (!rest.empty()) {
        for (auto* const field : fields) {
            if (!take_csv_field(rest, *field)) return fail(Code::corrupt, fmt::format("{} is torn", path.string()));
        }
        take(row);
    }
    return {};
}

}  // namespace cordon::engine
