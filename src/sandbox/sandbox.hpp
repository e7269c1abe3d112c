#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "net/http_server.hpp"
#include "sandbox/cs/indicator.hpp"
#include "sandbox/fault.hpp"
#include "sandbox/journal.hpp"
#include "sandbox/options.hpp"
#include "sandbox/views.hpp"
#include "sandbox/zia/classifier.hpp"

namespace cordon::sandbox {

/// Stands in for Recorded Future (/v2, /fusion/v3), CrowdStrike (/oauth2, /intel) and ZIA (/api/v1, and /zia/api/v1
/// with /oauth2/v1/token) on one loopback port, to rehearse on and to test with; /_sandbox looks in. Written from the
/// reference alone and sharing no code with feeds/ and gateways/. Thread-safe.
class Sandbox {
public:
    /// Without a socket: requests come through answer(). `clock` must outlive it.
    Sandbox(Options options, Clock& clock);
    /// Listens. `invalid` when the address is not loopback or is taken.
    [[nodiscard]] static Result<std::unique_ptr<Sandbox>> start(Options options, Clock& clock);
    ~Sandbox();
    Sandbox(const Sandbox&) = delete;
    Sandbox& operator=(const Sandbox&) = delete;

    [[nodiscard]] int port() const noexcept;
    [[nodiscard]] std::string url() const;  ///< "http://127.0.0.1:8080"
    [[nodiscard]] net::ServerResponse answer(const net::ServerRequest& request);
    [[nodiscard]] Options options() const;

    // Looking in. Time-outs that are due happen first.
    [[nodiscard]] std::set<std::string> active_category(std::string_view name);
    [[nodiscard]] std::set<std::string> saved_category(std::string_view name);
    [[nodiscard]] std::set<std::string> active_group(std::string_view name);
    [[nodiscard]] std::set<std::string> saved_group(std::string_view name);
    /// nullopt where there is no list of this name.
    [[nodiscard]] std::optional<ListView> list(std::string_view name, Side side);
    [[nodiscard]] std::vector<ListView> lists(Side side);
    [[nodiscard]] bool has_pending();    ///< something is saved and not active
    [[nodiscard]] std::string status();  ///< "ACTIVE", "PENDING", "INPROGRESS"
    [[nodiscard]] std::size_t open_sessions();
    [[nodiscard]] std::size_t unique_urls();
    [[nodiscard]] std::vector<Blocking> blocked_by(std::string_view url);
    /// What stops a request now: the name of the enabled rule that decides, or "denylist"; nullopt where it passes.
    /// Rules that hold for some users or places only are passed over.
    [[nodiscard]] std::optional<std::string> stopped_by(std::string_view url);
    [[nodiscard]] std::string url_rules(Side side);       ///< JSON, an array as GET answers it
    [[nodiscard]] std::string firewall_rules(Side side);  ///< the same
    [[nodiscard]] std::set<std::string> denylist(Side side);
    [[nodiscard]] std::set<std::string> pending_admins();  ///< whose changes wait for activation

    [[nodiscard]] std::vector<JournalEntry> journal();
    /// "PUT /api/v1/urlCategories/{id}" -> requests, whichever base they came by.
    [[nodiscard]] std::map<std::string, std::size_t> counts();
    [[nodiscard]] std::size_t zia_calls();  ///< without requests for tokens
    /// ZIA requests that change configuration; neither sign-in, sign-out nor activation.
    [[nodiscard]] std::size_t zia_writes();
    [[nodiscard]] std::vector<std::string> violations();
    [[nodiscard]] std::size_t credits();
    [[nodiscard]] std::size_t needless_downloads();
    void forget_requests();
    /// "falcon/1.0 GET /intel/combined/indicators/v1" -> requests, by User-Agent.
    [[nodiscard]] std::map<std::string, std::size_t> counts_by_client();
    [[nodiscard]] std::size_t open_tokens();  ///< CrowdStrike's that are neither revoked nor expired
    [[nodiscard]] std::size_t issued_tokens();
    /// Requests made with each of CrowdStrike's tokens, in the order of their issue.
    [[nodiscard]] std::vector<std::size_t> requests_by_token();
    [[nodiscard]] std::size_t rows_served();  ///< records and ids in CrowdStrike's answers
    [[nodiscard]] std::size_t looked_up();    ///< URLs that /urlLookup answered
    /// Every indicator of the account, deleted ones too, by marker.
    void for_each_indicator(const std::function<void(const cs::Indicator&)>& look);

    // Rehearsing.
    void tick(std::size_t ticks = 1);  ///< generated lists move on by hours, indicators change
    [[nodiscard]] std::size_t ticks();
    void inject(Fault fault);
    void clear_faults();
    enum class Publish { now, later };
    /// Another admin in the portal. False where there is no such list; "denylist" and "allowlist" are two. `later`
    /// leaves it pending until publish_by_hand(), and so holds back everybody's activation.
    bool edit_by_hand(std::string_view list, const std::vector<std::string>& add,
                      const std::vector<std::string>& remove, Publish publish = Publish::now);
    void create_category_by_hand(const std::string& name, const std::vector<std::string>& urls,
                                 const std::vector<std::string>& retaining_parent);
    void create_group_by_hand(const std::string& name, const std::vector<std::string>& addresses,
                              const std::string& type = "DSTN_IP");
    bool delete_by_hand(std::string_view list);
    /// A rule as JSON; without order it comes last, without rank it has 7. Categories and groups are not looked up.
    /// Gives its id; `invalid` where it is none.
    Result<std::int64_t> create_url_rule_by_hand(std::string_view json, Publish publish = Publish::now);
    Result<std::int64_t> create_firewall_rule_by_hand(std::string_view json, Publish publish = Publish::now);
    /// Changes the named fields of a rule of either kind. `invalid` where there is no such rule, or they are none.
    Result<void> change_rule_by_hand(std::int64_t id, std::string_view json, Publish publish = Publish::now);
    bool delete_rule_by_hand(std::int64_t id, Publish publish = Publish::now);
    /// One more admin has saved something and not activated it.
    void stage_by_hand(const std::string& admin);
    /// All that admins in the portal have left pending is activated.
    void publish_by_hand();
    /// From now on the sandbox's clock is this much further on: sessions, tokens and rate windows grow old.
    void move_clock(std::chrono::seconds forward);
    void put_feed_file(const std::string& path, std::string bytes);
    void shrink_feed(const std::string& path, double keep);
    void tear_feed(const std::string& path);
    void restore_feed(const std::string& path);
    void set_quota(std::size_t urls);
    /// In ZIdentity's portal: no token that was given out is good any more.
    void revoke_oneapi_tokens();
    enum class Maintenance { off, on };
    void set_maintenance(Maintenance maintenance);
    void set_quirks(std::set<Quirk> quirks);
    /// Changes options that are read with each request: quirks, limits, regions, scopes, shares.
    void reconfigure(const std::function<void(Options&)>& change);
    /// "touch", "downgrade", "upgrade", "relabel", "delete", "undelete". False where there is no such
    /// indicator or change, or the indicator is not in a state for it.
    bool change_indicator(const std::string& id, std::string_view change);
    /// A record as JSON, with a new marker; takes the place of the one with its id. `invalid` where it is none.
    [[nodiscard]] Result<void> publish_indicator(std::string_view json);
    /// What /urlLookup says of a URL, or of a host and all below it.
    void classify(std::string_view url, zia::Classification classification);

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace cordon::sandbox
