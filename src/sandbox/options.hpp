#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <set>
#include <string>

namespace cordon::sandbox {

struct JournalEntry;

/// What the sandbox's clouds accept. They guard nothing, so they are no secrets.
struct Credentials {
    std::string api_key = "sandboxKey01";  ///< 12 letters and digits, as ZIA's (zia-api.md 2.2)
    std::string username = "cordon@sandbox.example";
    std::string password = "sandbox-password";
    std::string oneapi_client_id = "sandboxclient01";
    std::string oneapi_client_secret = "sandbox-client-secret";
    std::string oneapi_public_key;  ///< PEM that private-key JWTs are verified with; empty = no such key registered
    std::string external_bearer = "sandbox-external-bearer";    ///< taken on the legacy host (zia-api.md 2.7)
    std::string rf_token = "5a11db0c5a11db0c5a11db0c5a11db0c";  ///< 32 hex digits (recorded-future-api.md 1)
    std::string cs_client_id = "5a11db0c00000000000000000000c11e";
    std::string cs_client_secret = "sandboxSecret0123456789abcdefghijklmnop%";
};

/// Behaviours in which tenants differ or the sources disagree; all off by default (zia-api.md 12, 13).
enum class Quirk {
    no_password_expiry,       ///< session answers without passwordExpiry* (ZIdentity tenants, 2.4)
    sign_in_without_session,  ///< 200 with neither authType nor cookie (2.4, "Trap")
    only_oneapi,              ///< legacy sign-in answers 401 in plain text (2.4)
    sign_out_204,             ///< DELETE session answers 204 (2.5)
    lite_without_names,       ///< /urlCategories/lite has no configuredName (4.4)
    unknown_category_500,     ///< unknown CUSTOM_NN answers 500 instead of 404 (4.10)
    counts_strip_lists,       ///< includeOnlyUrlKeywordCounts=true empties the lists (4.3)
    retry_after_in_words,     ///< the 429's header reads "1 seconds" (9.3)
    retry_after_zero,         ///< the 429 says "0 seconds" (9.3, documented sample)
    token_refusal_401,        ///< /oauth2/v1/token refuses with 401 instead of 400 (3.2, "Failure")
    lookup_hides_offender,    ///< the 400 of /urlLookup does not name the bad entry (4.14, "No recorded body")
    // crowdstrike-intel-api.md
    retry_after_milliseconds,  ///< X-RateLimit-RetryAfter in epoch milliseconds (4)
    odd_header_case,           ///< X-CS-TRACEID and next-page instead of X-Cs-Traceid and Next-Page (4)
    unknown_field_400,         ///< a filter on an unknown property answers 400 instead of no rows (14.3)
    no_next_page,              ///< no Next-Page header (6, "Be able to page without the header")
};

/// Reads "sign_out_204"; gives false where there is no such quirk.
bool quirk_of(const std::string& name, Quirk& quirk);

struct Options {
    std::string address = "127.0.0.1";  ///< loopback only
    int port = 0;                       ///< 0 picks a free one
    std::filesystem::path feeds_dir;    ///< lists to serve; empty = generated ones
    std::uint64_t seed = 1;             ///< of lists, of the order of answers and of faults by chance
    Credentials credentials;

    // Recorded Future
    std::size_t domains = 1'200;  ///< rows of each generated domain and URL list
    std::size_t ips = 800;        ///< rows of each generated IP list, at most 131,072 (198.18.0.0/15)
    std::size_t churn = 20;       ///< rows that come, go and change with each tick
    std::set<std::string> rf_entitlements = {"risklist", "fusion"};  ///< others answer 403

    // CrowdStrike, crowdstrike-intel-api.md; `feeds_dir`/crowdstrike/*.jsonl takes the place of generated rows
    std::size_t cs_rows = 1'200;             ///< generated indicators of all types
    std::size_t cs_same_second = 25;         ///< how many of them share one second
    std::size_t cs_churn = 20;               ///< indicators that come or change with each tick
    std::size_t cs_most_rows = 5'000;        ///< the highest `limit`: 10,000, 5,000 or 2,500 (5)
    std::string cs_region = "us-1";          ///< the cloud that the sandbox plays
    std::string cs_account_region = "us-1";  ///< where the account lives; elsewhere its tokens are no good
    std::set<std::string> cs_scopes = {"falconx-indicators:read"};  ///< without it: 403
    std::chrono::seconds cs_token_life{1'799};

    // ZIA, zia-api.md 4.13 and 6.3
    std::size_t url_quota = 25'000;
    double lookup_alerted = 0.3;      ///< share of looked-up URLs that have a security alert (4.14)
    double lookup_categorised = 0.2;  ///< share in a category without alert; the rest is unknown
    std::size_t most_categories = 64;
    /// 1,021 firewall rules instead of 10, 8,000 names per group instead of 100, 16,000 in all instead of 5,000 (6.3).
    bool has_advanced_firewall = false;
    /// What the role may not do: "POST /urlFilteringRules", "* /firewallFilteringRules*"; 403 RBA_LIMITED (2.6).
    std::set<std::string> forbidden;
    std::size_t most_addresses_per_group = 8'000;
    std::size_t most_addresses = 16'000;
    std::string vanity_domain = "sandbox";          ///< https://sandbox.zslogin.net may be the `aud` of a JWT (3.2)
    std::chrono::seconds oneapi_token_life{3'600};  ///< 1 minute to 24 hours (3.2)
    std::size_t most_gateway_calls = 5'000;         ///< of OneAPI's gateway in a minute (3.4)
    bool has_rate_limits = true;
    /// How much earlier than its window a request may come, since the way here takes varying time.
    std::chrono::milliseconds rate_tolerance{100};
    std::chrono::seconds idle_timeout{300};
    std::chrono::milliseconds edit_lock_hold{0};    ///< wait before a 409; the real one takes 30 s (8.4)
    std::chrono::milliseconds activation_takes{0};  ///< how long /status says INPROGRESS
    std::set<Quirk> quirks;

    /// Called for each request and each violation, from the server's threads, one at a time.
    std::function<void(const JournalEntry&)> on_request;
    std::function<void(const std::string&)> on_violation;
};

}  // namespace cordon::sandbox
