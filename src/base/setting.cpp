#include "base/setting.hpp"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/clock.hpp"
#include "base/json.hpp"
#include "base/text.hpp"

namespace cordon {
namespace {

Result<double> parse_share(std::string_view text) {
    const auto refuse = [] { return fail(Code::invalid, "a share from 0 to 1, as in 0.3 or 30% (30%% in the file)"); };
    text = trim(text);
    const bool is_percent = text.ends_with('%');
    if (is_percent) text = trim(text.substr(0, text.size() - 1));
    double number = 0;
    const auto parsed = std::from_chars(text.data(), text.data() + text.size(), number);
    if (text.empty() || parsed.ec != std::errc{} || parsed.ptr != text.data() + text.size()) return refuse();
    if (is_percent) number /= 100;
    if (!(number >= 0 && number <= 1)) return refuse();
    return number;
}

Result<std::vector<std::string>> parse_list(std::string_view text) {
    std::vector<std::string> values;
    text = trim(text);
    if (text.starts_with('[')) {
        const auto json = parse_json(text);
        const auto is_text = [](const nlohmann::json& value) { return value.is_string(); };
        if (!json.is_array() || !std::all_of(json.begin(), json.end(), is_text)) {
            return fail(Code::invalid, R"(a JSON array of strings, as in ["one", "two"])");
        }
        for (const auto& value : json) values.push_back(value.get<std::string>());
        return values;
    }
    std::string value;
    for (const char c : text) {
        if (c == ',' || c == ' ' || c == '\t' || c == '\r' || c == '\n') {
            if (!value.empty()) values.push_back(std::exchange(value, {}));
        } else {
            value += c;
        }
    }
    if (!value.empty()) values.push_back(std::move(value));
    return values;
}

}  // namespace

Result<bool> parse_bool(std::string_view text) {
    for (const auto* word : {"1", "yes", "true", "on"}) {
        if (equals_ignoring_case(text, word)) return true;
    }
    for (const auto* word : {"0", "no", "false", "off"}) {
        if (equals_ignoring_case(text, word)) return false;
    }
    return fail(Code::invalid, "true or false (also yes/no, on/off, 1/0)");
}

std::string one_of(const std::vector<std::string>& words) {
    std::string sentence = words.size() > 1 ? "one of " : "";
    for (std::size_t i = 0; i < words.size(); ++i) {
        if (i > 0) sentence += i + 1 == words.size() ? " or " : ", ";
        sentence += words[i];
    }
    return sentence;
}

Setting text_setting(std::string key, std::string& field, std::string summary) {
    return {std::move(key), std::move(summary), field, [&field](std::string_view text) -> Result<void> {
                field = text;
                return {};
            }};
}

Setting secret_setting(std::string key, Secret& field, std::string summary) {
    Setting setting{std::move(key), std::move(summary), "", [&field](std::string_view text) -> Result<void> {
                        field = Secret(std::string(text));
                        return {};
                    }};
    setting.is_secret = true;
    return setting;
}

Setting bool_setting(std::string key, bool& field, std::string summary) {
    return {std::move(key), std::move(summary), field ? "true" : "false",
            [&field](std::string_view text) -> Result<void> {
                CORDON_TRY_ASSIGN(field, parse_bool(text));
                return {};
            }};
}

Setting number_setting(std::string key, std::size_t& field, std::size_t least, std::size_t most, std::string summary) {
    Setting setting{std::move(key), std::move(summary), std::to_string(field),
                    [&field, least, most](std::string_view text) -> Result<void> {
                        const auto number = parse_whole_number(text);
                        if (!number || *number < least || *number > most) {
                            return fail(Code::invalid, fmt::format("a whole number from {} to {}", least, most));
                        }
                        field = *number;
                        return {};
                    }};
    setting.range = fmt::format("{} to {}", least, most);
    return setting;
}

Setting share_setting(std::string key, double& field, std::string summary) {
    Setting setting{std::move(key), std::move(summary), fmt::format("{:g}", field),
                    [&field](std::string_view text) -> Result<void> {
                        CORDON_TRY_ASSIGN(field, parse_share(text));
                        return {};
                    }};
    setting.range = "0 to 1";
    return setting;
}

Setting duration_setting(std::string key, std::chrono::seconds& field, std::string summary) {
    return {std::move(key), std::move(summary), to_text(field), [&field](std::string_view text) -> Result<void> {
                const auto length = parse_duration(text);
                if (!length) return fail(Code::invalid, "a length of time, as in 35s, 24h or 7d");
                field = *length;
                return {};
            }};
}

Setting positive_duration_setting(std::string key, std::chrono::seconds& field, std::string summary) {
    auto setting = duration_setting(std::move(key), field, std::move(summary));
    setting.assign = [&field](std::string_view text) -> Result<void> {
        const auto length = parse_duration(text);
        if (!length || length->count() == 0)
            return fail(Code::invalid, "a length of time of more than 0, as in 35s, 24h or 7d");
        field = *length;
        return {};
    };
    return setting;
}

Setting list_setting(std::string key, std::vector<std::string>& field, std::string summary) {
    return {std::move(key), std::move(summary), join(field, " "), [&field](std::string_view text) -> Result<void> {
                CORDON_TRY_ASSIGN(field, parse_list(text));
                return {};
            }};
}

Setting json_list_setting(std::string key, std::vector<std::string>& field, std::string example, std::string summary) {
    Setting setting = list_setting(std::move(key), field, std::move(summary));
    if (!field.empty()) setting.default_text = nlohmann::json(field).dump();
    setting.assign = [&field, example = std::move(example)](std::string_view text) -> Result<void> {
        text = trim(text);
        auto values = parse_list(text);
        if (!values || (!text.empty() && !text.starts_with('['))) {
            return fail(Code::invalid, fmt::format("a JSON array of strings, as in {}", example));
        }
        field = std::move(*values);
        return {};
    };
    return setting;
}

Setting path_setting(std::string key, std::filesystem::path& field, std::string summary) {
    return {std::move(key), std::move(summary), field.string(), [&field](std::string_view text) -> Result<void> {
                field = std::string(text);
                return {};
            }};
}

Setting detail::choice_setting(std::string key, std::vector<std::string> words, std::size_t chosen,
                               std::function<void(std::size_t)> choose, std::string summary) {
    std::string default_text = chosen < words.size() ? words[chosen] : std::string{};
    return {std::move(key), std::move(summary), std::move(default_text),
            [words = std::move(words), choose = std::move(choose)](std::string_view text) -> Result<void> {
                for (std::size_t i = 0; i < words.size(); ++i) {
                    if (equals_ignoring_case(words[i], text)) {
                        choose(i);
                        return {};
                    }
                }
                return fail(Code::invalid, one_of(words));
            }};
}

}  // namespace cordon
