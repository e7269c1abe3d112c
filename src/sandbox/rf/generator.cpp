#include "sandbox/rf/generator.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "base/digest.hpp"

namespace cordon::sandbox::rf {
namespace {

constexpr std::size_t k_addresses = 131'072;  // 198.18.0.0/15
constexpr std::uint32_t k_first_address = (198U << 24U) | (18U << 16U);
constexpr std::size_t k_stride = 40'503;  // odd, so that it walks every address once
constexpr std::array k_words{"login",   "secure",  "update", "account", "verify", "portal", "cdn",   "static",
                             "support", "billing", "wallet", "invoice", "parcel", "signin", "cloud", "mail"};
constexpr std::array k_hosters{"Example Hosting", "Sample Networks", "Test Cloud"};
constexpr std::array k_malware{"AsyncRAT", "Cobalt Strike", "Remcos", "Sliver"};

constexpr const char* k_domains = "/public/prevent/weaponized_domains.json";
constexpr const char* k_urls = "/public/prevent/weaponized_urls.json";
constexpr const char* k_controllers = "/public/prevent/c2_communicating_ips.json";
constexpr const char* k_controllers_csv = "/public/prevent/c2_communicating_ips_list.csv";
constexpr const char* k_ddns = "/public/detect/ddns_ips.json";
constexpr const char* k_tor = "/public/policy/tor_ips.json";

template <class Words>
const char* pick(const Words& words, std::uint64_t number) {
    return words[number % words.size()];
}

/// "/public/risklists/default_domain_risklist.csv" -> "domain"
std::optional<std::string_view> entity_of_default_file(std::string_view path) {
    constexpr std::string_view k_before = "/public/risklists/default_";
    constexpr std::string_view k_after = "_risklist.csv";
    if (!path.starts_with(k_before) || !path.ends_with(k_after)) return std::nullopt;
    path.remove_prefix(k_before.size());
    path.remove_suffix(k_after.size());
    return path;
}

}  // namespace

const std::vector<std::string>& Generator::paths() {
    static const std::vector<std::string> all{
        k_controllers,
        k_controllers_csv,
        k_domains,
        k_urls,
        k_ddns,
        k_tor,
        "/public/risklists/default_domain_risklist.csv",
        "/public/risklists/default_ip_risklist.csv",
        "/public/risklists/default_url_risklist.csv",
        "/public/risklists/default_hash_risklist.csv",
    };
    return all;
}

std::optional<std::string> Generator::file(std::string_view path, Moment moment) const {
    if (std::find(paths().begin(), paths().end(), path) == paths().end()) return std::nullopt;
    if (path == k_domains) return weaponized("domain", moment);
    if (path == k_urls) return weaponized("url", moment);
    if (path == k_controllers) return controllers(moment);
    if (path == k_controllers_csv) return single_column(moment);
    if (const auto entity = entity_of_default_file(path)) return risk_list(*entity, "default", moment);
    return bare_array(path, moment);
}

std::uint64_t Generator::chance(std::size_t id, std::string_view what) const {
    return hash64(what, seed_ * 1'000'003 + id);
}

// A window that slides over the endless sequence of ids: with each tick its oldest go and new ones come.
std::vector<Generator::Row> Generator::rows(std::size_t count, Moment moment) const {
    const auto first = moment.tick * sizes_.churn;
    const auto kept = static_cast<std::size_t>(static_cast<double>(count) * moment.keep);
    const auto period = std::max<std::size_t>(1, sizes_.churn == 0 ? count : count / sizes_.churn);
    std::vector<Row> made;
    made.reserve(kept);
    for (std::size_t id = first; id < first + kept; ++id) {
        const auto age = (id + moment.tick) % period;  // ticks since its last change
        made.push_back({id, sizes_.churn == 0 || age > moment.tick ? 0 : moment.tick - age});
    }
    return made;
}

std::string Generator::domain(std::size_t id) const {
    const auto number = chance(id, "domain");
    const auto host = fmt::format("{}-{}-{:05x}.{}", pick(k_words, number), pick(k_words, number >> 8U), id,
                                  number % 5 == 0 ? "test" : "example");
    return number % 3 == 0 ? fmt::format("{}.{}", pick(k_words, number >> 16U), host) : host;
}

std::string Generator::url(std::size_t id) const {
    const auto number = chance(id, "url");
    auto text = fmt::format("{}://{}", number % 2 == 0 ? "https" : "http", domain(id));
    if (number % 7 == 0) text += ":8080";
    text += fmt::format("/{}/{}.php", pick(k_words, number >> 8U), pick(k_words, number >> 16U));
    return number % 4 == 0 ? text + fmt::format("?id={}&r=%2Fhome", id) : text;
}

std::string Generator::address(std::size_t id) const {
    const auto at = k_first_address + static_cast<std::uint32_t>((id * k_stride + seed_) % k_addresses);
    return fmt::format("{}.{}.{}.{}", at >> 24U, at >> 16U & 255U, at >> 8U & 255U, at & 255U);
}

std::string Generator::name(std::string_view entity, std::size_t id) const {
    if (entity == "domain") return domain(id);
    if (entity == "url") return url(id);
    if (entity == "ip") return address(id);
    if (entity == "hash") return sha256_hex(fmt::format("{} {}", seed_, id));
    return fmt::format("CVE-2099-{:05}", id);
}

std::string Generator::day_of(const Row& row) const {
    return to_iso8601(made_at(row.changed)).substr(0, 10);
}

// recorded-future-api.md 7.2; the keys of detection_strings as in the OpenCTI connector's fixtures.
std::string Generator::weaponized(const char* key, Moment moment) const {
    const auto made = rows(sizes_.domains, moment);
    auto json =
        fmt::format("{{\"count\":{},\"timestamp\":\"{}\",\"results\":[", made.size(), to_iso8601(made_at(moment.tick)));
    for (const auto& row : made) {
        fmt::format_to(std::back_inserter(json),
                       "{}\n{{\"{}\":\"{}\",\"last_seen\":\"{}\",\"service_provider\":\"{}\",\"detection_strings\":"
                       "{{\"phishing site\":{},\"malware site\":{},\"spam site\":{}}}}}",
                       &row == made.data() ? "" : ",", key, name(key, row.id), day_of(row),
                       pick(k_hosters, chance(row.id, "hoster")), row.id % 2 == 0, row.id % 2 == 1,
                       row.changed % 2 == 1);
    }
    return json + "\n]}\n";
}

std::string Generator::controllers(Moment moment) const {
    const auto made = rows(std::min(sizes_.ips, k_addresses), moment);
    auto json =
        fmt::format("{{\"count\":{},\"timestamp\":\"{}\",\"results\":[", made.size(), to_iso8601(made_at(moment.tick)));
    for (const auto& row : made) {
        // The three names that dates have had (recorded-future-api.md 7.2).
        static constexpr std::array k_dates{"last_seen", "last_seen_active", "last_scan"};
        fmt::format_to(std::back_inserter(json),
                       "{}\n{{\"ip\":\"{}\",\"{}\":\"{}\",\"malware\":[\"{}\"],\"ports\":[{{\"port\":{},"
                       "\"protocol\":\"TCP\"}}]}}",
                       &row == made.data() ? "" : ",", address(row.id), pick(k_dates, row.id), day_of(row),
                       pick(k_malware, chance(row.id, "malware")), 1024 + row.changed % 40'000);
    }
    return json + "\n]}\n";
}

// Arrays without a root object, with the empty rows that have been seen (recorded-future-api.md 7.2).
std::string Generator::bare_array(std::string_view path, Moment moment) const {
    std::string json = "[{}";
    for (const auto& row : rows(std::min(sizes_.ips, k_addresses), moment)) {
        if (path == k_tor) {
            fmt::format_to(std::back_inserter(json), ",\n{{\"ip\":\"{}\",\"name\":\"relay{}\",\"flags\":\"EFHRSDV\"}}",
                           address(row.id), row.id);
        } else {
            fmt::format_to(std::back_inserter(json), ",\n{{\"lastSeen\":{},\"ip\":\"{}\"}}",
                           made_at(row.changed).time_since_epoch().count(), address(row.id));
        }
    }
    return json + ",\n{}]\n";
}

std::string Generator::single_column(Moment moment) const {
    std::string lines;
    for (const auto& row : rows(std::min(sizes_.ips, k_addresses), moment)) lines += address(row.id) + "\r\n";
    return lines;
}

}  // namespace cordon::sandbox::rf
