#include "sandbox/sandbox.hpp"

#include <arpa/inet.h>

#include <exception>
#include <utility>

#include <fmt/format.h>

#include "base/text.hpp"
#include "sandbox/control.hpp"
#include "sandbox/reply.hpp"
#include "sandbox/state.hpp"

namespace cordon::sandbox {
namespace {

bool is_loopback(const std::string& address) {
    in_addr v4{};
    in6_addr v6{};
    if (address == "localhost") return true;
    if (inet_pton(AF_INET, address.c_str(), &v4) == 1) return (ntohl(v4.s_addr) >> 24U) == 127;
    return inet_pton(AF_INET6, address.c_str(), &v6) == 1 && IN6_IS_ADDR_LOOPBACK(&v6);
}

bool is_rf(std::string_view path) {
    return path.starts_with("/v2/") || path.starts_with("/fusion/v3/");
}

bool is_cs(std::string_view path) {
    return path.starts_with("/oauth2/") || path.starts_with("/intel/");
}

bool is_zia_write(std::string_view method, std::string_view path) {
    const auto below = zia::path_below_base(path);
    return below && method != "GET" && *below != "/authenticatedSession" && *below != "/status/activate" &&
           *below != "/urlLookup";
}

JournalEntry entry_of(const net::ServerRequest& request, const Outcome& outcome, Time now) {
    JournalEntry entry;
    entry.moment = now;
    entry.method = printable(request.method);
    entry.path_template = outcome.path_template;
    entry.target = printable(request.target, 800);
    entry.client = printable(request.header("user-agent"));
    entry.status = outcome.response.status;
    entry.request_bytes = request.body.size();
    entry.response_bytes = outcome.response.body.size();
    if (outcome.fault) entry.fault = name_of(outcome.fault->kind);
    return entry;
}

/// Counts a write while it runs; tells whether another one was already running.
class WriteMark {
public:
    WriteMark(std::atomic<int>& writes, const net::ServerRequest& request)
        : writes_(writes), is_write_(is_zia_write(request.method, request.path)) {
        if (is_write_) is_second_ = writes_.fetch_add(1) > 0;
    }
    ~WriteMark() {
        if (is_write_) writes_.fetch_sub(1);
    }
    WriteMark(const WriteMark&) = delete;
    WriteMark& operator=(const WriteMark&) = delete;
    [[nodiscard]] bool is_second() const { return is_second_; }

private:
    std::atomic<int>& writes_;
    bool is_write_;
    bool is_second_ = false;
};

Outcome not_here(const net::ServerRequest& request) {
    Outcome outcome;
    outcome.path_template = printable(request.path);
    outcome.response.status = 404;
    return outcome;
}

}  // namespace

Sandbox::Sandbox(Options options, Clock& clock) : state_(std::make_unique<State>(std::move(options), clock)) {}

Sandbox::~Sandbox() = default;

Result<std::unique_ptr<Sandbox>> Sandbox::start(Options options, Clock& clock) {
    if (!is_loopback(options.address)) {
        return fail(Code::invalid, fmt::format("The sandbox listens on loopback only (127.0.0.1, ::1), not on {}: it "
                                               "has no security of its own.",
                                               printable(options.address)));
    }
    auto sandbox = std::make_unique<Sandbox>(std::move(options), clock);
    auto& state = *sandbox->state_;
    CORDON_TRY(state.cs.loaded());
    CORDON_TRY_ASSIGN(state.server,
                      net::HttpServer::start(state.options.address, state.options.port,
                                             [&it = *sandbox](const auto& request) { return it.answer(request); }));
    return sandbox;
}

void Sandbox::move_clock(std::chrono::seconds forward) {
    state_->with([&] { state_->clock.put_forward(forward); });
    state_->with([] {});  // what has run out meanwhile
}

int Sandbox::port() const noexcept {
    return state_->server ? state_->server->port() : 0;
}

std::string Sandbox::url() const {
    const auto& address = state_->options.address;
    const bool is_v6 = address.find(':') != std::string::npos;
    return fmt::format("http://{}:{}", is_v6 ? "[" + address + "]" : address, port());
}

Options Sandbox::options() const {
    const std::lock_guard lock(state_->mutex);
    return state_->options;
}

net::ServerResponse Sandbox::answer(const net::ServerRequest& request) {
    if (request.path.starts_with("/_sandbox")) return control(*this, request);
    Outcome outcome;
    {
        const WriteMark mark(state_->writes_in_flight, request);
        const std::lock_guard lock(state_->mutex);
        auto& it = *state_;
        if (mark.is_second()) {
            it.journal.violation(it.clock.now(),
                                 "ZIA two writes at once: the tenant has one edit lock (zia-api.md 8.4)");
        }
        outcome = zia::is_ours(request.path) ? it.zia.answer(request, it.faults)
                  : is_rf(request.path)      ? it.rf.answer(request, it.faults)
                  : is_cs(request.path)      ? it.cs.answer(request, it.faults)
                                             : not_here(request);
        if (outcome.fault) spoil(*outcome.fault, outcome);
        const auto entry = entry_of(request, outcome, it.clock.now());
        if (it.options.on_request) it.options.on_request(entry);
        it.journal.record(entry);
    }
    if (outcome.delay.count() > 0) state_->clock.wait_for(outcome.delay, state_->stop.get_token());
    return std::move(outcome.response);
}

std::vector<JournalEntry> Sandbox::journal() {
    return state_->with([&] {
        const auto& entries = state_->journal.entries();
        return std::vector<JournalEntry>(entries.begin(), entries.end());
    });
}

std::map<std::string, std::size_t> Sandbox::counts_by_client() {
    return state_->with([&] { return state_->journal.counts_by_client(); });
}

std::map<std::string, std::size_t> Sandbox::counts() {
    return state_->with([&] { return state_->journal.counts(); });
}

namespace {

template <class Counts, class Wanted>
std::size_t sum_of(const Counts& counts, Wanted is_wanted) {
    std::size_t sum = 0;
    for (const auto& [key, count] : counts) {
        const auto space = key.find(' ');
        if (is_wanted(std::string_view(key).substr(0, space), std::string_view(key).substr(space + 1))) sum += count;
    }
    return sum;
}

}  // namespace

std::size_t Sandbox::zia_calls() {
    return sum_of(counts(),
                  [](std::string_view, std::string_view path) { return zia::path_below_base(path).has_value(); });
}

std::size_t Sandbox::zia_writes() {
    return sum_of(counts(), is_zia_write);
}

std::vector<std::string> Sandbox::violations() {
    return state_->with([&] { return state_->journal.violations(); });
}

std::size_t Sandbox::credits() {
    return state_->with([&] { return state_->rf.credits(); });
}

std::size_t Sandbox::needless_downloads() {
    return state_->with([&] { return state_->rf.needless_downloads(); });
}

void Sandbox::forget_requests() {
    state_->with([&] { state_->journal.forget_requests(); });
}

void Sandbox::inject(Fault fault) {
    state_->with([&] { state_->faults.add(std::move(fault)); });
}

void Sandbox::clear_faults() {
    state_->with([&] { state_->faults.clear(); });
}

void Sandbox::tick(std::size_t ticks) {
    state_->with([&] {
        state_->rf.shelf().tick(ticks);
        state_->cs.indicators().tick(ticks, state_->clock.now());
    });
}

std::size_t Sandbox::ticks() {
    return state_->with([&] { return state_->rf.shelf().ticks(); });
}

void Sandbox::put_feed_file(const std::string& path, std::string bytes) {
    state_->with([&] { state_->rf.shelf().put(path, std::move(bytes), state_->clock.now()); });
}

void Sandbox::shrink_feed(const std::string& path, double keep) {
    state_->with([&] { state_->rf.shelf().shrink(path, keep); });
}

void Sandbox::tear_feed(const std::string& path) {
    state_->with([&] { state_->rf.shelf().tear(path); });
}

void Sandbox::restore_feed(const std::string& path) {
    state_->with([&] { state_->rf.shelf().restore(path); });
}

void Sandbox::set_quota(std::size_t urls) {
    state_->with([&] { state_->options.url_quota = urls; });
}

void Sandbox::set_maintenance(Maintenance maintenance) {
    state_->with([&] { state_->zia.set_read_only(maintenance == Maintenance::on); });
}

void Sandbox::revoke_oneapi_tokens() {
    state_->with([&] { state_->zia.identity().revoke_all(); });
}

void Sandbox::set_quirks(std::set<Quirk> quirks) {
    state_->with([&] { state_->options.quirks = std::move(quirks); });
}

}  // namespace cordon::sandbox
