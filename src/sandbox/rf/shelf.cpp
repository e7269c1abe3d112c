#include "sandbox/rf/shelf.hpp"

#include <algorithm>
#include <system_error>

#include <fmt/format.h>

#include "base/file.hpp"
#include "base/text.hpp"

namespace cordon::sandbox::rf {
namespace {

constexpr std::size_t k_most_bytes = 1U << 30;

std::string path_of_list(const std::string& entity, const std::string& list) {
    return fmt::format("/public/risklists/{}_{}_risklist.csv", list, entity);
}

bool climbs(std::string_view path) {
    const auto parts = split(path, '/');
    return std::find(parts.begin(), parts.end(), "..") != parts.end();
}

Time changed_at(const std::filesystem::path& path) {
    std::error_code failed;
    const auto written = std::filesystem::last_write_time(path, failed);
    if (failed) return Time{};
    return std::chrono::floor<std::chrono::milliseconds>(std::chrono::file_clock::to_sys(written));
}

}  // namespace

std::optional<ShelfFile> Shelf::file_in_folder(const std::string& path) const {
    if (climbs(path)) return std::nullopt;
    const auto place = folder_ / path.substr(1);
    std::error_code failed;
    if (!std::filesystem::is_regular_file(place, failed)) return std::nullopt;
    auto bytes = read_file(place, k_most_bytes);
    if (!bytes) return std::nullopt;
    return ShelfFile{*std::move(bytes), changed_at(place)};
}

Moment Shelf::moment_of(const std::string& path) const {
    const auto keep = keep_.find(path);
    return {tick_, keep == keep_.end() ? 1.0 : keep->second};
}

std::optional<ShelfFile> Shelf::whole_file(const std::string& path) const {
    if (const auto put = put_.find(path); put != put_.end()) return put->second;
    if (!folder_.empty()) return file_in_folder(path);
    auto bytes = generator_.file(path, moment_of(path));
    if (!bytes) return std::nullopt;
    return ShelfFile{*std::move(bytes), generator_.made_at(tick_)};
}

std::optional<ShelfFile> Shelf::file(const std::string& path) const {
    auto found = whole_file(path);
    if (found && torn_.contains(path)) found->bytes.resize(found->bytes.size() / 2);
    return found;
}

std::optional<ShelfFile> Shelf::risk_list(const std::string& entity, const std::string& list) const {
    const auto path = path_of_list(entity, list);
    if (auto found = file(path)) return found;
    if (!folder_.empty()) return list == "default" ? std::nullopt : risk_list(entity, "default");
    ShelfFile made{generator_.risk_list(entity, list, moment_of(path)), generator_.made_at(tick_)};
    if (torn_.contains(path)) made.bytes.resize(made.bytes.size() / 2);
    return made;
}

std::set<std::string> Shelf::paths() const {
    std::set<std::string> all;
    for (const auto& [path, file] : put_) all.insert(path);
    if (folder_.empty()) {
        all.insert(Generator::paths().begin(), Generator::paths().end());
        return all;
    }
    std::error_code failed;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder_, failed)) {
        if (entry.is_regular_file()) all.insert("/" + entry.path().lexically_relative(folder_).generic_string());
    }
    return all;
}

void Shelf::put(const std::string& path, std::string bytes, Time now) {
    put_[path] = {std::move(bytes), now};
}

void Shelf::restore(const std::string& path) {
    put_.erase(path);
    keep_.erase(path);
    torn_.erase(path);
}

}  // namespace cordon::sandbox::rf
