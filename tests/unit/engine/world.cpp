#include "tests/unit/engine/world.hpp"

#include <algorithm>
#include <cstdlib>
#include <utility>

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <soci/soci.h>
#include <soci/sqlite3/soci-sqlite3.h>

#include "base/digest.hpp"

namespace cordon::engine {

Result<feeds::Fetched> FakeFeed::fetch(const std::optional<feeds::FeedVersion>& last, const std::stop_token&) {
    if (failure) return fail(*failure);
    feeds::Fetched fetched;
    fetched.version.etag = version;
    fetched.version.content_sha256 = sha256_hex(version);
    fetched.version.is_partial = is_partial;
    if (last == fetched.version) {
        fetched.is_unchanged = true;
        return fetched;
    }
    ++downloads;
    for (const auto& value : content) {
        fetched.indicators.append({value, std::nullopt, std::nullopt, ""});
        fetched.bytes += value.size();
    }
    return fetched;
}

std::vector<core::PresentEntry> FakeGateway::shown(const std::string& list) const {
    std::vector<core::PresentEntry> entries;
    const auto found = lists.find(list);
    if (found == lists.end()) return entries;
    for (const auto& text : found->second) entries.push_back({text, text, core::Side::retain_parent});
    return entries;
}

Result<gateways::Inventory> FakeGateway::inventory(std::span<const gateways::Target> targets, const std::stop_token&) {
    if (inventory_failure) return fail(*inventory_failure);
    gateways::Inventory inventory;
    inventory.status = status;
    for (const auto& target : targets) {
        core::ListState state;
        state.name = target.list;
        state.exists = lists.contains(target.list);
        state.object_id = state.exists ? "id of " + target.list : "";
        state.entries = shown(target.list);
        inventory.lists.push_back(std::move(state));
    }
    return inventory;
}

gateways::Applied FakeGateway::apply(const gateways::Target& target, const core::ListPlan& plan, const core::ListState&,
                                     Time now, const std::stop_token&) {
    ++applies;
    if (on_apply) on_apply(plan);
    gateways::Applied applied;
    applied.wrote = true;
    if (apply_failure) {
        applied.failure = apply_failure;
        if (!applies_before_failing) return applied;
    }
    auto& list = lists[target.list];
    for (std::size_t i = 0; i < plan.removals.size(); ++i) {
        list.erase(plan.removals[i].text);
        applied.removed.push_back(plan.removals_canonical[i]);
    }
    for (const auto& entry : plan.additions) {
        if (refused.contains(entry.text)) {
            applied.refused.push_back({entry.text, now, "named by the gateway"});
            continue;
        }
        if (!swallowed.contains(entry.text)) list.insert(entry.text);
        applied.added.push_back(entry.text);
    }
    if (applied.failure) {
        applied.added.clear();
        applied.removed.clear();
        return applied;
    }
    applied.object_id = "id of " + target.list;
    applied.created = plan.creates;
    applied.now_present = shown(target.list);
    return applied;
}

Result<core::ActivationState> FakeGateway::activate(const std::stop_token&) {
    ++activations;
    if (activation_failure) return fail(*activation_failure);
    status = status_after_activation;
    return status_after_activation;
}

Result<std::string> FakeGateway::leave(bool keep_unpublished, const std::stop_token&) {
    left_keeping.push_back(keep_unpublished);
    return std::string{};
}

gateways::LookupAnswers FakeGateway::classify(std::span<const std::string> values, std::chrono::seconds,
                                              const std::stop_token&) {
    gateways::LookupAnswers given;
    for (std::size_t i = 0; i < values.size(); i += values_per_lookup()) {
        if (lookup_failure) {
            given.failure = lookup_failure;
            return given;
        }
        if (lookups_left == 0) {
            given.is_budget_spent = true;
            return given;
        }
        --lookups_left;
        for (const auto& value : values.subspan(i, std::min(values_per_lookup(), values.size() - i))) {
            asked.push_back(value);
            if (unnamed.contains(value)) continue;
            const auto known = database.find(value);
            given.answers.push_back(
                {value, known == database.end() ? core::Classification{"", "", true, ""} : known->second});
        }
    }
    return given;
}

Result<std::vector<core::Enforcement>> FakeGateway::enforcement(std::span<const core::EnforcedList> wanted,
                                                                const std::stop_token&) {
    ++rule_reads;
    if (on_enforcement) on_enforcement();
    asked_lists.clear();
    for (const auto& list : wanted) asked_lists.push_back(list.list);
    asked_lists_whole.assign(wanted.begin(), wanted.end());
    if (rules_failure) return fail(*rules_failure);
    std::vector<core::Enforcement> judged;
    for (const auto& list : wanted) {
        const auto found = enforced.find(list.list);
        const auto otherwise = has_rules ? core::EnforcementState::blocked : core::EnforcementState::no_rule;
        judged.push_back(
            found != enforced.end()
                ? found->second
                : core::Enforcement{
                      otherwise, has_rules ? "R" : "", "", fmt::format("{} with a path", list.path_entries), {}});
        judged.back().as_of = rules_as_of;
    }
    return judged;
}

core::KeptRule FakeGateway::look_at_rule(const core::EnforcedList& list, const std::string& known_id,
                                         const std::stop_token&) {
    looked_rules.push_back({list, known_id});
    if (on_look_at_rule) on_look_at_rule();
    if (looked) return *looked;
    if (kept.wrote || kept.failure) return {"", false, "the rule is to be made", {}, core::RuleDeed::make};
    return {"rule 1", false, "", {}};
}

core::KeptRule FakeGateway::keep_rule(const core::EnforcedList& list, const std::string& known_id,
                                      const std::stop_token&) {
    asked_rules.push_back({list, known_id});
    if (on_keep_rule) on_keep_rule();
    return std::exchange(kept, core::KeptRule{"rule 1", false, "", {}});
}

gateways::Cost FakeGateway::cost_of(const gateways::Work& work) {
    gateways::Cost cost;
    cost.calls["PUT /fake"] = work.plans.size();
    for (const auto& rule : work.rules) {
        ++cost.calls[rule.deed == core::RuleDeed::none ? "GET /fake rules" : "POST /fake rule"];
    }
    return cost;
}

std::string FakeGateway::placeholder(core::TargetKind kind) const {
    return kind == core::TargetKind::url_category ? "placeholder.invalid" : "192.0.2.1";
}

World::World() : clock(parse_iso8601("2026-11-21T09:30:00Z").value()), protection(core::ProtectionBuilder().build()) {
    std::string pattern = (std::filesystem::temp_directory_path() / "cordon-engine-XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr) std::abort();
    folder = pattern;
    store = store::open_store(folder).value();
    guard.permit_reserved = true;
}

World::~World() {
    store.reset();
    std::error_code ignored;
    std::filesystem::remove_all(folder, ignored);
}

FakeFeed& World::add(const std::string& section, const std::string& list, Strings content, core::EntityType entity) {
    auto feed = std::make_unique<FakeFeed>(section, entity);
    feed->content = std::move(content);
    auto& kept = *feed;
    ListOptions options;
    options.category_name = list;
    sections.push_back({section, options, std::move(feed)});
    return kept;
}

std::vector<ListJob> World::jobs() const {
    return group_into_lists(sections, keep, guard).value();
}

Ports World::ports() {
    return {clock, gateway, *store, protection, assertions, rejected, {}, &changes};
}

RunResult World::run(RunOptions options, const std::stop_token& stop) {
    clock.advance(1min);
    rejected.values.clear();
    options.guard = guard.rules;
    options.activation = activation;
    options.operator_name = "operator";
    const auto lists = jobs();
    auto result = run_once(sections, lists, ports(), options, stop);
    for (const auto& list : result.report.lists) EXPECT_EQ(list.counts.imbalance(), "") << list.list;
    return result;
}

void World::damage_contents() {
    soci::session sql(soci::sqlite3, (folder / "cordon.db").string());
    sql << "UPDATE contents SET size_bytes = size_bytes + 1";
}

Strings hosts(std::size_t count, std::size_t first) {
    Strings made;
    for (std::size_t i = 0; i < count; ++i) made.push_back(fmt::format("h{:03}.example", first + i));
    return made;
}

std::set<std::string> set_of(const Strings& strings) {
    return {strings.begin(), strings.end()};
}

Strings marks_of(const core::ListLedger& ledger) {
    static constexpr const char* k_names[] = {"intended", "sent", "seen", "leaving"};
    Strings marks;
    for (const auto& entry : ledger.ours)
        marks.push_back(entry.canonical + " " + k_names[static_cast<int>(entry.mark)]);
    return marks;
}

}  // namespace cordon::engine
