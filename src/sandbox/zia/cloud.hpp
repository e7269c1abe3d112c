#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "sandbox/fault.hpp"
#include "sandbox/journal.hpp"
#include "sandbox/options.hpp"
#include "sandbox/outcome.hpp"
#include "sandbox/rate_windows.hpp"
#include "sandbox/zia/answers.hpp"
#include "sandbox/zia/body.hpp"
#include "sandbox/zia/classifier.hpp"
#include "sandbox/zia/gateway.hpp"
#include "sandbox/zia/identity.hpp"
#include "sandbox/zia/sessions.hpp"
#include "sandbox/zia/tenant.hpp"

namespace cordon::sandbox::zia {

/// A ZIA tenant behind the legacy API under /api/v1 and behind OneAPI under /zia/api/v1, with its token endpoint
/// (zia-api.md 1 to 9). Not thread-safe: the sandbox's lock serialises requests, as ZIA serialises writes.
class Cloud {
public:
    /// Options may change between requests (quota, quirks).
    Cloud(const Options& options, Clock& clock, Journal& journal);

    /// Answers a request that is_ours(). `faults` is asked once the request is known to be one that the real service
    /// would look at (known path, within the rates, signed in); by its path below /api/v1 in either dialect.
    [[nodiscard]] Outcome answer(const net::ServerRequest& request, Faults& faults);

    /// Does what time does: idle sessions end and so activate, publications end.
    void settle();

    void set_read_only(bool is_read_only) { is_read_only_ = is_read_only; }
    [[nodiscard]] Identity& identity() noexcept { return identity_; }
    [[nodiscard]] Tenant& tenant() noexcept { return tenant_; }
    [[nodiscard]] std::size_t open_sessions() const noexcept { return sessions_.size(); }
    [[nodiscard]] Classifier& classifier() noexcept { return classifier_; }
    [[nodiscard]] std::size_t looked_up() const noexcept { return looked_up_; }

private:
    struct Call {
        const net::ServerRequest& request;
        Dialect dialect;
        std::string id;     ///< what stands for {id}
        std::string admin;  ///< who is signed in
    };
    struct Route {
        const char* method;
        const char* path;  ///< below /api/v1
        std::vector<RateLimit> limits;
        net::ServerResponse (Cloud::*answer)(const Call&);
    };
    static const std::vector<Route>& routes();

    net::ServerResponse decide(const Route& route, const Call& call, Faults& faults, Outcome& outcome);
    std::optional<net::ServerResponse> refuse(const Route& route, Call& call);
    [[nodiscard]] std::optional<net::ServerResponse> refuse_scope(const Route& route) const;
    std::optional<net::ServerResponse> refuse_at_gateway(const net::ServerRequest& request);
    std::optional<std::string> admin_of(const Call& call);
    Outcome answer_identity(const net::ServerRequest& request, Faults& faults);
    Outcome answer_application(const net::ServerRequest& request, Dialect dialect, Faults& faults);
    net::ServerResponse lose_sign_in(const Call& call);
    std::optional<net::ServerResponse> fail(const Fault& fault, const Call& call, Outcome& outcome);
    net::ServerResponse too_many(const RateBreach& breach) const;
    net::ServerResponse session_answer(bool is_signed_in) const;
    void end_of_session(const std::string& admin);
    void violation(const std::string& what);

    // Session and activation (session_api.cpp)
    net::ServerResponse sign_in(const Call& call);
    net::ServerResponse show_session(const Call& call);
    net::ServerResponse sign_out(const Call& call);
    net::ServerResponse show_status(const Call& call);
    net::ServerResponse activate(const Call& call);

    // URL categories (category_api.cpp)
    net::ServerResponse list_categories(const Call& call);
    net::ServerResponse list_lite_categories(const Call& call);
    net::ServerResponse show_quota(const Call& call);
    net::ServerResponse show_category(const Call& call);
    net::ServerResponse create_category(const Call& call);
    net::ServerResponse update_category(const Call& call);
    net::ServerResponse delete_category(const Call& call);
    net::ServerResponse review_domains(const Call& call);
    net::ServerResponse add_reviewed_domains(const Call& call);
    net::ServerResponse look_up(const Call& call);
    net::ServerResponse no_category(const std::string& id) const;
    net::ServerResponse revise_category(const Call& call, Category& current, const CategoryBody& body);
    net::ServerResponse store(const Call& call, Category category);
    net::ServerResponse beyond_quota(const Call& call);
    /// `entries`: how many the category would hold.
    std::optional<net::ServerResponse> check_urls(const CategoryBody& body, const CategoryAttributes& category,
                                                  std::size_t entries);
    std::optional<net::ServerResponse> check_name(const std::string& name, const std::string& id);
    void check_manners(const CategoryBody& body, const CategoryAttributes& category, bool is_incremental);

    // Destination groups (group_api.cpp)
    net::ServerResponse list_groups(const Call& call);
    net::ServerResponse list_lite_groups(const Call& call);
    net::ServerResponse list_ipv6_groups(const Call& call);
    net::ServerResponse show_group(const Call& call);
    net::ServerResponse create_group(const Call& call);
    net::ServerResponse update_group(const Call& call);
    net::ServerResponse delete_group(const Call& call);
    std::optional<net::ServerResponse> check_room(const Group& group);
    std::optional<net::ServerResponse> check_group(const Group& group);
    Group* group_of(const Call& call);

    // URL filtering and firewall rules (rule_api.cpp)
    net::ServerResponse list_rules(const Call& call);
    net::ServerResponse show_rule(const Call& call);
    net::ServerResponse create_rule(const Call& call);
    net::ServerResponse update_rule(const Call& call);
    net::ServerResponse delete_rule(const Call& call);
    Rule* rule_of(const Call& call);
    bool is_known_category(const std::string& id);
    nlohmann::ordered_json rule_json(const Rule& rule, RuleKind kind, RuleShape shape);
    std::optional<net::ServerResponse> check_rule(const Rule& rule, RuleKind kind, const std::vector<Rule>& others);
    void stamp(Rule& rule, const std::string& admin);
    static std::optional<net::ServerResponse> refuse_use(std::string_view what, std::size_t rules);

    // Denylist, its sibling for authentication, and allowlist (list_api.cpp)
    net::ServerResponse show_list(const Call& call);
    net::ServerResponse replace_list(const Call& call);
    net::ServerResponse change_list(const Call& call);
    net::ServerResponse store_list(const Call& call, EntrySet next, const std::optional<Texts>& sent);
    net::ServerResponse show_allowlist(const Call& call);
    net::ServerResponse replace_allowlist(const Call& call);
    std::optional<net::ServerResponse> check_entries(const Texts& entries);

    const Options& options_;
    Clock& clock_;
    Journal& journal_;
    RateWindows rates_;
    Sessions sessions_;
    Identity identity_;
    Gateway gateway_;
    Tenant tenant_;
    Classifier classifier_;
    std::size_t looked_up_ = 0;
    bool is_read_only_ = false;
    std::int64_t next_group_id_ = 10'600'001;
};

}  // namespace cordon::sandbox::zia
