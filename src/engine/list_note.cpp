#include <nlohmann/json.hpp>

#include "engine/run.hpp"

namespace cordon::engine {
namespace {

std::optional<core::EntityType> entity_of(const std::string& name) {
    for (const auto entity : {core::EntityType::domain, core::EntityType::url, core::EntityType::ip}) {
        if (name == core::name_of(entity)) return entity;
    }
    return std::nullopt;
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
    return json.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

std::optional<ListNote> list_note_from_json(const std::string& text) {
    const auto json = nlohmann::json::parse(text, nullptr, /*allow_exceptions=*/false);
    if (!json.is_object()) return std::nullopt;
    ListNote note;
    note.target = core::target_kind_of(json.value("target", "")).value_or(note.target);
    note.description = json.value("description", "");
    const auto feeds = json.find("feeds");
    if (feeds == json.end() || !feeds->is_array()) return note;
    for (const auto& feed : *feeds) {
        if (!feed.is_object()) continue;
        const auto entity = entity_of(feed.value("entity", ""));
        if (entity) note.feeds.emplace_back(feed.value("section", ""), *entity);
    }
    return note;
}

}  // namespace cordon::engine
