#include "console/settings.hpp"

#include <algorithm>
#include <array>

#include "base/text.hpp"

namespace cordon::console {
namespace {

/// A shorter one could be guessed by whoever reaches the console beside the proxy.
constexpr std::size_t k_least_proxy_secret_bytes = 16;

Setting proxy_secret_setting(Secret& field) {
    auto setting = secret_setting("proxy_secret", field,
                                  "What a reverse proxy sends as X-Cordon-Proxy-Secret, so that the user that it names "
                                  "is believed; at least 16 characters. With it, everybody has to sign in, there or "
                                  "here.");
    setting.environment = "CORDON_PROXY_SECRET";
    setting.assign = [assign = setting.assign](std::string_view text) -> Result<void> {
        if (!text.empty() && text.size() < k_least_proxy_secret_bytes)
            return fail(Code::invalid, "at least 16 characters");
        return assign(text);
    };
    return setting;
}

constexpr std::array<std::string_view, 9> k_of_browsers{
    "accept", "authorization", "content-type", "cookie", "host", "origin", "referer", "user-agent", "x-csrf-token"};

Setting user_header_setting(std::string& field) {
    auto setting = text_setting("proxy_user_header", field,
                                "The header in which the reverse proxy names who has signed in there.");
    setting.assign = [&field](std::string_view text) -> Result<void> {
        const auto name = to_lower(trim(text));
        const bool is_name = !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
            return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
        });
        if (!is_name) return fail(Code::invalid, "the name of a header: letters, digits and '-'");
        if (std::find(k_of_browsers.begin(), k_of_browsers.end(), name) != k_of_browsers.end())
            return fail(Code::invalid, "a header that browsers do not send themselves, as in X-Remote-User");
        field = name;
        return {};
    };
    return setting;
}

Setting names_setting(std::vector<std::string>& field) {
    auto setting = list_setting("names", field,
                                "Names by which browsers may call the console, without port; all others are refused "
                                "with 421.");
    setting.assign = [assign = setting.assign, &field](std::string_view text) -> Result<void> {
        auto before = field;
        CORDON_TRY(assign(text));
        const bool is_good = !field.empty() && std::all_of(field.begin(), field.end(), [](const std::string& name) {
            const bool is_literal = name.starts_with('[') && name.ends_with(']');
            return is_literal || name.find_first_of(":/ *") == std::string::npos;
        });
        if (is_good) return {};
        field = std::move(before);
        return fail(Code::invalid, "at least one name without scheme, port and '*'; an IPv6 address in brackets");
    };
    return setting;
}

}  // namespace

std::vector<Setting> settings_of(AccessOptions& options) {
    std::vector<Setting> table;
    table.push_back(names_setting(options.names));
    table.push_back(bool_setting("sign_in_to_read", options.sign_in_to_read,
                                 "Whether to look takes a sign-in on loopback too; elsewhere it always does."));
    table.push_back(positive_duration_setting("session_idle", options.sessions.idle,
                                              "How long a sign-in holds without a request."));
    table.push_back(positive_duration_setting("session_longest", options.sessions.longest,
                                              "How long a sign-in holds at the longest."));
    table.push_back(proxy_secret_setting(options.proxy_secret));
    table.push_back(user_header_setting(options.proxy_user_header));
    table.push_back(choice_setting("proxy_role", options.proxy_role,
                                   {{"viewer", Role::viewer}, {"operator", Role::operator_}, {"admin", Role::admin}},
                                   "The role of users of the proxy that have no account here."));
    return table;
}

}  // namespace cordon::console
