#include "tests/simulation/world/jewels.hpp"

namespace cordon::simulation {
namespace {

const std::vector<std::string>& protected_hosts() {
    static const std::vector<std::string> hosts{"www.google.com",
                                                "github.com",
                                                "www.microsoft.com",
                                                "login.microsoftonline.com",
                                                "zsapi.zscaler.net",
                                                "admin.zscalertwo.net",
                                                "gateway.zscloud.net",
                                                "sandbox.zslogin.net",
                                                "api.zsapi.net",
                                                "api.recordedfuture.com",
                                                "api.crowdstrike.com",
                                                "api.us-2.crowdstrike.com",
                                                k_resolver};
    return hosts;
}

}  // namespace

const std::vector<std::string>& crown_jewels() {
    static const std::vector<std::string> urls = [] {
        std::vector<std::string> all;
        for (const auto& host : protected_hosts()) all.push_back("https://" + host + "/");
        return all;
    }();
    return urls;
}

const std::vector<std::string>& wave_values() {
    static const std::vector<std::string> values = [] {
        std::vector<std::string> all = protected_hosts();
        const std::vector<std::string> others{
            "google.com", "microsoft.com", "microsoftonline.com", "zscaler.net", "crowdstrike.com",
            // spellings of hosts
            "HTTP://GITHUB.COM./", "github.com.", "GitHub.com", "https://user:secret@github.com:443/",
            "https://evil.example@github.com/", "GITHUB.COM:443", "*.github.com", ".google.com", "git%68ub.com",
            "http://git%68ub.com/", "hxxps://github[.]com", "\xEF\xBD\x87\xEF\xBD\x89\xEF\xBD\x94hub.com",
            "github\xE3\x80\x82"
            "com",
            "xn--github-.com", "xn--google-.com", "API.CROWDSTRIKE.COM.", "http://zsapi.zscaler.net:443",
            "ADMIN.zscalertwo.net.",
            // names of many
            ".com", "com", "co.uk", "*", ".",
            // addresses, and spellings of them (recorded-future-api.md 12)
            "0.0.0.0/0", "0.0.0.0", "8.8.0.0/13", "8.0.0.0/8", "::/0", "8.8.8.8/32", "0x08080808", "0x8.0x8.0x8.0x8",
            "010.010.010.010", "134744072", "8.8.2056", "[::ffff:8.8.8.8]", "::ffff:8.8.8.8", "::ffff:808:808",
            "8.8.8.8:53", "http://8.8.8.8/", "http://user@8.8.8.8:80/"};
        all.insert(all.end(), others.begin(), others.end());
        return all;
    }();
    return values;
}

const std::vector<std::string>& wave_urls() {
    static const std::vector<std::string> urls{"http://github.com/",
                                               "HTTPS://WWW.GOOGLE.COM./",
                                               "https://user:secret@github.com:443/",
                                               "http://git%68ub.com/",
                                               "http://com/",
                                               "https://zsapi.zscaler.net/",
                                               "https://admin.zscalertwo.net:443/",
                                               "https://api.recordedfuture.com/",
                                               "https://API.crowdstrike.com./",
                                               "http://8.8.8.8/",
                                               "http://0x08080808/",
                                               "http://134744072/",
                                               "http://[::ffff:8.8.8.8]/",
                                               "http://0.0.0.0/"};
    return urls;
}

bool is_forbidden(const std::string& entry) {
    static const std::set<std::string> values(wave_values().begin(), wave_values().end());
    return values.contains(entry);
}

}  // namespace cordon::simulation
