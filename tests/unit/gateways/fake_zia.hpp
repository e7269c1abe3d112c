#pragma once

#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "net/http.hpp"

namespace cordon::gateways::zia {

/// A ZIA in memory, written from zia-api.md for the tests of this folder: sign-ins of all kinds, categories, groups,
/// the denylist, quota, activation, all-or-nothing batches, lists that come back in another order. Faults are queued or
/// hooked in.
class FakeZia {
public:
    struct Category {
        std::string id{}, name{};
        std::optional<std::string> super_category = "USER_DEFINED";
        std::optional<std::string> description{};
        std::vector<std::string> urls{}, retaining{};
        std::optional<std::vector<std::string>> keywords{}, retaining_keywords{};
        bool editable = true;
        nlohmann::json scopes{};  ///< null: none
    };
    struct Group {
        int id = 0;
        std::string name{}, type = "DSTN_IP", description{};
        std::vector<std::string> addresses{};
    };
    struct Seen {
        std::string method, path;  // path without base, with query
        nlohmann::json body;
        std::string cookie;
        std::string url;
        std::string authorization;
        std::string form;  // the body as sent, where it is a form
    };

    /// Answers instead of the tenant; the request has no effect.
    struct Reply {
        int status = 200;
        std::string body;
        std::vector<net::Header> headers;
    };

    [[nodiscard]] Result<net::Response> answer(const net::Request& request);

    /// The next request of "PUT /urlCategories" (a prefix of method and path) gets this reply.
    void reply_once(const std::string& prefix, Reply reply) { replies_.push_back({prefix, std::move(reply)}); }
    /// The answer of the next such request is lost; the request is carried out, or it is not.
    enum class Loss { applied, not_applied };
    void lose_once(const std::string& prefix, Loss loss) { losses_.push_back({prefix, loss}); }
    /// The answer to the next such request, carried out, is replaced by this text.
    void garble_once(const std::string& prefix, std::string body) { garbled_.push_back({prefix, std::move(body)}); }

    [[nodiscard]] std::size_t count(const std::string& prefix) const;
    [[nodiscard]] std::vector<Seen> seen_of(const std::string& prefix) const;
    [[nodiscard]] Category* category(const std::string& name);
    [[nodiscard]] Group* group(const std::string& name);

    std::vector<Category> categories;
    std::vector<Group> groups;
    std::vector<std::string> denylist;
    bool denylist_answers_nothing = false;  ///< 204 instead of the echo
    std::vector<Seen> seen;
    std::string status = "ACTIVE";
    std::string status_after_activation = "ACTIVE";
    std::size_t url_limit = 25'000;
    std::vector<std::string> flagged;                         ///< MALWARE_SITE to look-ups; others are unknown
    nlohmann::json url_rules = nlohmann::json::array();       ///< as GET shows them
    nlohmann::json firewall_rules = nlohmann::json::array();  ///< likewise
    std::string rule_refusal;                                 ///< writes of rules are refused with these words
    std::vector<std::string> bad_entries;                     ///< refused by ZIA
    bool names_bad_entries = true;                            ///< "Invalid urls [...]", else without the list
    std::string unnamed_message = "Invalid urls";
    std::vector<std::string> dropped_entries;         ///< answered with success and not kept
    bool append_echoes_only_new = false;              ///< the answer to override=false
    std::optional<std::size_t> most_per_body;         ///< above: 413
    std::vector<std::string> unlisted;                ///< names that the lists lack, though they can be read by id
    std::function<void(const Seen&)> before_request;  ///< another writer on the tenant
    // zia-api.md 3: the API client, and what its tokens live. A token of `bearer` is taken on the legacy host (2.7).
    std::string client_id = "client-1", client_secret = "s3cr3t +%";
    int expires_in = 3600;
    std::string bearer = "eyJhbGciOiJSUzI1NiJ9.external.c2ln";
    std::function<bool(const std::string& assertion)> takes_assertion;  ///< empty: no key is registered

private:
    Result<net::Response> carry_out(const Seen& request);
    [[nodiscard]] bool is_listed(const std::string& name) const;
    net::Response sign_in(const Seen& request);
    net::Response give_token(const Seen& request);
    [[nodiscard]] bool is_signed_in(const Seen& request) const;
    [[nodiscard]] net::Response look_up(const std::vector<std::string>& values) const;
    net::Response on_category(const Seen& request, const std::string& id, const std::string& query);
    net::Response on_group(const Seen& request, const std::string& id, const std::string& query);
    net::Response create_category(const Seen& request);
    net::Response create_group(const Seen& request);
    net::Response change_denylist(const Seen& request, const std::string& query);
    [[nodiscard]] std::optional<net::Response> refuse_names(const std::string& type,
                                                            const std::vector<std::string>& names) const;
    net::Response on_rules(const Seen& request, const std::string& path, const std::string& query);
    std::optional<net::Response> refuse_entries(const std::vector<std::string>& entries) const;
    nlohmann::json shown(const Category& category) const;
    nlohmann::json shown(const Group& group) const;

    template <class Fault>
    std::optional<Fault> take(std::deque<std::pair<std::string, Fault>>& faults, const Seen& request);

    std::deque<std::pair<std::string, Reply>> replies_;
    std::deque<std::pair<std::string, Loss>> losses_;
    std::deque<std::pair<std::string, std::string>> garbled_;
    int sessions_ = 0;
    int rules_made_ = 0;
    std::string session_;
    int tokens_ = 0;
    std::string token_;
};

/// Hands requests to a FakeZia that the test keeps.
class FakeClient final : public net::HttpClient {
public:
    explicit FakeClient(FakeZia& zia) : zia_(zia) {}
    [[nodiscard]] Result<net::Response> send(const net::Request& request, const std::stop_token&) override {
        return zia_.answer(request);
    }

private:
    FakeZia& zia_;
};

}  // namespace cordon::gateways::zia
