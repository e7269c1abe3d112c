#include "tests/scenario/falcon_account.hpp"

#include <algorithm>
#include <cstdlib>
#include <regex>
#include <utility>

#include <gtest/gtest.h>
#include <idn2.h>

#include "sandbox/cs/indicator.hpp"

namespace cordon::scenario {
namespace {

using Expected = std::map<std::string, std::optional<std::string>>;

/// crowdstrike-intel-api.md 14.8, read by hand.
const Expected& difficult_urls() {
    static const Expected urls{
        {"https://popular.example:443/user/file/evil.exe", "popular.example/user/file/evil.exe"},
        {"http://popular.example:80@userinfo.example/x", "userinfo.example/x"},
        {"http://user:pass@userinfo-two.example:8443/a/b", "userinfo-two.example:8443/a/b"},
        {"http://198.51.100.7:8080/gate.php?id=7", "198.51.100.7:8080/gate.php?id=7"},
        {"http://[2001:db8::7]/gate.php", std::nullopt},  // how ZIA would write these is not known
        {"http://[2001:db8::8]:8080/a", std::nullopt},
        {"http://b\xC3\xBC\x63her.example/login", "xn--bcher-kva.example/login"},
        {"http://xn--bcher-kva.example/parcel", "xn--bcher-kva.example/parcel"},
        {"http://\xD0\xBF\xD1\x80\xD0\xB8\xD0\xBC\xD0\xB5\xD1\x80.example/\xD1\x84", "xn--e1afmkfd.example/%D1%84"},
        {"http://under_score.host.example/a_b/", "under_score.host.example/a_b/"},
        {"HTTP://UPPER.Example/CaseMatters/Path.EXE", "upper.example/CaseMatters/Path.EXE"},
        {"file:///C:/Users/Public/evil.exe", std::nullopt},
        {"ftp://files.example/evil.bin", "files.example/evil.bin"},
        {"http://redirect.example/r?u=http://good.example/", "redirect.example/r?u=http://good.example/"},
        {"http://quote.example/it's?a='b'&c=\"d\"", "quote.example/it's?a='b'&c=\"d\""},
        {"http://colon.example/a:b/c:8080/d", "colon.example/a:b/c:8080/d"},
        {"http://tail.example/ends-with-dash-", "tail.example/ends-with-dash-"},
        {"http://tail.example/ends.with.dot.", "tail.example/ends.with.dot."},
        {"http://dot.example./path", "dot.example/path"},
        {"http://fragment.example/a#b", "fragment.example/a"},
        {"http://10.example.test/not-private", "10.example.test/not-private"},
        {"http://10.1.2.3/private", std::nullopt},
        {"http://127.0.0.1:8000/loopback", std::nullopt},
        {"http://192.0.2.55/documentation", "192.0.2.55/documentation"},
        {"http://back.example\\@slash.example/x", "back.example/@slash.example/x"},
        {"http://space.example/a b", "space.example/a%20b"},
        {"http://percent.example/%2e%2e/%00/%zz", "percent.example/%2e%2e/%00/%zz"},
        {"bare.example/without/scheme", "bare.example/without/scheme"},
        {"http://nodot/x", std::nullopt},
        {"http://popular.example/", std::nullopt},
        {"http://long.example/" + std::string(2'028, 'a'), std::nullopt},
    };
    return urls;
}

std::string lower(std::string text) {
    std::transform(text.begin(), text.end(), text.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
    return text;
}

std::string unescaped(std::string_view text) {
    const auto is_hex = [&](std::size_t at) {
        return at < text.size() && std::isxdigit(static_cast<unsigned char>(text[at])) != 0;
    };
    std::string decoded;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool is_escape = text[i] == '%' && is_hex(i + 1) && is_hex(i + 2);
        decoded += is_escape ? static_cast<char>(std::stoi(std::string(text.substr(i + 1, 2)), nullptr, 16)) : text[i];
        if (is_escape) i += 2;
    }
    return decoded;
}

std::string in_ascii(const std::string& host) {
    if (std::all_of(host.begin(), host.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; })) return host;
    char* found = nullptr;
    if (idn2_to_ascii_8z(host.c_str(), &found, IDN2_NONTRANSITIONAL) != IDN2_OK) return "no host";
    const std::string ascii(found);
    idn2_free(found);
    return ascii;
}

/// The URL without its scheme and fragment, and where its authority ends.
std::pair<std::string_view, std::size_t> split(std::string_view url) {
    if (const auto scheme = url.find("://"); scheme < url.find_first_of("/?#")) url.remove_prefix(scheme + 3);
    url = url.substr(0, url.find('#'));
    return {url, std::min(url.find_first_of("/\\?"), url.size())};
}

/// The host that a browser connects to: lower case, IDN as ASCII, without user-info, port and trailing dots. For hosts
/// in plain spelling; neither IPv6 nor odd spellings of IPv4.
std::string browser_host_of(std::string_view url) {
    const auto [text, end] = split(url);
    auto host = std::string(text.substr(0, end));
    if (const auto at = host.rfind('@'); at != std::string::npos) host.erase(0, at + 1);
    host.resize(std::min(host.find(':'), host.size()));
    host = lower(unescaped(host));
    while (host.ends_with('.')) host.pop_back();
    return in_ascii(host);
}

/// Path and query as a browser asks for them; nothing where it is the host's root.
std::string tail_of(std::string_view rest) {
    std::string tail(rest);
    const auto query = std::min(tail.find('?'), tail.size());
    std::replace(tail.begin(), tail.begin() + static_cast<std::ptrdiff_t>(query), '\\', '/');
    if (tail.starts_with('?')) tail.insert(0, 1, '/');
    tail = unescaped(tail);
    return tail == "/" || tail == "/?" ? "" : tail;
}

}  // namespace

bool is_to_be_blocked(const sandbox::cs::Indicator& one) {
    static const std::regex caution(
        "(^|.*/)(KnownGood|Sinkholed|Sinkhole|LegitimateCompromised|StrategicWebCompromise|PopularSite|"
        "SharedWebHost|Parking|ConfirmedInactive)");
    if (one.deleted || one.malicious_confidence != "high") return false;
    const auto names_caution = [&](const auto& names) {
        return std::any_of(names.begin(), names.end(),
                           [&](const std::string& name) { return std::regex_match(name, caution); });
    };
    const bool is_labelled = std::any_of(one.labels.begin(), one.labels.end(),
                                         [&](const auto& label) { return std::regex_match(label.name, caution); });
    return !is_labelled && !names_caution(one.domain_types) && !names_caution(one.ip_address_types) &&
           !names_caution(one.threat_types);
}

std::optional<std::string> entry_of_generated_url(const std::string& url) {
    if (const auto known = difficult_urls().find(url); known != difficult_urls().end()) return known->second;
    static const std::regex generated("https?://([a-z0-9.-]+(:8080)?/[a-z]+/[a-z]+\\.php(\\?id=[0-9]+&r=%2Fhome)?)");
    std::smatch match;
    if (std::regex_match(url, match, generated)) return match[1].str();
    ADD_FAILURE() << "a URL of a form that the test does not know: " << url;
    return std::nullopt;
}

Entries wanted_urls(sandbox::Sandbox& clouds) {
    Entries entries;
    clouds.for_each_indicator([&](const sandbox::cs::Indicator& one) {
        if (one.type != "url" || !is_to_be_blocked(one)) return;
        if (auto entry = entry_of_generated_url(one.indicator)) entries.insert(*std::move(entry));
    });
    return entries;
}

void HostsByTail::add(std::string_view url) {
    const auto [text, end] = split(url);
    tails_and_hosts_.emplace(tail_of(text.substr(end)), browser_host_of(url));
}

bool HostsByTail::have(const std::string& entry) const {
    const auto end = std::min(entry.find_first_of("/?"), entry.size());
    return tails_and_hosts_.contains({tail_of(entry.substr(end)), entry.substr(0, std::min(entry.find(':'), end))});
}

}  // namespace cordon::scenario
