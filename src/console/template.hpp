#pragma once

#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

namespace cordon::console {

using Json = nlohmann::ordered_json;

/// What stands around every page.
struct Frame {
    std::string title;
    std::string current;     ///< the menu's row, "overview"
    std::string user;        ///< "" of nobody
    std::string role;        ///< "" of nobody
    std::string form_token;  ///< of forms that change something
    bool can_sign_out = false;
    bool may_change = false;
    bool is_admin = false;
};

/// The page of that name (src/console/pages) made from the view, in the frame. Texts are escaped for HTML; numbers have
/// thousands separated, stand as they are under their name with "_raw", and whether they are not 0 under "_any"; `list`
/// and `entry` stand as a part of a link under "_link"; "" and null count as false. What a view
/// calls `form_token`, `may_change`, `user` or `role` gives way to the frame's.
[[nodiscard]] std::string render(std::string_view page, const Json& view, const Frame& frame);

}  // namespace cordon::console
