#include "gateways/zia/check.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "base/text.hpp"
#include "gateways/zia/ip_groups.hpp"

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
        if (wants(core::TargetKind::url_category)) {
            check_categories();
            check_quota();
        }
        if (wants(core::TargetKind::ipv4_group)) check_groups();
        return std::move(findings_);
    }

private:
    void note(std::string message) { findings_.push_back({false, std::move(message)}); }
    void fault(std::string message) { findings_.push_back({true, std::move(message)}); }

    [[nodiscard]] bool wants(core::TargetKind kind) const {
        return std::any_of(targets_.begin(), targets_.end(), [&](const Target& t) { return t.kind == kind; });
    }

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
        note("signed in to ZIA at " + api_.wire().host());
        if (*status != core::ActivationState::active) {
            note(k_pending_note);
        }
        return true;
    }

    void check_categories() {
        const auto list = api_.categories(names_of(targets_, core::TargetKind::url_category), stop_);
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
            if (auto obstacle = obstacle_of(*found, target.list); !obstacle.empty()) fault(std::move(obstacle));
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
        auto text = fmt::format("the tenant has room for {} more URLs", with_thousands(*quota));
        note(*quota > 0 ? text : text + ": lists can only be changed entry for entry");
    }

    void check_groups() {
        const auto list = api_.groups(names_of(targets_, core::TargetKind::ipv4_group), stop_);
        if (!list) return fault(list.error().error.message);
        std::size_t to_create = 0;
        for (const auto& target : targets_) {
            if (target.kind != core::TargetKind::ipv4_group) continue;
            check_group(*list, target.list);
            if (find_named(list->wanted, target.list) == nullptr) ++to_create;
        }
        if (to_create > 0 && list->group_count + to_create > k_most_groups) {
            fault(fmt::format("{} IP destination groups exist and {} are to be created, but a tenant holds {} at most",
                              with_thousands(list->group_count), to_create, with_thousands(k_most_groups)));
        }
        const auto text = fmt::format("the tenant's groups hold {} of {} IP entries ([zscaler] max_ip_entries)",
                                      with_thousands(list->ip_entries), with_thousands(limits_.ip_entries));
        note(list->ip_entries < limits_.ip_entries ? text : text + ": lists can only be changed entry for entry");
    }

    void check_group(const GroupList& list, const std::string& name) {
        const auto shown = printable(name);
        const auto* found = find_named(list.wanted, name);
        if (found == nullptr) return note(fmt::format("IP group '{}' does not exist; the first run creates it", shown));
        if (auto obstacle = obstacle_of(*found, name); !obstacle.empty()) return fault(std::move(obstacle));
        note(fmt::format("IP group '{}' holds {} of {} entries", shown, with_thousands(found->addresses.size()),
                         with_thousands(k_most_group_addresses)));
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
