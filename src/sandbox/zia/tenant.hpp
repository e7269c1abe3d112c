#pragma once

#include <cstddef>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/clock.hpp"
#include "sandbox/zia/model.hpp"

namespace cordon::sandbox::zia {

/// What an incremental PUT does to one list: each text once, and only those that really change it.
struct EntryChange {
    std::vector<std::string> arriving;
    std::vector<std::string> leaving;

    [[nodiscard]] bool is_none() const { return arriving.empty() && leaving.empty(); }
    /// How many entries a list of `size` has afterwards.
    [[nodiscard]] std::size_t applied_to(std::size_t size) const { return size + arriving.size() - leaving.size(); }
};

/// The saved and the active configuration, and who has saved changes that are not active (zia-api.md
/// 8.3). Not thread-safe.
class Tenant {
public:
    Tenant(Configuration seeded, std::chrono::milliseconds activation_takes);

    [[nodiscard]] Configuration& saved() noexcept { return saved_; }
    [[nodiscard]] const Configuration& saved() const noexcept { return saved_; }
    [[nodiscard]] const Configuration& active() const noexcept { return active_; }

    /// Replaces, creates or (nullopt) deletes a category. False, with nothing changed, when the entries
    /// would not fit `quota`; entries that are elsewhere already cost nothing (zia-api.md 4.13).
    [[nodiscard]] bool put(const std::string& id, std::optional<Category> category, std::size_t quota);
    /// Changes a category of saved() in place, under the same rule: costs what the changes hold, however many entries
    /// the category has.
    [[nodiscard]] bool revise(Category& category, CategoryAttributes attributes, const EntryChange& urls,
                              const EntryChange& retaining, std::size_t quota);
    /// The same for a list of saved() that shares the quota: denylist, exempted.
    [[nodiscard]] bool put_list(EntrySet& list, EntrySet entries, std::size_t quota);

    /// Distinct entries of all lists that share the quota, saved side.
    [[nodiscard]] std::size_t unique_urls() const noexcept { return uses_.size(); }

    /// `admin` has saved something.
    void stage(const std::string& admin) { pending_.insert(admin); }

    /// `admin` activates. Published once nobody else has changes pending: activation is queued and does
    /// not override others (zia-api.md 8.3).
    void activate(const std::string& admin, Time now);

    /// Ends a publication whose time has come.
    void settle(Time now);

    /// Who has saved changes that wait for activation.
    [[nodiscard]] const std::set<std::string>& pending() const noexcept { return pending_; }
    [[nodiscard]] bool has_pending(const std::string& admin) const { return pending_.contains(admin); }
    /// "ACTIVE", "PENDING" or "INPROGRESS".
    [[nodiscard]] const char* status() const noexcept;

private:
    struct Publication {
        Time ready;
        Configuration configuration;
    };
    /// Counts `after` in and `before` out; undone where the sum would pass the quota.
    bool recount(const std::vector<const EntrySet*>& before, const std::vector<const EntrySet*>& after,
                 std::size_t quota);

    Configuration saved_;
    Configuration active_;
    std::optional<Publication> publishing_;
    std::set<std::string> pending_;
    std::chrono::milliseconds activation_takes_;
    std::unordered_map<std::string, std::size_t> uses_;
};

}  // namespace cordon::sandbox::zia
