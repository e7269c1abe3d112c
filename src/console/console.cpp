#include "console/console.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "base/log.hpp"
#include "base/text.hpp"
#include "console/embedded.hpp"
#include "console/words.hpp"
#include "engine/run.hpp"
#include "net/gzip_body.hpp"

namespace cordon::console {
namespace {

constexpr std::string_view k_api = "/api/v1";
constexpr std::size_t k_rows_a_page = 100;
constexpr std::size_t k_runs_a_page = 50;
constexpr std::size_t k_longest_reason = 500;
constexpr std::chrono::seconds k_ask_again{5};
constexpr const char* k_metrics_type = "text/plain; version=0.0.4; charset=utf-8";

net::ServerResponse text_response(int status, std::string body, const char* type) {
    net::ServerResponse response;
    response.status = status;
    response.headers = {{"Content-Type", type}, {"Cache-Control", "no-store"}};
    response.body = std::move(body);
    return response;
}

net::ServerResponse json_response(int status, const Json& json) {
    return text_response(status, json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n",
                         "application/json; charset=utf-8");
}

net::ServerResponse redirect(const std::string& where) {
    auto response = text_response(303, "", "text/plain; charset=utf-8");
    response.headers.emplace_back("Location", where);
    return response;
}

/// A page of ours runs no foreign script, is shown in no frame and tells nobody where it was.
void add_security_headers(net::ServerResponse& response, bool is_tls) {
    response.headers.emplace_back("Content-Security-Policy",
                                  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
                                  "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'");
    response.headers.emplace_back("X-Content-Type-Options", "nosniff");
    response.headers.emplace_back("X-Frame-Options", "DENY");
    // "no-referrer" would make browsers send "Origin: null" with forms.
    response.headers.emplace_back("Referrer-Policy", "same-origin");
    response.headers.emplace_back("Cross-Origin-Opener-Policy", "same-origin");
    response.headers.emplace_back("Cross-Origin-Resource-Policy", "same-origin");
    response.headers.emplace_back("Permissions-Policy", "camera=(), geolocation=(), microphone=()");
    if (is_tls) response.headers.emplace_back("Strict-Transport-Security", "max-age=31536000");
}

net::ServerResponse asset(const net::ServerRequest& request) {
    const auto* const file = find_embedded(std::string_view(request.path).substr(1));
    if (file == nullptr) return text_response(404, "there is no such file\n", "text/plain; charset=utf-8");
    const bool is_script = request.path.ends_with(".js");
    auto response = text_response(200, {}, is_script ? "text/javascript; charset=utf-8" : "text/css; charset=utf-8");
    const auto etag = fmt::format("\"{}\"", file->tag);
    response.headers[1].second =
        request.query_value("v") == file->tag ? "public, max-age=31536000, immutable" : "no-cache";
    response.headers.emplace_back("ETag", etag);
    response.headers.emplace_back("Vary", "Accept-Encoding");
    if (request.header("if-none-match") == etag) {
        response.status = 304;
    } else if (net::takes_gzip(request.header("accept-encoding"))) {
        response.headers.emplace_back("Content-Encoding", "gzip");
        response.body = std::string(file->gzip);
    } else {
        response.body = unpacked(*file);
    }
    return response;
}

/// Who asks for it cannot fill in a form.
bool is_for_programs(std::string_view path) {
    return path == "/events" || path == "/metrics";
}

Refusal refusal_of(const Error& error) {
    switch (error.code) {
        case Code::invalid: return {404, error.message};
        case Code::blocked: return {409, error.message};
        case Code::throttled: return {503, error.message, k_ask_again};
        default: return {500, error.message};
    }
}

void add_retry_after(net::ServerResponse& response, const Refusal& refusal) {
    if (refusal.retry_after.count() > 0)
        response.headers.emplace_back("Retry-After", std::to_string(refusal.retry_after.count()));
}

/// The run's id in "/runs/ID/changes.csv" behind `before`; what is behind the id goes to `rest`.
std::string id_in(std::string_view path, std::string_view before, std::string_view& rest) {
    if (!path.starts_with(before)) return {};
    path.remove_prefix(before.size());
    const auto end = std::min(path.find('/'), path.size());
    rest = path.substr(end);
    const auto id = path.substr(0, end);
    const bool is_id = !id.empty() && id.size() <= 64 && std::all_of(id.begin(), id.end(), [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-';
    });
    return is_id ? std::string(id) : std::string{};
}

/// Why nothing can be said of the value that was asked about; "" for every other view.
std::string problem_with_question(const Json& view) {
    if (!view.contains("is_asked")) return {};
    return view["is_asked"].get<bool>() ? view["problem"].get<std::string>() : "say which value: ?value=...";
}

const std::string& field(const std::map<std::string, std::string>& fields, const char* name) {
    static const std::string nothing;
    const auto found = fields.find(name);
    return found == fields.end() ? nothing : found->second;
}

}  // namespace

Console::Console(Desk& desk, AccessOptions options, const std::filesystem::path& state_dir,
                 std::function<std::string()> metrics)
    : desk_(desk), metrics_(std::move(metrics)), gate_(std::move(options), state_dir), views_(desk) {}

const std::vector<Console::Page>& Console::pages() {
    static const std::vector<Page> all{
        {"/", "/overview", "overview", "Overview", Role::viewer,
         [](Console& console, const Asked& asked) { return console.views_.overview(asked.now); }},
        {"/feeds", "/feeds", "feeds", "Feeds", Role::viewer,
         [](Console& console, const Asked& asked) { return console.views_.feeds(asked.now); }},
        {"/lists", "/lists", "lists", "Lists", Role::viewer,
         [](Console& console, const Asked& asked) { return console.views_.lists(asked.now); }},
        {"/lists/entries", "/lists/entries", "entries", "Entries", Role::viewer,
         [](Console& console, const Asked& asked) -> Result<Json> {
             CORDON_TRY_ASSIGN(const auto query, entry_query_of(asked.request, k_rows_a_page));
             CORDON_TRY_ASSIGN(
                 auto view, console.views_.entries(std::string(asked.request.query_value("list")), query, asked.now));
             if (!asked.wants_json) {
                 add_paging(view, asked.request, view["total"].get<std::size_t>(), k_rows_a_page);
                 add_entry_links(view, asked.request);
             }
             return view;
         }},
        {"/runs", "/runs", "runs", "Runs", Role::viewer,
         [](Console& console, const Asked& asked) -> Result<Json> {
             CORDON_TRY_ASSIGN(auto view,
                               console.views_.runs((page_of(asked.request) - 1) * k_runs_a_page, k_runs_a_page));
             if (!asked.wants_json) add_paging(view, asked.request, view["total"].get<std::size_t>(), k_runs_a_page);
             return view;
         }},
        {"/explain", "/explain", "explain", "Explain", Role::viewer,
         [](Console& console, const Asked& asked) {
             return console.views_.explain(std::string(asked.request.query_value("value").substr(0, 4096)), asked.now);
         }},
        {"/plan", "/plan", "plan", "Plan", Role::viewer,
         [](Console& console, const Asked& asked) -> Result<Json> {
             CORDON_TRY_ASSIGN(auto view, console.views_.plan(asked.now));
             const auto said = asked.request.query_value("said");
             if (asked.wants_json) return view;
             view["said"] = said == "run"    ? "A run was asked for: it begins as soon as no other is under way."
                            : said == "plan" ? "A plan was asked for: it is shown here once it is made."
                            : said == "approve"
                                ? "It was written down. The run begins now: the plan goes through if it is still the "
                                  "one you saw; if not, what is stopped then stands here."
                                : "";
             return view;
         }},
        {"/rejected", "/rejected", "rejected", "Rejected", Role::viewer,
         [](Console& console, const Asked&) { return console.views_.rejected(); }},
        {"/settings", "/settings", "settings", "Settings", Role::viewer,
         [](Console& console, const Asked&) { return console.views_.settings(); }},
        {"/audit", "/audit", "audit", "Audit", Role::viewer,
         [](Console& console, const Asked& asked) -> Result<Json> {
             CORDON_TRY_ASSIGN(auto view, console.views_.audit((page_of(asked.request) - 1) * k_rows_a_page,
                                                               k_rows_a_page, asked.now));
             if (!asked.wants_json) add_paging(view, asked.request, view["shown"].get<std::size_t>(), k_rows_a_page);
             return view;
         }},
        {"/access", "/access", "access", "Access", Role::admin,
         [](Console& console, const Asked&) { return console.access(); }},
    };
    return all;
}

net::ServerResponse Console::answer(const net::ServerRequest& request, Time now) {
    auto response = route(request, now);
    add_security_headers(response, gate_.caller_of(request).is_tls);
    return response;
}

void Console::tell_change(Time now) {
    events_.tell("change");
    views_.warm(now);
}

net::ServerResponse Console::route(const net::ServerRequest& request, Time now) {
    const Visitor nobody;
    const bool is_api = request.path.starts_with(k_api);
    if (const auto refusal = gate_.check_names(request)) return problem({request, nobody, now, true}, *refusal);
    if (request.body.size() > k_most_console_body_bytes)
        return problem({request, nobody, now, true}, {413, "the body is larger than 1 MB"});
    const bool looks = request.method == "GET" || request.method == "HEAD";
    if (!looks && request.method != "POST") {
        auto response = problem({request, nobody, now, true}, {405, "only GET and POST are answered"});
        response.headers.emplace_back("Allow", "GET, HEAD, POST");
        return response;
    }
    if (looks && request.path.starts_with("/assets/")) return asset(request);
    const auto visitor = gate_.visitor_of(request, now);
    if (!visitor) return problem({request, nobody, now, is_api}, {500, visitor.error().message});
    const Asked asked{request, *visitor, now, is_api};
    if (request.path == "/sign-in")
        return looks ? sign_in_page(asked, {.next = std::string(asked.request.query_value("next"))}) : sign_in(asked);
    if (!looks) return request.path == "/sign-out" ? sign_out(asked) : change(asked);
    if (visitor->may(Role::viewer)) return look(asked);
    if (!is_api && !is_for_programs(request.path))
        return redirect("/sign-in?next=" + net::percent_encode(request.target));
    auto response = problem({request, *visitor, now, true}, {401, "sign in, or send a token: Authorization: Bearer"});
    response.headers.emplace_back("WWW-Authenticate", "Bearer");
    return response;
}

net::ServerResponse Console::look(const Asked& asked) {
    const std::string_view path = asked.request.path;
    const auto plain = asked.wants_json ? path.substr(k_api.size()) : path;
    if (plain == "/events" && !asked.wants_json) return events_.open();
    if (path == "/metrics" && metrics_) return text_response(200, metrics_(), k_metrics_type);
    if (plain.starts_with("/runs/")) return download(asked);
    for (const auto& one : pages()) {
        if (plain != (asked.wants_json ? one.api_path : one.path)) continue;
        if (!asked.visitor.may(one.least))
            return problem(asked, {asked.visitor.is_signed_in() ? 403 : 401, "this page is for administrators"});
        auto view = one.make(*this, asked);
        if (!view) return problem(asked, refusal_of(view.error()));
        if (!asked.wants_json) return page(asked, one, *view);
        const auto wrong = problem_with_question(*view);
        return wrong.empty() ? json_response(200, *view) : problem(asked, {400, wrong});
    }
    return problem(asked, {404, "there is no such page"});
}

net::ServerResponse Console::download(const Asked& asked) {
    std::string_view rest;
    const auto id = id_in(asked.request.path, asked.wants_json ? "/api/v1/runs/" : "/runs/", rest);
    if (id.empty()) return problem(asked, {404, "there is no such run"});
    const auto name_as = [&](net::ServerResponse response, const std::string& file) {
        response.headers.emplace_back("Content-Disposition", fmt::format("attachment; filename=\"{}\"", file));
        return response;
    };
    const auto refuse = [&](const Error& error) { return problem(asked, refusal_of(error)); };
    if (rest == "/changes.csv") {
        auto csv = views_.changes_csv(id);
        if (!csv) return refuse(csv.error());
        return name_as(text_response(200, std::move(*csv), "text/csv; charset=utf-8"), id + "-changes.csv");
    }
    if (rest == "/changes" && asked.wants_json) {
        const auto view = views_.changes(id, SIZE_MAX);
        return view ? json_response(200, *view) : refuse(view.error());
    }
    if (rest == "/report.json" || (rest.empty() && asked.wants_json)) {
        const auto view = views_.run(id);
        if (!view) return refuse(view.error());
        auto response = json_response(200, asked.wants_json ? *view : view->at("report"));
        return asked.wants_json ? response : name_as(std::move(response), id + ".json");
    }
    if (!rest.empty()) return problem(asked, {404, "there is no such page"});
    auto view = views_.run(id);
    if (!view) return refuse(view.error());
    const auto changes = views_.shown_changes(id);
    if (!changes) return refuse(changes.error());
    (*view)["changes"] = *changes;
    static const Page k_run{"", "", "run", "Run", Role::viewer, {}};
    return page(asked, k_run, *view);
}

net::ServerResponse Console::change(const Asked& asked) {
    const std::string_view path = asked.request.path;
    const auto plain = asked.wants_json ? path.substr(k_api.size()) : path;
    const bool is_known = plain == "/run" || plain == "/plan" || plain == "/approve";
    if (!is_known) return problem(asked, {404, "there is nothing to change here"});
    const auto fields = fields_of(asked.request);
    if (!fields) return problem(asked, {400, fields.error().message});
    const auto header = asked.request.header("x-csrf-token");
    const auto form_token = header.empty() ? std::string_view(field(*fields, "form_token")) : header;
    if (const auto refusal = gate_.check_change(asked.request, asked.visitor, form_token)) {
        note_refusal(asked, asked.visitor.is_signed_in() ? asked.visitor.name : "nobody", fmt::format("for {}", plain),
                     *refusal);
        return problem(asked, *refusal);
    }
    Wish wish{WishKind::run, asked.visitor.name};
    if (plain == "/plan") wish.kind = WishKind::plan;
    if (plain == "/approve") {
        wish.kind = WishKind::approve;
        wish.list = field(*fields, "list");
        wish.digest = field(*fields, "digest");
        wish.because = std::string(trim(field(*fields, "because")));
        if (wish.because.empty()) return problem(asked, {400, "say why: the reason stands in the audit log"});
        if (wish.because.size() > k_longest_reason)
            return problem(asked, {400, fmt::format("the reason is longer than {} bytes", k_longest_reason)});
        const auto stop = desk_.store().guard_stop(wish.list);
        if (!stop) return problem(asked, {500, stop.error().message});
        if (!*stop || (*stop)->digest != wish.digest) {
            return problem(asked, {409, "that plan is not the one that is stopped now: look at the plan again"});
        }
        const auto rule = engine::rule_to_waive(**stop);
        if (!rule) return problem(asked, {409, "nobody may let this plan through: what stops it has to be mended"});
        wish.rule = *rule;
    }
    const auto word = std::string(plain.substr(1));
    const auto why = wish.kind == WishKind::approve
                         ? fmt::format("plan {}: {}", wish.digest, printable(wish.because, k_longest_reason))
                         : std::string("asked for in the console");
    if (const auto refusal = carry_out(wish, word, why)) return problem(asked, *refusal);
    events_.tell("change");
    if (!asked.wants_json) return redirect("/plan?said=" + word);
    return json_response(202, {{"taken", word}});
}

/// First the record: what cannot be written down is not done. A wish that is then not taken gets a record of that.
std::optional<Refusal> Console::carry_out(const Wish& wish, const std::string& word, const std::string& why) {
    const store::AuditRecord record{wish.user, "console " + word, {}, wish.list, why};
    if (const auto written = desk_.record(record); !written) {
        return Refusal{503, fmt::format("the audit log cannot be written, so nothing was done: {}; see that the state "
                                        "folder has room and belongs to Cordon's user, then try again",
                                        written.error().message)};
    }
    const auto taken = desk_.take(wish);
    if (taken) return std::nullopt;
    auto refused = record;
    refused.act += " refused";
    refused.why = taken.error().message;
    if (const auto written = desk_.record(refused); !written)
        log_warning(fmt::format("{} of {} was not taken, and the audit log does not say so: {}", record.act,
                                printable(wish.user), written.error().message));
    return Refusal{taken.error().code == Code::blocked ? 409 : 500, taken.error().message};
}

net::ServerResponse Console::sign_in(const Asked& asked) {
    auto fields = fields_of(asked.request);
    if (!fields) return problem(asked, {400, fields.error().message});
    const auto user = field(*fields, "user");
    const Secret password(std::move((*fields)["password"]));
    const auto signed_in = gate_.sign_in(asked.request, user, password, field(*fields, "form_token"), asked.now);
    if (!signed_in) {
        note_refusal(asked, name_for_the_log(user), "to sign in", signed_in.error());
        return sign_in_page(asked, {signed_in.error(), user, field(*fields, "next")});
    }
    // What is done later has a record of its own; a log that cannot be written keeps nobody out.
    [[maybe_unused]] const auto written = desk_.record(
        {signed_in->account.name, "console sign-in", {}, {}, "from " + gate_.caller_of(asked.request).address});
    auto response = redirect(safe_next(field(*fields, "next")));
    response.headers.emplace_back("Set-Cookie", gate_.session_cookie(asked.request, signed_in->session));
    return response;
}

void Console::note_refusal(const Asked& asked, const std::string& who, const std::string& what,
                           const Refusal& refusal) {
    const auto sentence = fmt::format("console: {} from {} asked {} and was turned away ({}): {}", printable(who),
                                      gate_.caller_of(asked.request).address, what, refusal.status, refusal.message);
    if (const auto line = refusals_.line_for(sentence, asked.now)) log_warning(*line);
}

/// Of an account alone: who is hasty types a password where the name belongs.
std::string Console::name_for_the_log(const std::string& user) {
    const auto book = gate_.book();
    const bool is_known = book && std::any_of((*book)->accounts.begin(), (*book)->accounts.end(),
                                              [&](const Account& one) { return one.name == user; });
    return is_known ? user : "an unknown user";
}

net::ServerResponse Console::sign_out(const Asked& asked) {
    const auto fields = fields_of(asked.request);
    if (!fields || !gate_.is_form_of(asked.visitor, field(*fields, "form_token")))
        return problem(asked, {403, "the page is of an earlier sign-in; load it again"});
    gate_.sign_out(asked.visitor);
    auto response = redirect("/");
    response.headers.emplace_back("Set-Cookie", gate_.session_cookie(asked.request, ""));
    return response;
}

Result<Json> Console::access() {
    CORDON_TRY_ASSIGN(const auto book, gate_.book());
    Json view{{"accounts", Json::array()}, {"tokens", Json::array()}};
    for (const auto& one : book->accounts)
        view["accounts"].push_back({{"name", one.name}, {"account_role", name_of(one.role)}});
    for (const auto& one : book->tokens) {
        view["tokens"].push_back({{"name", one.name},
                                  {"token_role", name_of(one.role)},
                                  {"made", to_iso8601(one.made)},
                                  {"last_used", one.last_used ? Json(to_iso8601(*one.last_used)) : Json()}});
    }
    view["has_accounts"] = !view["accounts"].empty();
    view["has_tokens"] = !view["tokens"].empty();
    return view;
}

Frame Console::frame_of(const Asked& asked, const std::string& title, const std::string& current) const {
    Frame frame;
    frame.title = title;
    frame.current = current;
    frame.user = printable(asked.visitor.name);
    frame.role = asked.visitor.is_signed_in() && asked.visitor.role ? name_of(*asked.visitor.role) : "";
    frame.form_token = asked.visitor.is_signed_in() ? gate_.form_token_for(asked.visitor) : "";
    frame.can_sign_out = asked.visitor.can_sign_out;
    frame.may_change = asked.visitor.is_signed_in() && asked.visitor.may(Role::operator_);
    frame.is_admin = asked.visitor.is_signed_in() && asked.visitor.may(Role::admin);
    return frame;
}

net::ServerResponse Console::page(const Asked& asked, const Page& page, const Json& view) {
    const bool is_of_lists = std::string_view(page.name) == "entries";
    const bool is_of_runs = std::string_view(page.name) == "run";
    return text_response(200,
                         render(page.name, view,
                                frame_of(asked, page.title,
                                         is_of_lists  ? "lists"
                                         : is_of_runs ? "runs"
                                                      : page.name)),
                         "text/html; charset=utf-8");
}

net::ServerResponse Console::sign_in_page(const Asked& asked, const SignInWords& words) {
    const auto greeting = gate_.greet(asked.request);
    auto frame = frame_of(asked, "Sign in", "sign-in");
    const Json view{{"problem", words.refusal.message},
                    {"greeting", greeting.form_token},
                    {"name", printable(words.name)},
                    {"next", safe_next(words.next)}};
    auto response = text_response(words.refusal.status, render("sign_in", view, frame), "text/html; charset=utf-8");
    add_retry_after(response, words.refusal);
    if (!greeting.set_cookie.empty()) response.headers.emplace_back("Set-Cookie", greeting.set_cookie);
    return response;
}

net::ServerResponse Console::problem(const Asked& asked, const Refusal& refusal) {
    const auto message = printable(refusal.message, 2000);
    const Json view{{"status", std::to_string(refusal.status)}, {"message", message}};
    auto response = asked.wants_json
                        ? json_response(refusal.status, {{"error", message}})
                        : text_response(refusal.status, render("problem", view, frame_of(asked, "Not done", "")),
                                        "text/html; charset=utf-8");
    add_retry_after(response, refusal);
    return response;
}

}  // namespace cordon::console
