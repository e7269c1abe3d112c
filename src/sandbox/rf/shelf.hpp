#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "sandbox/rf/generator.hpp"

namespace cordon::sandbox::rf {

/// A file as it is served now.
struct ShelfFile {
    std::string bytes;
    Time created{};
};

/// The lists that Recorded Future serves: those put by hand, else those of a folder, else generated
/// ones. Files are read anew for each request, so that they can be replaced while the sandbox runs.
class Shelf {
public:
    /// Empty `folder` = generate.
    Shelf(std::filesystem::path folder, Generator generator) : folder_(std::move(folder)), generator_(generator) {}

    /// `path` has one leading slash. nullopt where there is no such file.
    [[nodiscard]] std::optional<ShelfFile> file(const std::string& path) const;

    /// The Connect list; from a folder it is public/risklists/<list>_<entity>_risklist.csv (its Fusion
    /// twin's name, recorded-future-api.md 6), and the default one where that is absent.
    [[nodiscard]] std::optional<ShelfFile> risk_list(const std::string& entity, const std::string& list) const;

    /// Paths of all files, ascending.
    [[nodiscard]] std::set<std::string> paths() const;

    void put(const std::string& path, std::string bytes, Time now);
    /// Leaves only this share of a generated list.
    void shrink(const std::string& path, double keep) { keep_[path] = keep; }
    /// Cuts the file's last half off, as a writer does that died.
    void tear(const std::string& path) { torn_.insert(path); }
    /// Undoes put, shrink and tear.
    void restore(const std::string& path);

    void tick(std::size_t ticks) { tick_ += ticks; }
    [[nodiscard]] std::size_t ticks() const noexcept { return tick_; }

private:
    [[nodiscard]] Moment moment_of(const std::string& path) const;
    [[nodiscard]] std::optional<ShelfFile> whole_file(const std::string& path) const;
    [[nodiscard]] std::optional<ShelfFile> file_in_folder(const std::string& path) const;

    std::filesystem::path folder_;
    Generator generator_;
    std::map<std::string, ShelfFile> put_;
    std::map<std::string, double> keep_;
    std::set<std::string> torn_;
    std::size_t tick_ = 0;
};

}  // namespace cordon::sandbox::rf
