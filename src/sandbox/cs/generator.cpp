#include "sandbox/cs/generator.hpp"

#include <fmt/format.h>

#include "base/digest.hpp"

namespace cordon::sandbox::cs {
namespace {

struct Difficult {
    std::string_view type;
    std::string_view value;
    std::string_view kind = "";  ///< of the domain or address, where it has one
};

// crowdstrike-intel-api.md 14.8, and 11.4 for what trips a careless clean-up.
constexpr std::array k_difficult{
    Difficult{"url", "https://popular.example:443/user/file/evil.exe"},
    Difficult{"url", "http://popular.example:80@userinfo.example/x"},
    Difficult{"url", "http://user:pass@userinfo-two.example:8443/a/b"},
    Difficult{"url", "http://198.51.100.7:8080/gate.php?id=7"},
    Difficult{"url", "http://[2001:db8::7]/gate.php"},
    Difficult{"url", "http://[2001:db8::8]:8080/a"},
    Difficult{"url",
              "http://b\xC3\xBC"
              "cher.example/login"},
    Difficult{"url", "http://xn--bcher-kva.example/parcel"},
    Difficult{"url", "http://\xD0\xBF\xD1\x80\xD0\xB8\xD0\xBC\xD0\xB5\xD1\x80.example/\xD1\x84"},
    Difficult{"url", "http://under_score.host.example/a_b/"},
    Difficult{"url", "HTTP://UPPER.Example/CaseMatters/Path.EXE"},
    Difficult{"url", "file:///C:/Users/Public/evil.exe"},
    Difficult{"url", "ftp://files.example/evil.bin"},
    Difficult{"url", "http://redirect.example/r?u=http://good.example/"},
    Difficult{"url", "http://quote.example/it's?a='b'&c=\"d\""},
    Difficult{"url", "http://colon.example/a:b/c:8080/d"},
    Difficult{"url", "http://tail.example/ends-with-dash-"},
    Difficult{"url", "http://tail.example/ends.with.dot."},
    Difficult{"url", "http://dot.example./path"},
    Difficult{"url", "http://fragment.example/a#b"},
    Difficult{"url", "http://10.example.test/not-private"},
    Difficult{"url", "http://10.1.2.3/private"},
    Difficult{"url", "http://127.0.0.1:8000/loopback"},
    Difficult{"url", "http://192.0.2.55/documentation"},
    Difficult{"url", "http://back.example\\@slash.example/x"},
    Difficult{"url", "http://space.example/a b"},
    Difficult{"url", "http://percent.example/%2e%2e/%00/%zz"},
    Difficult{"url", "bare.example/without/scheme"},
    Difficult{"url", "http://nodot/x"},
    Difficult{"url", "http://popular.example/", "KnownGood"},
    Difficult{"url", "LONG"},
    Difficult{"domain", "under_score.example"},
    Difficult{"domain", "_dmarc.evil.example"},
    Difficult{"domain", "popular.example", "KnownGood"},
    Difficult{"domain", "shop.example", "LegitimateCompromised"},
    Difficult{"domain", "sink.example", "Sinkholed"},
    Difficult{"domain", "UPPER.example"},
    Difficult{"domain",
              "b\xC3\xBC"
              "cher.example"},
    Difficult{"domain", "trailing.example."},
    Difficult{"domain", "example"},
    Difficult{"ip_address", "10.0.0.1"},
    Difficult{"ip_address", "127.0.0.1"},
    Difficult{"ip_address", "169.254.1.1"},
    Difficult{"ip_address", "100.64.0.1"},
    Difficult{"ip_address", "0.0.0.0"},
    Difficult{"ip_address", "2001:db8::1"},
    Difficult{"ip_address", "198.51.100.20", "PopularSite"},
    Difficult{"ip_address", "198.51.100.21", "SharedWebHost"},
    Difficult{"ip_address", "198.51.100.22", "Sinkhole"},
    Difficult{"ip_address_block", "198.51.100.0/28"},
    Difficult{"ip_address_block", "203.0.113.0/24"},
    Difficult{"ip_address_block", "2001:db8:1::/48"},
    Difficult{"ip_address_block", "0.0.0.0/0"},
    Difficult{"kind_of_tomorrow", "nobody knows"},
};
constexpr std::size_t k_long_url_bytes = 2'048;

constexpr std::array k_words{"login",   "secure",  "update", "account", "verify", "portal", "cdn",   "static",
                             "support", "billing", "wallet", "invoice", "parcel", "signin", "cloud", "mail"};
constexpr std::array k_families{"Remcos", "AsyncRAT", "SampleLoader", "Sliver", "TestStealer"};
constexpr std::array k_actors{"MUMMYSPIDER", "SAMPLESPIDER", "EXAMPLEPANDA"};
constexpr std::array k_chains{"Delivery", "C2", "Installation", "Exploitation"};
constexpr std::array k_threats{"Criminal", "Commodity", "Phishing", "Ransomware", "Targeted", "InformationStealer"};
constexpr std::array k_targets{"Retail", "Financial", "Government", "Technology"};
constexpr std::array k_domain_types{"ActorControlled", "DGA", "PhishingDomain", "LegitimateCompromised", "Sinkholed"};
constexpr std::array k_address_types{"AdversaryControlled", "C2", "SSHScanner", "SharedWebHost"};

template <class Words>
const char* pick(const Words& words, std::uint64_t number) {
    return words[number % words.size()];
}

bool is_difficult(std::uint32_t number) {
    return number < k_difficult.size();
}

std::string address(std::uint32_t number) {
    // Four benchmarking and documentation networks hold 131,072 addresses and more; beyond them IPv6.
    if (number < 131'072) return fmt::format("198.{}.{}.{}", 18 + (number >> 16U), number >> 8U & 255U, number & 255U);
    return fmt::format("2001:db8:{:x}:{:x}::1", number >> 16U, number & 0xFFFFU);
}

}  // namespace

std::uint64_t Generator::chance(std::uint32_t number, std::string_view what) const {
    return hash64(what, seed_ * 0x9E3779B97F4A7C15ULL + number);
}

std::string_view Generator::type_of(std::uint32_t number) const {
    if (is_difficult(number)) return k_difficult[number].type;
    const auto part = chance(number, "type") % 100;
    if (part < 55) return "url";
    if (part < 75) return "domain";
    if (part < 88) return "ip_address";
    if (part < 90) return "ip_address_block";
    if (part < 97) return "hash_sha256";
    return part < 99 ? "email_address" : "mutex_name";
}

std::uint8_t Generator::confidence_of(std::uint32_t number) const {
    if (is_difficult(number)) return 0;
    const auto part = chance(number, "confidence") % 100;
    if (part < 45) return 0;
    if (part < 65) return 1;
    return part < 80 ? 2 : 3;
}

bool Generator::is_born_deleted(std::uint32_t number) const {
    return !is_difficult(number) && chance(number, "deleted") % 64 == 0;
}

std::string Generator::host(std::uint32_t number) const {
    const auto draw = chance(number, "host");
    const auto name = fmt::format("{}-{}-{:06x}.{}", pick(k_words, draw), pick(k_words, draw >> 8U), number,
                                  draw % 5 == 0 ? "test" : "example");
    return draw % 3 == 0 ? fmt::format("{}.{}", pick(k_words, draw >> 16U), name) : name;
}

std::string Generator::url(std::uint32_t number) const {
    const auto draw = chance(number, "url");
    const auto at = draw % 16 == 0 ? fmt::format("198.18.{}.{}", number >> 8U & 255U, number & 255U) : host(number);
    auto text = fmt::format("{}://{}", draw % 2 == 0 ? "http" : "https", at);
    if (draw % 7 == 0) text += ":8080";
    text += fmt::format("/{}/{}.php", pick(k_words, draw >> 8U), pick(k_words, draw >> 16U));
    if (draw % 4 == 0 || draw % 16 == 0) text += fmt::format("?id={}&r=%2Fhome", number);
    return text;
}

std::string Generator::value_of(std::uint32_t number) const {
    if (is_difficult(number)) {
        const auto value = k_difficult[number].value;
        if (value != "LONG") return std::string(value);
        std::string text = "http://long.example/";
        return text.append(k_long_url_bytes - text.size(), 'a');
    }
    const auto type = type_of(number);
    if (type == "url") return url(number);
    if (type == "domain") return host(number);
    if (type == "ip_address") return address(number);
    if (type == "ip_address_block") return fmt::format("2001:db8:{:x}:{:x}::/64", number >> 16U, number & 0xFFFFU);
    if (type == "hash_sha256") return sha256_hex(fmt::format("{} {}", seed_, number));
    if (type == "email_address") return fmt::format("{}@{}", pick(k_words, number), host(number));
    return fmt::format("Global\\{}-{:x}", pick(k_words, number), number);
}

void Generator::describe(std::uint32_t number, Indicator& made) const {
    const auto draw = chance(number, "description");
    if (draw % 3 != 0) made.malware_families = {pick(k_families, draw >> 4U)};
    if (draw % 11 == 0) made.actors = {pick(k_actors, draw >> 8U)};
    made.kill_chains = {pick(k_chains, draw >> 12U)};
    made.threat_types = {"Criminal", pick(k_threats, draw >> 16U)};
    if (made.threat_types.front() == made.threat_types.back()) made.threat_types.pop_back();
    if (draw % 5 == 0) made.targets = {pick(k_targets, draw >> 20U)};
    if (draw % 50 == 0) made.vulnerabilities = {fmt::format("CVE-2099-{:05}", draw >> 24U & 0xFFFFU)};
    if (draw % 40 == 0) made.reports = {fmt::format("CSA-99{:04}", draw >> 28U & 0xFFFU)};
    if (made.type == "domain" && draw % 4 == 0) made.domain_types = {pick(k_domain_types, draw >> 32U)};
    if (made.type == "ip_address" && draw % 4 == 0) made.ip_address_types = {pick(k_address_types, draw >> 32U)};
    if (made.type == "url") {
        const auto near = fmt::format("198.18.{}.{}", draw >> 40U & 255U, draw >> 48U & 255U);
        made.relations.push_back({"ip_address_" + near, near, "ip_address", 0, 0});
    }
}

Indicator Generator::indicator(std::uint32_t number) const {
    Indicator made;
    made.type = type_of(number);
    made.indicator = value_of(number);
    made.id = made.type + "_" + made.indicator;
    if (!is_difficult(number)) {
        describe(number, made);
        return made;
    }
    const std::string kind(k_difficult[number].kind);
    made.kill_chains = {"Delivery"};
    if (!kind.empty()) (made.type == "ip_address" ? made.ip_address_types : made.domain_types) = {kind};
    return made;
}

}  // namespace cordon::sandbox::cs
