// explain: why one value is blocked or not.

#include <ostream>

#include <fmt/format.h>

#include "base/text.hpp"
#include "cli/commands.hpp"
#include "cli/engine_command.hpp"
#include "core/override.hpp"
#include "engine/explaining.hpp"

namespace cordon::cli {

int explain_command(const Arguments& arguments, Streams streams, const std::stop_token& stop) {
    const auto value = core::canonical_question(arguments.value);
    if (!value) return report_failure(value.error(), streams.err);
    int status = k_exit_done;
    {
        SystemClock clock;
        auto opened = open_session(arguments, "explain", Access::look, Feeds::optional, clock, streams.err);
        if (!opened.session) return opened.status;
        auto& session = *opened.session;
        warn_of_lost_store(*session.store, streams.err);
        const auto explanation = engine::explain(*value, session.entry_sources());
        if (!explanation) return report_failure(explanation.error(), streams.err);
        streams.out << fmt::format("{}: {}\n", *value, explanation->verdict);
        for (const auto& line : explanation->lines) streams.out << line << "\n";
        status = explanation->is_blocked ? k_exit_done : k_exit_pending;
    }
    if (!arguments.asks_gateway) return status;
    streams.out << "\n";
    auto asked = arguments;
    asked.values = {value->starts_with('.') ? value->substr(1) : *value};
    const int looked_up = lookup_command(asked, streams, stop);
    return looked_up == k_exit_done ? status : looked_up;
}

}  // namespace cordon::cli
