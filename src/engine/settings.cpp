#include "engine/settings.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "engine/manners.hpp"

namespace cordon::engine {
namespace {

constexpr const char* k_off = "off";
constexpr const char* k_skip_known = "skip_known";
constexpr const char* k_classify = "classify";

Result<core::LookupRules> parse_lookup(std::string_view text) {
    std::string spaced(text);
    std::replace(spaced.begin(), spaced.end(), ',', ' ');
    core::LookupRules rules;
    std::size_t words = 0;
    bool is_off = false;
    for (const auto word : split(spaced, ' ')) {
        if (trim(word).empty()) continue;
        ++words;
        if (equals_ignoring_case(trim(word), k_skip_known)) {
            rules.skips_known = true;
        } else if (equals_ignoring_case(trim(word), k_classify)) {
            rules.classifies = true;
        } else if (equals_ignoring_case(trim(word), k_off)) {
            is_off = true;
        } else {
            words = 0;
            break;
        }
    }
    if (words == 0 || (is_off && words > 1)) {
        return fail(Code::invalid, "off, skip_known, classify, or both of them: skip_known, classify");
    }
    return rules;
}

Setting lookup_setting(core::LookupRules& field) {
    Setting setting;
    setting.key = "lookup";
    setting.summary =
        "Asks Zscaler's own database before it adds an entry: skip_known leaves out what Zscaler flags already (on a "
        "list for the firewall only where the web policy is all that has to block it; networks are not asked about); "
        "classify, for URL categories, puts uncategorised entries on the plain side and others on the side that "
        "retains their category (retain_parent_category then decides nothing); both may stand together. 40,000 values "
        "an hour.";
    setting.default_text = k_off;
    setting.assign = [&field](std::string_view text) -> Result<void> {
        CORDON_TRY_ASSIGN(field, parse_lookup(text));
        return {};
    };
    return setting;
}

Setting target_setting(std::optional<core::TargetKind>& field) {
    using Wish = std::optional<core::TargetKind>;
    return choice_setting<Wish>(
        "target", field,
        {{"auto", Wish{}},
         {"category", core::TargetKind::url_category},
         {"group", core::TargetKind::ipv4_group},
         {"fqdn_group", core::TargetKind::fqdn_group},
         {"denylist", core::TargetKind::denylist}},
        "What holds the entries on ZIA. auto: a URL category for domains and URLs, an IP group for addresses. category "
        "takes all three, group addresses only, fqdn_group (a destination group of host names for the firewall policy) "
        "domains only; denylist is the tenant's list of blocked malicious URLs, which blocks without a rule, for "
        "everybody, and which people fill, too.");
}

Setting windows_setting(std::string key, std::vector<FreezeWindow>& field, std::string summary) {
    Setting setting;
    setting.key = std::move(key);
    setting.summary = std::move(summary);
    setting.assign = [&field](std::string_view text) -> Result<void> {
        CORDON_TRY_ASSIGN(field, parse_freeze(text));
        return {};
    };
    return setting;
}

}  // namespace

core::TargetKind target_of(const ListOptions& options, core::EntityType entity) noexcept {
    return options.target.value_or(core::target_of(entity));
}

std::vector<Setting> settings_of(ListOptions& options) {
    std::vector<Setting> table;
    table.push_back(bool_setting("enabled", options.enabled,
                                 "Whether this list is kept in step. Switched off, its entries stay where they are."));
    table.push_back(text_setting("category_name", options.category_name,
                                 "Name of the custom URL category or destination group; of the denylist, what "
                                 "reports call it. Sections with the same name feed one list."));
    table.back().assign = [&options](std::string_view text) -> Result<void> {
        if (trim(text).empty()) return fail(Code::invalid, "the name of a URL category or IP group");
        options.category_name = text;
        return {};
    };
    if (options.category_name.empty()) {
        table.back().required_because = "it names the URL category or IP group that is kept in step";
    }
    table.push_back(target_setting(options.target));
    table.push_back(text_setting("category_description", options.category_description,
                                 "Description of that object; the time of the last change is appended."));
    table.back().aliases = {"category-description"};
    table.push_back(
        number_setting("min_risk", options.min_risk, 0, 100, "Indicators with a lower risk score are left out."));
    table.push_back(
        number_setting("max_entries", options.max_entries, 0, 275000,
                       "Most entries on this list; 0 takes max_domains, max_ips or max_fqdns of [zscaler]."));
    table.push_back(bool_setting("include_subdomains", options.include_subdomains,
                                 "Blocks every domain with its subdomains (.domain) instead of the exact host."));
    table.push_back(choice_setting<RetainParent>(
        "retain_parent_category", options.retain_parent_category,
        {{"auto", RetainParent::automatic}, {"true", RetainParent::yes}, {"false", RetainParent::no}},
        "Whether new entries keep their Zscaler category as well; auto keeps it in a category that Cordon "
        "creates and follows the majority in an existing one."));
    table.push_back(lookup_setting(options.lookup));
    table.push_back(duration_setting("stale_after", options.stale_after,
                                     "How old the last complete snapshot may grow while the feed fails; after that "
                                     "nothing new comes from it and its entries stay."));
    table.push_back(duration_setting("every", options.every,
                                     "How often 'cordon serve' asks this feed (6h); 0 takes every of [cordon]."));
    table.push_back(windows_setting(
        "quiet_hours", options.quiet_hours,
        "When 'cordon serve' does not ask this feed, so that nothing new comes from it; written like freeze of "
        "[zscaler], by the clock of freeze_zone."));
    table.push_back(number_setting("priority", options.priority, 0, 100,
                                   "Where the tenant has no room for all lists, the highest gets it first; lists of "
                                   "the same priority share it by risk."));
    table.push_back(number_setting("reserve", options.reserve, 0, 275000,
                                   "Places of the tenant's room that are kept for this list, used or not."));
    table.push_back(text_setting("group", options.group,
                                 "Lists with the same word here are blocked by the same policy: what one of them "
                                 "blocks already takes no place on another."));
    table.push_back(bool_setting("join_networks", options.join_networks,
                                 "For IP groups: writes one network instead of the addresses that fill it (never one "
                                 "that holds an address that no feed names)."));
    table.push_back(
        bool_setting("fold_hosts", options.fold_hosts,
                     "For domains: writes .domain instead of a domain and the hosts below it where the feed "
                     "names the domain itself and nobody else's names lie there. Blocks all subdomains."));
    table.push_back(number_setting("max_groups", options.max_groups, 1, 100,
                                   "Destination groups that this list may fill: it goes on in NAME (2), NAME (3) ..."));
    table.push_back(choice_setting<GroupNumbering>(
        "group_numbering", options.group_numbering,
        {{"parentheses", GroupNumbering::parentheses}, {"underscore", GroupNumbering::underscore}},
        "How the further groups of a list are called: parentheses, NAME (2); underscore, NAME_2, for tenants that "
        "refuse the first. For new lists: groups that exist are not renamed."));
    const std::vector<std::pair<std::string, Overflow>> to_category{{"off", Overflow::off},
                                                                    {"category", Overflow::category}};
    table.push_back(choice_setting<Overflow>(
        "overflow", options.overflow, to_category,
        "For IP groups: category puts the addresses that find no place there into the URL category NAME (overflow), "
        "where they block requests to the address itself."));
    table.push_back(choice_setting<Overflow>("ipv6", options.ipv6, to_category,
                                             "For IP groups, which hold no IPv6: category puts IPv6 addresses into the "
                                             "URL category NAME (overflow)."));
    for (auto& setting : settings_of(options.rule)) table.push_back(std::move(setting));
    return table;
}

std::vector<Setting> settings_of(KeepOptions& options) {
    std::vector<Setting> table;
    table.push_back(number_setting("max_domains", options.max_domains, 1, 275000,
                                   "Most entries in one custom URL category or on the denylist, other people's "
                                   "included."));
    table.push_back(number_setting("quota_headroom", options.quota_headroom, 0, 275000,
                                   "URLs of the tenant's quota that Cordon leaves free for people, where the tenant "
                                   "holds entries that are not Cordon's."));
    table.push_back(number_setting("max_ips", options.max_ips, 1, 8000,
                                   "Most entries in one destination IPv4 group, other people's included."));
    table.push_back(number_setting("max_fqdns", options.max_fqdns, 1, 8000,
                                   "Most host names in one FQDN group, other people's included: ZIA takes 100, with "
                                   "Advanced Firewall 8000."));
    table.push_back(choice_setting<core::AdoptRule>(
        "adopt", options.adopt,
        {{"matching", core::AdoptRule::matching}, {"all", core::AdoptRule::all}, {"none", core::AdoptRule::none}},
        "Which entries of a list become Cordon's when it is first seen: those that the feed has, all, or none."));
    table.push_back(duration_setting("respect_manual_removals", options.respect_manual_removals,
                                     "How long an entry stays out that somebody took out by hand; 0 puts it back."));
    table.push_back(bool_setting("hysteresis", options.hysteresis,
                                 "At a full list, lets a newcomer displace an entry only if its risk is at least 5 "
                                 "higher, or not lower and seen at least a day later."));
    table.push_back(duration_setting("lookup_ttl", options.lookup_ttl,
                                     "How long an answer of Zscaler's database counts before it is asked again "
                                     "(lookup)."));
    return table;
}

std::vector<Setting> settings_of(ActivationOptions& options) {
    std::vector<Setting> table;
    table.push_back(choice_setting<ActivationRule>(
        "activate", options.rule,
        {{"always", ActivationRule::always}, {"clean", ActivationRule::clean}, {"never", ActivationRule::never}},
        "When changes take effect: always, as soon as they are saved; clean, only where nobody else's saved changes "
        "were pending when the run began, and nothing is written otherwise; never, an administrator does it. Where "
        "signing out publishes (legacy sign-in), not activating means that nothing is written."));
    table.push_back(windows_setting(
        "freeze", options.freeze,
        "When no change may take effect: 'Fri 18:00 - Mon 06:00' (every week), '22:00 - 05:00' (every day), "
        "'2026-12-24 12:00 - 2027-01-02' (once, the last day included); several with ';' or a line each."));
    table.push_back(choice_setting<FreezeZone>("freeze_zone", options.freeze_zone,
                                               {{"utc", FreezeZone::utc}, {"local", FreezeZone::local}},
                                               "Whose clock freeze goes by: UTC, or this machine's time zone."));
    return table;
}

std::vector<Setting> settings_of(GuardOptions& options) {
    std::vector<Setting> table;
    table.push_back(share_setting("max_removal_share", options.rules.max_removal_share,
                                  "Largest share of a list or feed that one run may remove."));
    table.push_back(share_setting("max_growth_share", options.rules.max_growth_share,
                                  "Largest share by which a list or feed of 1,000 entries or more may grow in one "
                                  "run, after the first fill."));
    table.push_back(number_setting("min_prefix", options.min_prefix, 8, 32,
                                   "IPv4 networks and ranges wider than this prefix length are never blocked."));
    table.push_back(bool_setting("permit_reserved", options.permit_reserved,
                                 "For rehearsals only: lets documentation and benchmarking addresses and reserved "
                                 "names (.example, .test, .invalid) through."));
    return table;
}

std::vector<Setting> settings_of(AllowOptions& options) {
    std::vector<Setting> table;
    table.push_back(list_setting("never", options.never,
                                 "Hosts, URLs, addresses and networks that are never blocked, with their subdomains "
                                 "and URLs."));
    table.push_back(
        list_setting("never_files", options.never_files, "Files of such values: plain text or MISP warning lists."));
    table.push_back(
        list_setting("popular", options.popular, "Hosts that are never blocked as a whole; URLs on them may be."));
    table.push_back(
        list_setting("popular_files", options.popular_files, "Files of such hosts: plain text or MISP warning lists."));
    table.push_back(
        bool_setting("builtin_popular", options.builtin_popular, "Uses Cordon's own list of popular hosts."));
    return table;
}

std::vector<Setting> settings_of(core::Assertions& assertions) {
    std::vector<Setting> table;
    table.push_back(list_setting("never_block", assertions.never_block,
                                 "Hosts, URLs and addresses that no plan may block; a plan that would is stopped."));
    table.push_back(list_setting("must_block", assertions.must_block,
                                 "Hosts, URLs and addresses that every plan must leave blocked."));
    return table;
}

}  // namespace cordon::engine
