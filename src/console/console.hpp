#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <string_view>

#include "console/events.hpp"
#include "console/gate.hpp"
#include "console/refusal_log.hpp"
#include "console/template.hpp"
#include "console/views.hpp"
#include "net/server.hpp"

namespace cordon::console {

/// Bodies beyond are refused with 413; the server may refuse them earlier.
inline constexpr std::size_t k_most_console_body_bytes = 1U << 20U;

/// The web console and the JSON API under /api/v1: answers one request from what the desk tells. Everything that
/// changes something asks for a role, is recorded in the audit log and then handed to the desk. Thread-safe.
class Console {
public:
    /// `state_dir`: where the accounts are. `desk` outlives the console. `metrics` makes the body of /metrics, in
    /// Prometheus' text format 0.0.4; where there is none, there is no such page.
    Console(Desk& desk, AccessOptions options, const std::filesystem::path& state_dir,
            std::function<std::string()> metrics = {});

    [[nodiscard]] net::ServerResponse answer(const net::ServerRequest& request, Time now);

    /// A run began or ended, or something else that pages show: tells the browsers that wait, and makes the entry
    /// tables anew, so that nobody waits for them. Takes up to half a second a list; not for the thread that answers.
    void tell_change(Time now);

private:
    struct Asked {
        const net::ServerRequest& request;
        const Visitor& visitor;
        Time now;
        bool wants_json = false;
    };
    using Make = std::function<Result<Json>(Console& console, const Asked& asked)>;
    struct Page {
        const char* path;      ///< of the page; "" where it has none
        const char* api_path;  ///< behind /api/v1
        const char* name;      ///< of the template and in the menu
        const char* title;
        Role least;
        Make make;
    };
    struct SignInWords {
        Refusal refusal = {200, {}};  ///< of the sign-in before
        std::string name = {};        ///< as it was written
        std::string next = {};        ///< where to go then
    };
    [[nodiscard]] static const std::vector<Page>& pages();

    [[nodiscard]] net::ServerResponse route(const net::ServerRequest& request, Time now);
    [[nodiscard]] net::ServerResponse look(const Asked& asked);
    [[nodiscard]] net::ServerResponse change(const Asked& asked);
    [[nodiscard]] std::optional<Refusal> carry_out(const Wish& wish, const std::string& word, const std::string& why);
    [[nodiscard]] net::ServerResponse download(const Asked& asked);
    [[nodiscard]] net::ServerResponse sign_in(const Asked& asked);
    [[nodiscard]] net::ServerResponse sign_out(const Asked& asked);
    [[nodiscard]] Result<Json> access();

    /// A line of the log about somebody who was turned away.
    void note_refusal(const Asked& asked, const std::string& who, const std::string& what, const Refusal& refusal);
    [[nodiscard]] std::string name_for_the_log(const std::string& user);

    [[nodiscard]] net::ServerResponse page(const Asked& asked, const Page& page, const Json& view);
    [[nodiscard]] net::ServerResponse sign_in_page(const Asked& asked, const SignInWords& words);
    [[nodiscard]] net::ServerResponse problem(const Asked& asked, const Refusal& refusal);
    [[nodiscard]] Frame frame_of(const Asked& asked, const std::string& title, const std::string& current) const;

    Desk& desk_;
    const std::function<std::string()> metrics_;
    Gate gate_;
    RefusalLog refusals_;
    Views views_;
    Events events_;
};

}  // namespace cordon::console
