#include "console/template.hpp"

#include <array>
#include <map>
#include <mutex>
#include <span>

#include <fmt/format.h>

#include <kainjow/mustache.hpp>

#include "base/text.hpp"
#include "console/embedded.hpp"
#include "net/http.hpp"

namespace cordon::console {
namespace {

namespace mustache = kainjow::mustache;

struct MenuRow {
    const char* name;
    const char* path;
    const char* words;
};
constexpr std::array<MenuRow, 10> k_menu{{
    {"overview", "/", "Overview"},
    {"feeds", "/feeds", "Feeds"},
    {"lists", "/lists", "Lists"},
    {"runs", "/runs", "Runs"},
    {"explain", "/explain", "Explain"},
    {"plan", "/plan", "Plan"},
    {"rejected", "/rejected", "Rejected"},
    {"settings", "/settings", "Settings"},
    {"audit", "/audit", "Audit"},
    {"access", "/access", "Access"},  // the last, for administrators
}};

mustache::data shown(const Json& json);

mustache::data shown_object(const Json& json) {
    mustache::data object(mustache::data::type::object);
    for (const auto& [key, value] : json.items()) {
        if (value.is_number()) {
            object.set(key + "_raw", value.dump());
            object.set(key + "_any", mustache::data(value != 0));
        }
        const bool stands_in_links = key == "list" || key == "entry";
        if (stands_in_links && value.is_string())
            object.set(key + "_link", net::percent_encode(value.get<std::string>()));
        object.set(key, shown(value));
    }
    return object;
}

mustache::data shown(const Json& json) {
    switch (json.type()) {
        case Json::value_t::object: return shown_object(json);
        case Json::value_t::array: {
            mustache::data list(mustache::data::type::list);
            for (const auto& one : json) list.push_back(shown(one));
            return list;
        }
        case Json::value_t::string: {
            const auto& text = json.get_ref<const std::string&>();
            return text.empty() ? mustache::data(false) : mustache::data(text);
        }
        case Json::value_t::boolean: return mustache::data(json.get<bool>());
        case Json::value_t::number_unsigned: return mustache::data(with_thousands(json.get<std::uint64_t>()));
        case Json::value_t::number_integer: {
            const auto number = json.get<std::int64_t>();
            return mustache::data((number < 0 ? "-" : "") +
                                  with_thousands(static_cast<std::uint64_t>(number < 0 ? -number : number)));
        }
        case Json::value_t::number_float: return mustache::data(fmt::format("{:.1f}", json.get<double>()));
        default: return mustache::data(false);
    }
}

const std::string& page_text(std::string_view page) {
    static std::mutex mutex;
    static std::map<std::string, std::string, std::less<>> texts;
    const std::scoped_lock lock(mutex);
    const auto known = texts.find(page);
    if (known != texts.end()) return known->second;
    const auto* const file = find_embedded(fmt::format("pages/{}.html", page));
    return texts.emplace(page, file == nullptr ? std::string{} : unpacked(*file)).first->second;
}

void add_frame(mustache::data& data, const Frame& frame) {
    const auto text_or_false = [](const std::string& text) {
        return text.empty() ? mustache::data(false) : mustache::data(text);
    };
    data.set("page_title", frame.title);
    data.set("user", text_or_false(frame.user));
    data.set("role", text_or_false(frame.role));
    data.set("form_token", text_or_false(frame.form_token));
    data.set("can_sign_out", mustache::data(frame.can_sign_out));
    data.set("may_change", mustache::data(frame.may_change));
    mustache::data menu(mustache::data::type::list);
    for (const auto& row : std::span(k_menu).first(k_menu.size() - (frame.is_admin ? 0 : 1))) {
        mustache::data one(mustache::data::type::object);
        one.set("path", row.path);
        one.set("words", row.words);
        one.set("is_current", mustache::data(frame.current == row.name));
        menu.push_back(one);
    }
    data.set("menu", menu);
    data.set("signs_in", mustache::data(frame.current == "sign-in"));
    for (const auto* const asset :
         {"assets/bootstrap.min.css", "assets/console.css", "assets/console.js", "assets/chart.min.js"}) {
        const auto* const file = find_embedded(asset);
        auto name = std::string(asset).substr(7);
        for (auto& c : name) c = c == '.' ? '_' : c;
        data.set("tag_" + name, file == nullptr ? std::string{} : std::string(file->tag));
    }
}

}  // namespace

std::string render(std::string_view page, const Json& view, const Frame& frame) {
    auto data = shown_object(view);
    add_frame(data, frame);
    mustache::mustache inner(page_text(page));
    data.set("content", inner.render(data));
    mustache::mustache outer(page_text("frame"));
    return outer.render(data);
}

}  // namespace cordon::console
