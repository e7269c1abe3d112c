#include "notify/webhook_body.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace cordon::notify {
namespace {

using Json = nlohmann::ordered_json;

std::string origin_of(const core::Notice& notice, const Teller& teller) {
    const auto run = notice.run_id.empty() ? std::string{} : fmt::format(", run {}", notice.run_id);
    return fmt::format("Cordon {} on {}, {}{}", teller.version, teller.host, to_readable_utc(notice.at), run);
}

Json plain_body(const core::Notice& notice, const Teller& teller) {
    return {{"program", "cordon"},
            {"version", teller.version},
            {"host", teller.host},
            {"event", core::name_of(notice.kind)},
            {"about", core::name_of(notice.about)},
            {"subject", notice.subject},
            {"title", notice.title},
            {"text", notice.text},
            {"at", to_iso8601(notice.at)},
            {"since", to_iso8601(notice.since)},
            {"run", notice.run_id}};
}

/// Slack reads '&', '<' and '>' as its own (https://api.slack.com/reference/surfaces/formatting#escaping).
std::string escaped_for_slack(const std::string& text) {
    std::string escaped;
    for (const char c : text) {
        switch (c) {
            case '&': escaped += "&amp;"; break;
            case '<': escaped += "&lt;"; break;
            case '>': escaped += "&gt;"; break;
            default: escaped += c;
        }
    }
    return escaped;
}

Json slack_body(const core::Notice& notice, const Teller& teller) {
    return {{"text", fmt::format("*{}*\n{}\n_{}_", escaped_for_slack(notice.title), escaped_for_slack(notice.text),
                                 escaped_for_slack(origin_of(notice, teller)))}};
}

Json text_block(const std::string& text) {
    return {{"type", "TextBlock"}, {"text", text}, {"wrap", true}};
}

Json teams_body(const core::Notice& notice, const Teller& teller) {
    auto title = text_block(notice.title);
    title["weight"] = "Bolder";
    title["size"] = "Medium";
    auto origin = text_block(origin_of(notice, teller));
    origin["isSubtle"] = true;
    const Json card{{"$schema", "http://adaptivecards.io/schemas/adaptive-card.json"},
                    {"type", "AdaptiveCard"},
                    {"version", "1.4"},
                    {"body", Json::array({title, text_block(notice.text), origin})}};
    const Json attachment{
        {"contentType", "application/vnd.microsoft.card.adaptive"}, {"contentUrl", nullptr}, {"content", card}};
    return {{"type", "message"}, {"attachments", Json::array({attachment})}};
}

}  // namespace

std::string webhook_body(Kind kind, const core::Notice& notice, const Teller& teller) {
    const auto body = kind == Kind::slack   ? slack_body(notice, teller)
                      : kind == Kind::teams ? teams_body(notice, teller)
                                            : plain_body(notice, teller);
    return body.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace cordon::notify
