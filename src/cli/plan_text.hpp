#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "engine/run.hpp"

namespace cordon::cli {

/// Why an entry is to be added or removed, one short phrase; may be empty.
using Reasons = std::function<std::string(const core::ListPlan&, std::string_view canonical)>;

/// A plan for people: per list the counts and the first entries with their reasons, then what it costs.
[[nodiscard]] std::string plan_text(const engine::RunResult& result, const Reasons& why);

/// The same as JSON: every addition and removal, the counts, the cost.
[[nodiscard]] std::string plan_json(const engine::RunResult& result, const Reasons& why);

}  // namespace cordon::cli
