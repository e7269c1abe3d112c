#include "gateways/zia/check.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "base/text.hpp"
#include "gateways/zia/groups.hpp"

namespace cordon::gateways::zia {
namespace {

constexpr std::size_t k_most_groups = 4000;  // zia-api.md 6.3

class Checker {
public:
    Checker(Api& api, std::span<const Target> targets, const Limits& limits, const std::stop_token& stop)
        : api_(api), targets_(targets), limits_(limits), stop_(stop) {}

    std::vector<Finding> run() {
        check_host();
        if (!check_status()) return std::move(findings_);  // no sign-in, or no API at all
        if (has_any(targets_, core::TargetKind::url_category)) check_categories();
        if (has_any(targets_, core::TargetKind::denylist)) check_denylist();
        if (has_any(targets_, core::shares_url_quota)) check_quota();
        if (has_any(targets_, core::is_group)) check_groups();
        return std::move(findings_);
    }

private:
    void note(std::string message) { findings_.push_back({false, std::move(message)}); }
    void fault(std::string message) { findings_.push_back({true, std::move(message)}); }

    void check_host() {
        if (!is_old_host(api_.wire().host())) return;
        note(fmt::format("base_uri: Zscaler withdraws admin.<cloud> for API traffic; use {} instead",
                         "zsapi" + api_.wire().host().substr(5)));
    }

    bool check_status() {
        const auto status = api_.status(stop_);
        if (!status) {
            findings_.push_back({true, status.error().error.message, /*ends_here=*/true});
            return false;
        }
        const auto& token_host = api_.wire().addresses().token_host;
        note(fmt::format("signed in to ZIA at {}{}", api_.wire().host(),
                         token_host.empty() ? "" : " with a token of " + token_host));
        if (*status != core::ActivationState::active) {
            note("ZIA has saved changes that are not active yet; what that means for a run is said with its plan");
        }
        return true;
    }

    void check_categories() {
        const auto list = api_.categories(names_of(targets_, core::has_sides), stop_);
        if (!list) return fault(list.error().error.message);
        std::size_t to_create = 0;
        for (const auto& target : targets_) {
            if (target.kind != core::TargetKind::url_category) continue;
            const auto* found = find_named(list->wanted, target.list);
            if (found == nullptr) {
                ++to_create;
                note(fmt::format("category '{}' does not exist; the first run creates it", printable(target.list)));
                continue;
            }
            note(fmt::format("category '{}' holds {} entries", printable(target.list),
                             with_thousands(found->urls.size() + found->retaining_urls.size())));
            if (auto obstacle = obstacle_of(*found, target); !obstacle.empty()) fault(std::move(obstacle));
        }
        if (list->custom_count + to_create > limits_.categories) {
            fault(
                fmt::format("{} custom categories exist and {} are to be created, but the tenant allows {} "
                            "([zscaler] max_categories)",
                            list->custom_count, to_create, limits_.categories));
        }
    }

    void check_quota() {
        const auto quota = api_.quota(stop_);
        if (!quota) return fault(quota.error().error.message);
        // Whether that is too little, the plan says: a list that has nothing to add needs no room.
        auto text = fmt::format("the tenant has room for {} more URLs", with_thousands(quota->remaining));
        note(quota->remaining > 0 ? text : text + ": lists can only be changed entry for entry");
    }

    void check_denylist() {
        const auto entries = api_.denylist(stop_);
        if (!entries) return fault(entries.error().error.message);
        note(fmt::format("the denylist holds {} entries, whoever put them there; Cordon takes out its own alone",
                         with_thousands(entries->size())));
    }

    void check_groups() {
        const auto list = api_.groups(names_of(targets_, core::is_group), stop_);
        if (!list) return fault(list.error().error.message);
        std::size_t to_create = 0;
        for (const auto& target : targets_) {
            if (!core::is_group(target.kind)) continue;
            check_group(*list, target);
            if (find_named(list->wanted, target.list) == nullptr) ++to_create;
        }
        if (to_create > 0 && list->group_count + to_create > k_most_groups) {
            fault(fmt::format("{} destination groups exist and {} are to be created, but a tenant holds {} at most",
                              with_thousands(list->group_count), to_create, with_thousands(k_most_groups)));
        }
        if (has_any(targets_, core::TargetKind::ipv4_group)) {
            note_taken(list->ip_entries, limits_.ip_entries, "IP entries", "max_ip_entries");
        }
        if (has_any(targets_, core::TargetKind::fqdn_group)) {
            note_taken(list->names, limits_.fqdn_entries, "host names", "max_fqdn_entries");
        }
    }

    void note_taken(std::size_t taken, std::size_t most, const char* what, const char* setting) {
        const auto text = fmt::format("the tenant's groups hold {} of {} {} ([zscaler] {})", with_thousands(taken),
                                      with_thousands(most), what, setting);
        note(taken < most ? text : text + ": lists can only be changed entry for entry");
    }

    void check_group(const GroupList& list, const Target& target) {
        const auto shown = printable(target.list);
        const auto* noun = noun_of_group(target.kind);
        const auto* found = find_named(list.wanted, target.list);
        if (found == nullptr) return note(fmt::format("{} '{}' does not exist; the first run creates it", noun, shown));
        if (auto obstacle = obstacle_of(*found, target); !obstacle.empty()) return fault(std::move(obstacle));
        const auto held = with_thousands(found->addresses.size());
        if (target.kind == core::TargetKind::fqdn_group) {
            return note(
                fmt::format("{} '{}' holds {} entries; ZIA takes 100, with Advanced Firewall 8,000 ([zscaler] "
                            "max_fqdns)",
                            noun, shown, held));
        }
        note(fmt::format("{} '{}' holds {} of {} entries", noun, shown, held, with_thousands(k_most_group_addresses)));
    }

    Api& api_;
    std::span<const Target> targets_;
    const Limits& limits_;
    const std::stop_token& stop_;
    std::vector<Finding> findings_;
};

}  // namespace

std::vector<Finding> check_tenant(Api& api, std::span<const Target> targets, const Limits& limits,
                                  const std::stop_token& stop) {
    return Checker(api, targets, limits, stop).run();
}

bool is_old_host(std::string_view host) {
    // zspreview is the one cloud whose API lives there (zia-api.md 2.1).
    return host.starts_with("admin.") && host != "admin.zspreview.net";
}

}  // namespace cordon::gateways::zia
