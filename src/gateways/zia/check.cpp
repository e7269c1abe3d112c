#include "gateways/zia/check.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "base/text.hpp"
#include "gateways/zia/ip_groups.hpp"

namespace cordon::gateways::zia {
namespace {

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

    [[nodiscard]] std::vector<std::string> names(core::TargetKind kind) const {
        std::vector<std::string> result;
        for (const auto& target : targets_) {
            if (target.kind == kind) result.push_back(target.list);
        }
        return result;
    }

    void check_host() {
        if (!is_old_host(api_.wire().host())) return;
        note(fmt::format("base_uri: Zscaler withdraws admin.<cloud> for API traffic; use {} instead",
                         "zsapi" + api_.wire().host().substr(5)));
    }

    bool check_status() {
        const auto status = api_.status(stop_);
        if (!status) {
            fault(status.error().error.message);
            return false;
        }
        note("signed in to ZIA at " + api_.wire().host());
        if (*status != core::ActivationState::active) {
            note("ZIA has saved changes that are not active yet; the next activation publishes them too");
        }
        return true;
    }

    void check_categories() {
        const auto list = api_.categories(names(core::TargetKind::url_category), stop_);
        if (!list) return fault(list.error().error.message);
        std::size_t to_create = 0;
        for (const auto& target : targets_) {
            if (target.kind != core::TargetKind::url_category) continue;
            const auto found = std::find_if(list->wanted.begin(), list->wanted.end(), [&](const UrlCategory& c) {
                return equals_ignoring_case(c.name, target.list);
            });
            if (found == list->wanted.end()) {
                ++to_create;
                note(fmt::format("category '{}' does not exist; the first run creates it", printable(target.list)));
                continue;
            }
            note(fmt::format("category '{}' holds {} entries", printable(target.list),
                             with_thousands(found->urls.size() + found->retaining_urls.size())));
            if (!found->is_editable) {
                fault(fmt::format("category '{}' may not be edited by this admin: the admin's scope must cover it",
                                  printable(target.list)));
            }
        }
        if (list->custom_count + to_create > limits_.categories) {
            fault(fmt::format("{} custom categories exist and {} are to be created, but the tenant allows {} "
                              "([zscaler] max_categories)",
                              list->custom_count, to_create, limits_.categories));
        }
    }

    void check_quota() {
        const auto quota = api_.quota(stop_);
        if (!quota) return fault(quota.error().error.message);
        auto text = fmt::format("the tenant has room for {} more URLs", with_thousands(*quota));
        if (*quota > 0) return note(std::move(text));
        fault(text + ": lists can only be changed entry for entry; remove entries or ask Zscaler for more");
    }

    void check_groups() {
        const auto list = api_.groups(names(core::TargetKind::ipv4_group), stop_);
        if (!list) return fault(list.error().error.message);
        for (const auto& target : targets_) {
            if (target.kind == core::TargetKind::ipv4_group) check_group(*list, printable(target.list), target.list);
        }
        auto text = fmt::format("the tenant's groups hold {} of {} IP entries ([zscaler] max_ip_entries)",
                                with_thousands(list->ip_entries), with_thousands(limits_.ip_entries));
        if (list->ip_entries < limits_.ip_entries) return note(std::move(text));
        fault(text + ": nothing can be added; remove entries or ask Zscaler for more");
    }

    void check_group(const GroupList& list, const std::string& shown, const std::string& name) {
        const auto found = std::find_if(list.wanted.begin(), list.wanted.end(),
                                        [&](const IpGroup& g) { return equals_ignoring_case(g.name, name); });
        if (found == list.wanted.end()) {
            return note(fmt::format("IP group '{}' does not exist; the first run creates it", shown));
        }
        if (found->type != k_address_group) {
            return fault(fmt::format("IP group '{}' is of type {}, and addresses need {}: rename it or change "
                                     "category_name",
                                     shown, printable(found->type), k_address_group));
        }
        if (!found->is_editable) return fault(fmt::format("IP group '{}' is predefined and may not be edited", shown));
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
