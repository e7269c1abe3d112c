#include "notify/telling.hpp"

#include <array>
#include <optional>

#include <unistd.h>

#include <fmt/format.h>

#include "base/text.hpp"
#include "notify/email.hpp"
#include "notify/syslog.hpp"
#include "notify/webhook.hpp"

namespace cordon::notify {
namespace {

/// Among so many runs before this one a full one is looked for: those by hand read no feeds.
constexpr std::size_t k_runs_to_look_at = 50;

Result<std::optional<core::RunReport>> run_before(const core::RunReport& report, store::Store& store) {
    CORDON_TRY_ASSIGN(const auto runs, store.runs(k_runs_to_look_at));
    for (const auto& run : runs) {
        if (run.id == report.id || run.command != report.command) continue;
        CORDON_TRY_ASSIGN(const auto json, store.run(run.id));
        auto before = core::report_from_json(json);
        if (!before) return std::nullopt;
        return std::optional(std::move(*before));
    }
    return std::nullopt;
}

std::string memo_of(const Receiver& receiver) {
    return "notices " + receiver.name;
}

/// What comes of telling.
struct Told {
    std::vector<std::string> problems;
    core::NoticeFailures failures;  ///< in this run: 0 or 1 of each receiver
};

/// Sends what is due until something is not taken: the others would fail alike, and each waits.
void deliver(const Receiver& receiver, core::NoticeDecision& decided, const std::stop_token& stop, Told& told) {
    for (const auto& notice : decided.due) {
        const auto sent = receiver.notifier->send(notice, stop);
        if (sent) {
            core::mark_told(notice, decided.memory);
            continue;
        }
        told.problems.push_back(fmt::format("[notify_{}] '{}' was not told ({}): {}; the next run tries again",
                                            printable(receiver.name), notice.title, receiver.notifier->receiver(),
                                            sent.error().message));
        if (sent.error().code != Code::cancelled) told.failures[receiver.name] = 1;
        return;
    }
}

Result<void> tell_one(const Receiver& receiver, const core::RunReport& report, const core::RunReport* before,
                      store::Store& store, const std::stop_token& stop, Told& told) {
    CORDON_TRY_ASSIGN(const auto memo, store.memo(memo_of(receiver)));
    auto memory = core::notice_memory_from_json(memo);
    if (!memory)
        told.problems.push_back(fmt::format("[notify_{}] what it was told is not known any more: {}",
                                            printable(receiver.name), memory.error().message));
    auto decided =
        core::decide_notices(report, before, memory ? std::move(*memory) : core::NoticeMemory{}, receiver.rules);
    deliver(receiver, decided, stop, told);
    const auto kept = core::to_json(decided.memory);
    return kept == memo ? Result<void>{} : store.put_memo(memo_of(receiver), kept);
}

/// Adds them to what is kept. A receiver that is gone is forgotten; one that never failed is there with 0.
Result<void> keep_failures(const core::NoticeFailures& latest, store::Store& store) {
    auto failures = latest;
    CORDON_TRY_ASSIGN(const auto memo, store.memo(core::k_notice_failures_memo));
    const auto before = core::notice_failures_from_json(memo);
    for (auto& [receiver, count] : failures) {
        if (const auto known = before.find(receiver); known != before.end()) count += known->second;
    }
    return failures == before ? Result<void>{} : store.put_memo(core::k_notice_failures_memo, core::to_json(failures));
}

}  // namespace

Receiver make_receiver(const NotifierOptions& options, World& world) {
    Receiver receiver{name_of_section(options.section), options.rules, nullptr};
    switch (*options.kind) {
        case Kind::email: receiver.notifier = make_email(options, world.teller); return receiver;
        case Kind::syslog: receiver.notifier = make_syslog(options, world.teller); return receiver;
        case Kind::webhook:
        case Kind::slack:
        case Kind::teams: break;
    }
    net::Connection connection;
    connection.proxies = options.proxy_servers;
    connection.ca_file = options.ca_file;
    connection.user_agent = "cordon/" + world.teller.version;
    receiver.notifier = make_webhook(options, world.connect(std::move(connection)), world.teller, world.clock,
                                     std::mt19937_64(world.random()));
    return receiver;
}

std::string host_name() {
    std::array<char, 256> name{};
    if (::gethostname(name.data(), name.size() - 1) != 0) return "localhost";
    return name.data();
}

std::vector<std::string> tell(std::span<const Receiver> receivers, const core::RunReport& report, store::Store& store,
                              const std::stop_token& stop) {
    Told told;
    const auto before = receivers.empty() ? Result<std::optional<core::RunReport>>{} : run_before(report, store);
    if (!before) told.problems.push_back("the run before is not known to notices: " + before.error().message);
    const core::RunReport* const known = before && *before ? &**before : nullptr;
    for (const auto& receiver : receivers) {
        told.failures[receiver.name] = 0;
        const auto done = tell_one(receiver, report, known, store, stop, told);
        if (!done) {
            told.problems.push_back(fmt::format("[notify_{}] {}", printable(receiver.name), done.error().message));
        }
    }
    if (const auto kept = keep_failures(told.failures, store); !kept) {
        told.problems.push_back("failures of notices were not counted: " + kept.error().message);
    }
    return std::move(told.problems);
}

}  // namespace cordon::notify
