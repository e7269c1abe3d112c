// unblock, block, overrides: what an operator says of one value for a while.

#include <algorithm>
#include <ostream>
#include <set>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/name_first.hpp"
#include "base/text.hpp"
#include "cli/commands.hpp"
#include "cli/engine_command.hpp"
#include "cli/operator_name.hpp"
#include "cli/until.hpp"
#include "engine/auditing.hpp"
#include "engine/override_runs.hpp"
#include "engine/override_state.hpp"
#include "engine/overrides.hpp"
#include "engine/remarks.hpp"

namespace cordon::cli {
namespace {

using core::Override;
using core::OverrideKind;

/// What was said, whatever has come of it.
std::string said_of(const Override& one) {
    return one.kind == OverrideKind::allow
               ? fmt::format("{} is unblocked {}", one.value, core::terms_of(one))
               : fmt::format("{} is blocked on '{}' {}", one.value, printable(one.list), core::terms_of(one));
}

/// As one word for a shell.
std::string in_shell_quotes(const std::string& text) {
    std::string quoted = "'";
    for (const char c : printable(text, 200)) quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
    return quoted + "'";
}

std::string said_of(const engine::HeldList& one) {
    return fmt::format("'{}' is {}", printable(one.list), engine::sentence_on(one.pause, one.list));
}

std::set<std::string> configured_lists(const Settings& settings) {
    std::set<std::string> names;
    for (const auto& claim : claims_of(settings)) names.insert(claim.list->category_name);
    return names;
}

std::string names_of_configured_lists(const Arguments& arguments) {
    const auto settings = load_settings(arguments.common);
    if (!settings) return "those that 'cordon check' shows";
    const auto names = configured_lists(**settings);
    return names.empty() ? "none" : name_first(std::vector<std::string>(names.begin(), names.end()));
}

/// What the command says of its value; `invalid` says all that is wrong with it, a line each.
Result<Override> wish_of(const Arguments& arguments, OverrideKind kind, Time now) {
    std::vector<std::string> faults;
    const auto check = [&](const Result<void>& checked) {
        if (!checked) faults.push_back(checked.error().message);
    };
    Override wish;
    wish.kind = kind;
    wish.list = kind == OverrideKind::block ? arguments.list : std::string{};
    wish.from = now;
    wish.who = operator_name();
    wish.because = std::string(trim(arguments.because));
    if (const auto value = core::canonical_override(arguments.value)) {
        wish.value = *value;
        if (!arguments.ends) check(core::require_whole_address(arguments.value, wish.value));
        if (!arguments.ends && kind == OverrideKind::allow) check(core::check_unblocking(wish.value));
    } else {
        faults.push_back(value.error().message);
    }
    if (kind == OverrideKind::block && wish.list.empty()) {
        faults.push_back("say on which list, with --list; the lists are: " + names_of_configured_lists(arguments));
    }
    if (arguments.ends) {
        if (!arguments.until.empty() || !arguments.length.empty() || arguments.confirmed || arguments.json)
            faults.emplace_back("--end takes neither --for nor --until nor --yes nor --json: it ends it now");
    } else {
        if (const auto until = end_asked_for(arguments, now)) {
            wish.until = *until;
        } else {
            faults.push_back(until.error().message);
        }
        if (wish.because.empty()) faults.emplace_back("say why, for the reports and the audit log: --because TEXT");
    }
    if (faults.empty()) return wish;
    return fail(Code::invalid, join(faults, "\n"));
}

/// What the next run does once it is ended, and where a paused or pinned list keeps it from that.
std::string sentence_on_end(const Override& one, const std::vector<engine::HeldList>& held) {
    std::string said;
    if (one.kind == OverrideKind::allow) {
        said = fmt::format("{} is no longer unblocked; the next run blocks it again where a feed names it", one.value);
        if (!held.empty()) said += ", but not on these, which are paused or pinned";
    } else {
        const auto is_it = [&](const engine::HeldList& list) { return list.list == one.list; };
        const bool is_held = std::any_of(held.begin(), held.end(), is_it);
        said = fmt::format("{} is no longer blocked by an operator; ", one.value);
        said += is_held ? "what is on its list stays there for now"
                        : fmt::format("the next run takes it off '{}' unless a feed names it", printable(one.list));
    }
    for (const auto& list : held) {
        if (one.kind == OverrideKind::allow || list.list == one.list) said += "\n" + said_of(list);
    }
    return said + "\n";
}

/// The command that says it again.
std::string command_of(const Override& one) {
    const auto list = one.list.empty() ? "" : fmt::format(" --list \"{}\"", printable(one.list));
    return fmt::format("cordon {} \"{}\"{} --until {} --because {} --yes", core::name_of(one.kind), one.value, list,
                       to_iso8601(one.until), one.because.empty() ? "TEXT" : in_shell_quotes(one.because));
}

/// "" of a pin: the run that the list was rolled back to may be unknown to the state that is there now.
std::string command_of(const engine::HeldList& one) {
    if (!one.pause.back_to.empty() || !one.pause.until) return {};
    return fmt::format("cordon pause \"{}\" --until {}", printable(one.list), to_iso8601(*one.pause.until));
}

std::string state_of(const engine::HeldList& one) {
    const auto because = one.pause.because.empty() ? "" : fmt::format(" ({})", printable(one.pause.because, 200));
    return one.pause.back_to.empty()
               ? fmt::format("'{}' is paused until {} by {}{}", printable(one.list),
                             to_readable_utc(one.pause.until.value_or(Time{})), printable(one.pause.who), because)
               : fmt::format("'{}' is rolled back to {} by {}{}", printable(one.list), printable(one.pause.back_to),
                             printable(one.pause.who), because);
}

/// As the settings have it, else as the last run saw it.
core::TargetKind target_of(const engine::HeldList& held, const Settings& settings) {
    for (const auto& claim : claims_of(settings)) {
        if (claim.list->category_name == held.list) return engine::target_of(*claim.list, claim.entity);
    }
    return held.target;
}

/// Whether entries of such a list can block the value.
bool can_concern(core::TargetKind target, const Override& one) {
    const bool is_address = core::entity_of_override(one.value) == core::EntityType::ip;
    return target != (is_address ? core::TargetKind::fqdn_group : core::TargetKind::ipv4_group);
}

int end_early(const Arguments& arguments, const Override& wish, Streams streams) {
    const auto opened = open_store_of(arguments, store::OpenMode::writing, streams.err);
    if (!opened.store) return opened.status;
    auto* const store = opened.store.get();
    const auto ended = engine::end_override(wish.kind, wish.value, wish.list, wish.who, *store, SystemClock{}.now());
    if (!ended) return report_failure(ended.error(), streams.err);
    if (!ended->was_in_force) {
        streams.err << fmt::format("cordon: {} is not {}; 'cordon overrides' shows what is in force\n", wish.value,
                                   wish.kind == OverrideKind::allow
                                       ? "unblocked"
                                       : fmt::format("blocked by an operator on '{}'", printable(wish.list)));
        return k_exit_usage;
    }
    auto held = held_lists_of(*opened.settings, *store, SystemClock{}.now());
    if (!held) return report_failure(held.error(), streams.err);
    std::erase_if(*held,
                  [&](const engine::HeldList& one) { return !can_concern(target_of(one, *opened.settings), wish); });
    streams.out << sentence_on_end(wish, *held);
    return status_of_record(ended->lacks, streams.err);
}

Result<engine::RunResult> carry_out(const Override& wish, Session& session, const engine::Ports& ports,
                                    const engine::RunOptions& options, const std::stop_token& stop) {
    return wish.kind == OverrideKind::allow ? engine::unblock(wish, session.jobs, ports, options, stop)
                                            : engine::block(wish, session.sections, session.jobs, ports, options, stop);
}

int override_command(const Arguments& arguments, OverrideKind kind, Streams streams, const std::stop_token& stop) {
    SystemClock clock;
    const auto wish = wish_of(arguments, kind, clock.now());
    if (!wish) return report_failure(wish.error(), streams.err);
    if (arguments.ends) return end_early(arguments, *wish, streams);
    const std::string command = core::name_of(kind);
    const auto access = arguments.confirmed ? Access::write_alone : Access::look;
    const auto feeds = kind == OverrideKind::allow ? Feeds::optional : Feeds::needed;
    auto opened = open_session(arguments, command, access, feeds, clock, streams.err);
    if (!opened.session) return opened.status;
    auto& session = *opened.session;
    auto options = session.run_options(command);
    options.mode = arguments.confirmed ? engine::Mode::apply : engine::Mode::plan_only;
    const auto ports = session.ports(progress_on(streams.err, arguments.json));
    const auto result = carry_out(*wish, session, ports, options, stop);
    if (!result) return report_failure(result.error(), streams.err);
    if (!arguments.confirmed) {
        const int status = show_plan(arguments, session, *result, streams);
        streams.err << fmt::format("cordon: nothing was changed; add --yes to do it, and runs keep it so until {}\n",
                                   to_readable_utc(wish->until));
        return status == k_exit_done ? k_exit_pending : status;
    }
    auto& said = arguments.json ? streams.err : streams.out;
    if (!result->first_words.empty()) said << result->first_words << "\n";
    const int status = conclude(arguments, session, result->report, streams);
    const auto states = engine::states_of(std::span(&*wish, 1), engine::names_of_objects(session.jobs), *session.store);
    if (!states) return report_failure(states.error(), streams.err);
    if (status == k_exit_done) {
        said << fmt::format("{}; '{}' ends that\n", engine::sentence_on(*wish, states->front()),
                            engine::ending_of(*wish));
    } else {
        streams.err << fmt::format(
            "cordon: something is left to do or to look at, as said above. It is noted {}, and each run makes good "
            "what it can; '{}' "
            "ends that\n",
            core::terms_of(*wish), engine::ending_of(*wish));
    }
    return status;
}

Result<std::vector<Override>> overrides_in_force(store::Store& store, Time now) {
    CORDON_TRY_ASSIGN(auto overrides, store.overrides());
    std::erase_if(overrides, [now](const Override& one) { return !one.is_in_force(now); });
    return overrides;
}

nlohmann::ordered_json json_of_override(const Override& one, const engine::OverrideState& state) {
    return {{"said", engine::sentence_on(one, state)},
            {"kind", core::name_of(one.kind)},
            {"value", one.value},
            {"list", one.list},
            {"from", to_iso8601(one.from)},
            {"until", to_iso8601(one.until)},
            {"who", one.who},
            {"because", one.because}};
}

nlohmann::ordered_json json_of_held(const engine::HeldList& one) {
    const auto& pause = one.pause;
    return {{"kind", pause.back_to.empty() ? "pause" : "pin"},
            {"list", one.list},
            {"from", pause.since == Time{} ? "" : to_iso8601(pause.since)},
            {"until", pause.until ? to_iso8601(*pause.until) : ""},
            {"who", pause.who},
            {"because", pause.because},
            {"back_to", pause.back_to}};
}

}  // namespace

void warn_of_lost_store(store::Store& store, std::ostream& err) {
    const auto end = store.audit_end();
    const auto said = end ? engine::sentence_on(*end) : end.error().message;
    if (said.empty()) return;
    err << fmt::format("cordon: note: {}\n", said);
    if (end && *end == store::AuditEnd::never_known) {
        err << "cordon: note: what operators said and runs did before that is not in this store: 'cordon audit show' "
               "names it, and 'cordon import' brings an exported state back\n";
    }
}

Result<std::vector<engine::HeldList>> held_lists_of(const Settings& settings, store::Store& store, Time now) {
    auto names = configured_lists(settings);
    CORDON_TRY_ASSIGN(const auto known, store.known_lists());
    names.insert(known.begin(), known.end());
    return engine::held_lists(std::vector<std::string>(names.begin(), names.end()), store, now);
}

Result<std::vector<Saying>> what_operators_said(const Settings& settings, store::Store& store, Time now) {
    CORDON_TRY_ASSIGN(const auto overrides, overrides_in_force(store, now));
    CORDON_TRY_ASSIGN(const auto held, held_lists_of(settings, store, now));
    std::vector<Saying> said;
    for (const auto& one : overrides) said.push_back({said_of(one), command_of(one)});
    for (const auto& one : held) said.push_back({state_of(one), command_of(one)});
    return said;
}

int unblock_command(const Arguments& arguments, Streams streams, const std::stop_token& stop) {
    return override_command(arguments, OverrideKind::allow, streams, stop);
}

int block_command(const Arguments& arguments, Streams streams, const std::stop_token& stop) {
    return override_command(arguments, OverrideKind::block, streams, stop);
}

int overrides_command(const Arguments& arguments, Streams streams) {
    const auto opened = open_store_of(arguments, store::OpenMode::looking, streams.err);
    if (!opened.store) return opened.status;
    auto* const store = opened.store.get();
    warn_of_lost_store(*store, streams.err);
    const auto now = SystemClock{}.now();
    const auto overrides = overrides_in_force(*store, now);
    if (!overrides) return report_failure(overrides.error(), streams.err);
    const auto held = held_lists_of(*opened.settings, *store, now);
    if (!held) return report_failure(held.error(), streams.err);
    const auto states = engine::states_of(*overrides, configured_lists(*opened.settings), *store);
    if (!states) return report_failure(states.error(), streams.err);
    if (arguments.json) {
        auto json = nlohmann::ordered_json::array();
        for (std::size_t i = 0; i < overrides->size(); ++i) {
            json.push_back(json_of_override((*overrides)[i], (*states)[i]));
        }
        for (const auto& one : *held) json.push_back(json_of_held(one));
        streams.out << json.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) << "\n";
        return k_exit_done;
    }
    for (std::size_t i = 0; i < overrides->size(); ++i) {
        const auto& one = (*overrides)[i];
        streams.out << fmt::format("{}; '{}' ends that\n", engine::sentence_on(one, (*states)[i]),
                                   engine::ending_of(one));
    }
    for (const auto& one : *held) streams.out << said_of(one) << "\n";
    if (overrides->empty() && held->empty()) {
        streams.out << "nothing is unblocked or blocked by an operator, and no list is paused or rolled back\n";
    }
    return k_exit_done;
}

}  // namespace cordon::cli
