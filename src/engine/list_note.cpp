#include "engine/list_note.hpp"

#include <algorithm>

#include <nlohmann/json.hpp>

#include "base/json.hpp"
#include "engine/list_run.hpp"

namespace cordon::engine {
namespace {

std::optional<core::EntityType> entity_of(const std::string& name) {
    for (const auto entity : {core::EntityType::domain, core::EntityType::url, core::EntityType::ip}) {
        if (name == core::name_of(entity)) return entity;
    }
    return std::nullopt;
}

/// Without what is empty; an empty object where all is.
nlohmann::ordered_json json_of(const RulesNote& rules) {
    auto json = nlohmann::ordered_json::object();
    const auto put = [&](const char* key, const std::string& text) {
        if (!text.empty()) json[key] = text;
    };
    if (rules.read_at) json["read_at"] = to_iso8601(*rules.read_at);
    put("asked", rules.asked);
    put("unread", rules.unread);
    if (rules.enforcement) json["enforcement"] = core::to_json(*rules.enforcement);
    put("rule_id", rules.rule_id);
    put("wish", rules.wish);
    put("problem", rules.problem);
    if (!rules.problem.empty()) json["problem_since"] = to_iso8601(rules.problem_since);
    return json;
}

/// "" where there is no such text: a note that somebody edited by hand stops no run.
std::string text_in(const nlohmann::json& json, const char* key) {
    const auto found = json.is_object() ? json.find(key) : json.end();
    return found == json.end() || !found->is_string() ? std::string{} : found->get<std::string>();
}

RulesNote rules_from(const nlohmann::json& json) {
    const auto text_of = [&](const char* key) { return text_in(json, key); };
    RulesNote rules;
    if (const auto read_at = parse_iso8601(text_of("read_at"))) rules.read_at = *read_at;
    rules.asked = text_of("asked");
    rules.unread = text_of("unread");
    rules.enforcement = core::enforcement_from_json(text_of("enforcement"));
    rules.rule_id = text_of("rule_id");
    rules.wish = text_of("wish");
    rules.problem = text_of("problem");
    rules.problem_since = parse_iso8601(text_of("problem_since")).value_or(Time{});
    return rules;
}

}  // namespace

std::string to_json(const ListNote& note) {
    auto feeds = nlohmann::ordered_json::array();
    for (const auto& [name, entity] : note.feeds)
        feeds.push_back({{"section", name}, {"entity", core::name_of(entity)}});
    nlohmann::ordered_json json;
    json["target"] = core::name_of(note.target);
    json["description"] = note.description;
    json["feeds"] = std::move(feeds);
    if (!note.first_list.empty()) json["first_list"] = note.first_list;
    if (!note.group.empty()) json["group"] = note.group;
    if (note.pause) {
        auto& pause = json["pause"] = {{"who", note.pause->who}, {"because", note.pause->because}};
        if (note.pause->until) pause["until"] = to_iso8601(*note.pause->until);
        if (!note.pause->back_to.empty()) pause["back_to"] = note.pause->back_to;
        if (note.pause->is_unfinished) pause["unfinished"] = true;
        if (note.pause->since != Time{}) pause["since"] = to_iso8601(note.pause->since);
    }
    if (auto rules = json_of(note.rules); !rules.empty()) json["rules"] = std::move(rules);
    if (!note.theirs.empty()) json["theirs"] = note.theirs;
    return json.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

std::optional<ListNote> list_note_from_json(const std::string& text) {
    const auto json = parse_json(text);
    if (!json.is_object()) return std::nullopt;
    ListNote note;
    note.target = core::target_kind_of(text_in(json, "target")).value_or(note.target);
    note.description = text_in(json, "description");
    note.first_list = text_in(json, "first_list");
    note.group = text_in(json, "group");
    if (const auto pause = json.find("pause"); pause != json.end() && pause->is_object()) {
        const auto until = parse_iso8601(text_in(*pause, "until"));
        Pause read{{}, text_in(*pause, "who"), text_in(*pause, "because"), text_in(*pause, "back_to")};
        if (until) read.until = *until;
        read.since = parse_iso8601(text_in(*pause, "since")).value_or(Time{});
        const auto unfinished = pause->find("unfinished");
        read.is_unfinished = unfinished != pause->end() && unfinished->is_boolean() && unfinished->get<bool>();
        if (until || !read.back_to.empty()) note.pause = std::move(read);
    }
    if (const auto rules = json.find("rules"); rules != json.end()) note.rules = rules_from(*rules);
    if (const auto theirs = json.find("theirs"); theirs != json.end() && theirs->is_array()) {
        for (const auto& entry : *theirs) {
            if (entry.is_string()) note.theirs.push_back(entry.get<std::string>());
        }
    }
    const auto feeds = json.find("feeds");
    if (feeds == json.end() || !feeds->is_array()) return note;
    for (const auto& feed : *feeds) {
        const auto entity = entity_of(text_in(feed, "entity"));
        if (entity) note.feeds.emplace_back(text_in(feed, "section"), *entity);
    }
    return note;
}

Result<void> change_list_note(const std::string& list, store::Store& store,
                              const std::function<void(ListNote& note)>& change) {
    return store.change_list_note(list, [&](const std::string& before) {
        auto note = list_note_from_json(before).value_or(ListNote{});
        change(note);
        return to_json(note);
    });
}

Result<bool> forget_feed(const std::string& list, const std::string& section, store::Store& store) {
    const auto is_it = [&](const auto& known) { return known.first == section; };
    CORDON_TRY_ASSIGN(const auto text, store.list_note(list));
    const auto note = list_note_from_json(text);
    if (!note || std::none_of(note->feeds.begin(), note->feeds.end(), is_it)) return false;
    CORDON_TRY(change_list_note(list, store, [&](ListNote& kept) { std::erase_if(kept.feeds, is_it); }));
    return true;
}

Result<void> remember_feeds(const ListRun& run, std::span<const FeedSection> sections,
                            std::span<const FeedSnapshot> snapshots, store::Store& store) {
    return change_list_note(run.plan.list, store, [&](ListNote& note) {
        note.target = run.plan.target;
        note.description = run.job->target.description;
        note.first_list = run.job->continues ? run.job->first_list : std::string{};
        note.group = run.job->group;
        for (const auto index : run.job->feeds) {
            if (snapshots[index].indicators.empty()) continue;  // it has not given anything yet
            const auto& feed = *sections[index].feed;
            std::erase_if(note.feeds, [&](const auto& known) { return known.first == feed.name(); });
            note.feeds.emplace_back(feed.name(), feed.entity());
        }
    });
}

}  // namespace cordon::engine
