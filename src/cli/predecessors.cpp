#include "cli/predecessors.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "base/setting.hpp"
#include "base/text.hpp"
#include "config/ini.hpp"
#include "config/python_lines.hpp"

namespace cordon::cli {
namespace {

using config::Dialect;
using config::Translated;
using config::TranslationRule;

constexpr const char* k_list = "falcon_intel_bridge";
constexpr const char* k_bridge_category = "CrowdStrike";  // hard-coded there: crowdstrike-intel-api.md 11.3
constexpr const char* k_first_category = "CrowdStrike Malicious URLs - High";
constexpr std::uint64_t k_most_entries = 275'000;  // the Bridge's README, and ZIA's largest quota

Translated setting_text(const std::string& text) {
    return {std::string(trim(text))};
}

/// A blank value is the program's default, which is ours.
Translated left_out_if_blank(const std::string& text) {
    Translated translated = setting_text(text);
    translated.is_left_out = translated.text.empty();
    return translated;
}

/// How many entries. The Bridge died at start on a blank one.
Translated entry_limit(const std::string& text) {
    Translated translated = left_out_if_blank(text);
    const auto number = parse_whole_number(translated.text);
    if (number && *number > k_most_entries) {
        translated.warning =
            fmt::format("ZIA holds at most {} custom URLs; that many are taken", with_thousands(k_most_entries));
        translated.text = std::to_string(k_most_entries);
    } else if (number && *number == 0) {
        translated.warning = "0 would keep nothing; the default of 10,000 is taken";
        translated.is_left_out = true;
    }
    return translated;
}

/// A key that asks for nothing where its value is this one.
std::function<Translated(const std::string&)> silent_at(std::string_view value) {
    return [value](const std::string& text) {
        return Translated{text, trim(text).empty() || equals_ignoring_case(trim(text), value)};
    };
}

/// disable_loop is 1 for cron. What is neither yes nor no is handed on as it is, for `every` to refuse.
Translated loop_interval(const std::string& text) {
    if (trim(text).empty()) return {"12h"};
    const auto is_for_cron = parse_bool(trim(text));
    if (!is_for_cron) return {text};
    return {"12h", *is_for_cron};
}

/// Addresses go into an IP group, for which Zscaler's database cannot be asked.
bool feeds_a_category(const std::vector<config::TranslatedKey>& keys) {
    return std::none_of(keys.begin(), keys.end(), [](const config::TranslatedKey& key) {
        return key.key == "types" && to_lower(key.value).starts_with("ip_address");
    });
}

constexpr const char* k_lookup_note =
    "what Zscaler itself flags is not added; what is there is never taken away for that; off adds everything";
constexpr const char* k_limit_note = "the most confident and newest first; entries of others on the category count too";
constexpr const char* k_confidence_note = "built in there";
constexpr const char* k_labels_note =
    "false positives are left out: indicators that CrowdStrike labels KnownGood, PopularSite and the like "
    "(exclude_labels)";

const Dialect& intel_bridge() {
    static const Dialect dialect{
        "the Intel Bridge",
        "config.ini",
        {
            {"CROWDSTRIKE", "client", "falcon", "client_id", "", setting_text},
            {"CROWDSTRIKE", "secret", "falcon", "client_secret", "", setting_text},
            {"CROWDSTRIKE", "base_url", "falcon", "base_url", "a cloud's name (eu-1) or auto will do as well",
             left_out_if_blank},
            {"ZSCALER", "hostname", "zscaler", "base_uri", "", setting_text},
            {"ZSCALER", "username", "zscaler", "username", ""},
            {"ZSCALER", "password", "zscaler", "password", ""},
            {"ZSCALER", "token", "zscaler", "api_key", "", setting_text},
            {"CROWDSTRIKE", "type", k_list, "types",
             "ports, paths, user names and international names stay right; addresses go into an IP group",
             left_out_if_blank},
            {"CROWDSTRIKE", "limit", k_list, "max_entries", k_limit_note, entry_limit},
            {"CHRON", "disable_loop", "cordon", "every",
             "the Bridge announced 12 hours and slept 1,000 seconds; here a run asks only for what changed, so 1h is "
             "no burden",
             loop_interval},
            {"LOG", "log_indicators", "cordon", "log_indicators", "what was added and removed, in logs/indicators.csv"},
        },
        {
            {k_list, "min_confidence", "high", k_confidence_note},
            {k_list, "category_name", k_bridge_category, k_labels_note},
            {k_list, "lookup", "skip_known", k_lookup_note, feeds_a_category},
        }};
    return dialect;
}

TranslationRule first(const char* key, const char* to_section, const char* to_key, std::string note = {},
                      std::function<Translated(const std::string&)> convert = {}) {
    return {std::string(config::k_python_section), key, to_section, to_key, std::move(note), std::move(convert)};
}

const Dialect& first_version() {
    static const Dialect dialect{
        "the Intel Bridge's first version",
        "config.py",
        {
            first("cs_clientID", "falcon", "client_id", "", setting_text),
            first("cs_secret", "falcon", "client_secret", "", setting_text),
            first("cs_base_url", "falcon", "base_url", "a cloud's name (eu-1) or auto will do as well",
                  left_out_if_blank),
            first("zs_hostname", "zscaler", "base_uri", "", setting_text),
            first("zs_username", "zscaler", "username"),
            first("zs_password", "zscaler", "password"),
            first("zs_apiKey", "zscaler", "api_key", "", setting_text),
            first("cs_indicators_limit", k_list, "max_entries",
                  "there the size of a page; here the most entries of the list: the most confident and newest first",
                  entry_limit),
            first("cs_category_name", k_list, "category_name", k_labels_note, left_out_if_blank),
            first("proxy", "", "",
                  "the first version never used it, and neither does Cordon; proxy_enabled and proxy_servers in "
                  "[zscaler] and [falcon] do "
                  "what it promises",
                  silent_at("false")),
            first("logging_level", "", "", "Cordon logs at INFO; --log-level sets another level", silent_at("info")),
            first("zs_max_calls_hourly", "", "",
                  "Cordon keeps ZIA's own limits of 400 look-up calls with 40,000 URLs an hour", silent_at("39000")),
            first("zs_max_payload_size", "", "",
                  "Cordon keeps ZIA's own limits; batch_size in [zscaler] sets a smaller one", silent_at("10000")),
        },
        {
            {k_list, "types", "url", "ports, paths, user names and international names stay right"},
            {k_list, "min_confidence", "high", k_confidence_note},
            {k_list, "category_name", k_first_category, ""},
            {k_list, "lookup", "skip_known, classify", k_lookup_note},
        }};
    return dialect;
}

bool is_intel_bridge(const config::IniDocument& document) {
    return document.find("CROWDSTRIKE") != nullptr || document.find("ZSCALER") != nullptr;
}

bool is_first_version(const config::IniDocument& lines) {
    const auto* section = lines.find(config::k_python_section);
    return section != nullptr && (section->find("cs_clientid") != nullptr || section->find("zs_username") != nullptr);
}

/// configparser knows no quotes, and people wrote them all the same.
void warn_of_quotes(const config::IniDocument& document, config::Translation& translation) {
    for (const auto& key : translation.keys) {
        const bool is_quoted = key.value.size() > 1 && (key.value.front() == '"' || key.value.front() == '\'') &&
                               key.value.back() == key.value.front();
        if (!is_quoted) continue;
        translation.problems.push_back({document.file, key.line, key.section, key.key,
                                        "the quotes around this value are taken as part of it, as the Bridge took "
                                        "them; remove them if they are not",
                                        false});
    }
}

}  // namespace

std::optional<PredecessorFile> read_predecessor(std::string_view text, const std::string& file,
                                                const std::function<bool(std::string_view section)>& is_ours) {
    const auto ini = config::parse_ini(text, file, config::LonePercent::itself);
    if (is_intel_bridge(ini)) {
        PredecessorFile found{&intel_bridge(), config::translate(ini, intel_bridge(), is_ours)};
        warn_of_quotes(ini, found.translation);
        return found;
    }
    if (!ini.sections.empty()) return std::nullopt;
    const auto lines = config::parse_python_lines(text, file);
    if (!is_first_version(lines)) return std::nullopt;
    return PredecessorFile{&first_version(), config::translate(lines, first_version(), is_ours)};
}

}  // namespace cordon::cli
