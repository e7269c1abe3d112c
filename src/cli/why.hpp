#pragma once

#include "cli/plan_text.hpp"
#include "cli/session.hpp"

namespace cordon::cli {

/// Why the entries of the plans come and go: feed, risk and rules of an addition; what rejected a removal,
/// or that it left the feed. Reads the snapshots of the store again; the result refers to `session`.
[[nodiscard]] Reasons reasons_for(const engine::RunResult& result, Session& session);

}  // namespace cordon::cli
