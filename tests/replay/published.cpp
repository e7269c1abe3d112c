#include "tests/replay/published.hpp"

#include <algorithm>
#include <atomic>
#include <cstdlib>

#include <sys/wait.h>
#include <unistd.h>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "base/file.hpp"
#include "base/text.hpp"

namespace cordon::replay {
namespace {

constexpr std::size_t k_most_bytes = 1U << 30;
constexpr int k_no_list = 3;  // expected.py

/// Exit status of a shell command.
int shell(const std::string& command) {
    const int status = std::system(command.c_str());
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

void must_run(const std::string& command) {
    if (shell(command) != 0) throw std::runtime_error("this command failed: " + command);
}

std::string read_all(const std::filesystem::path& file) {
    auto text = read_file(file, k_most_bytes);
    if (!text) throw std::runtime_error(text.error().message);
    return *std::move(text);
}

std::filesystem::path write_lines(const Entries& entries, const std::filesystem::path& file) {
    std::string text;
    for (const auto& entry : entries) text += entry + "\n";
    if (!write_file_atomically(file, text)) throw std::runtime_error("cannot write " + file.string());
    return file;
}

Entries read_lines(const std::filesystem::path& file) {
    const auto text = read_all(file);
    Entries lines;
    for (const auto line : split(text, '\n')) {
        if (!line.empty()) lines.emplace(line);
    }
    return lines;
}

/// "2026-08-19T09-08-20Z" of index.csv.
Time moment_of(std::string text) {
    for (const std::size_t at : {13U, 16U}) text.at(at) = ':';
    return parse_iso8601(text).value();
}

std::string expected_py() {
    return std::string("python3 ") + CORDON_SOURCE_DIR + "/tests/replay/expected.py";
}

}  // namespace

std::filesystem::path shared_data() {
    const auto place = std::filesystem::path(CORDON_SHARED_DIR) / "data";
    return std::filesystem::is_directory(place) ? place : std::filesystem::path{};
}

Folder::Folder() {
    static std::atomic<int> number = 0;
    path_ = std::filesystem::temp_directory_path() / fmt::format("cordon-replay-{}-{}", ::getpid(), ++number);
    std::filesystem::remove_all(path_);  // of a killed process that had this id
    std::filesystem::create_directories(path_);
}

Folder::~Folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
}

std::vector<Version> unpack_versions(const std::string& name, const Folder& folder) {
    const auto place = shared_data() / "replay" / name;
    must_run(fmt::format("zstd -q -dc --long=27 '{}' | tar x -C '{}'", (place / "versions.tar.zst").string(),
                         folder.path().string()));
    std::vector<std::filesystem::path> files;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder.path())) {
        if (entry.is_regular_file()) files.push_back(entry.path());
    }
    std::sort(files.begin(), files.end());

    std::vector<Version> versions;
    const auto index = read_all(place / "index.csv");
    for (const auto line : split(index, '\n')) {
        const auto cells = split(line, ',');
        if (cells.size() < 2 || cells[0] == "seq") continue;
        versions.push_back({moment_of(std::string(cells[1])), files.at(versions.size())});
    }
    if (versions.size() != files.size()) throw std::runtime_error("index.csv does not fit the versions of " + name);
    return versions;
}

std::filesystem::path unpack(const std::string& file, const Folder& folder) {
    const auto from = shared_data() / file;
    if (!file.ends_with(".zst")) return from;
    const auto to = folder / from.stem().string();
    must_run(fmt::format("zstd -q -dc --long=27 '{}' > '{}'", from.string(), to.string()));
    return to;
}

std::optional<Entries> expected_ips(const std::filesystem::path& version, const Entries& before, std::size_t cap,
                                    const Folder& folder) {
    const auto said = folder / "expected.out";
    const int status =
        shell(fmt::format("{} set --type ip --cap {} --before '{}' '{}' > '{}'", expected_py(), cap,
                          write_lines(before, folder / "before.in").string(), version.string(), said.string()));
    if (status == k_no_list) return std::nullopt;
    if (status != 0) throw std::runtime_error("expected.py failed");
    return read_lines(said);
}

std::string broken_laws(const std::filesystem::path& version, const Outcome& outcome, const Folder& folder) {
    const auto rejected = folder / "rejected.in";
    if (!write_file_atomically(rejected, outcome.rejected_csv)) throw std::runtime_error("cannot write");
    const auto faults = folder / "faults.out";
    const int status = shell(fmt::format(
        "{} laws --type {} --cap {} --default-risk {} --before '{}' --active '{}' --rejected '{}' '{}' 2> '{}'",
        expected_py(), outcome.type, outcome.cap, outcome.default_risk,
        write_lines(outcome.before, folder / "before.in").string(),
        write_lines(outcome.active, folder / "active.in").string(), rejected.string(), version.string(),
        faults.string()));
    return status == 0 ? std::string{} : "broken:\n" + read_all(faults);
}

std::string difference(const Entries& expected, const Entries& active) {
    constexpr std::size_t k_shown = 5;
    const auto some_of = [](Entries entries) {
        std::string text = fmt::format("{}:", entries.size());
        std::size_t shown = 0;
        for (const auto& entry : entries) {
            if (shown++ == k_shown) break;
            text += " " + entry;
        }
        return text;
    };
    return "missing " + some_of(scenario::without(expected, active)) + "; too many " +
           some_of(scenario::without(active, expected));
}

}  // namespace cordon::replay
