#include "engine/rejected_csv.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fmt/format.h>

namespace cordon::engine {

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
    file_ << "list,value,class,reason,feed,detail\n";
}

RejectedCsv::~RejectedCsv() {
    std::error_code ignored;
    std::filesystem::remove(beside_, ignored);
}

Result<std::unique_ptr<RejectedCsv>> RejectedCsv::create(const std::filesystem::path& path) {
    auto beside = path;
    beside += fmt::format(".new.{}", ::getpid());
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

}  // namespace cordon::engine
