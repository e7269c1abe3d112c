#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "tests/simulation/world/schedule.hpp"

namespace cordon::simulation {

using Entries = std::set<std::string>;

[[nodiscard]] Entries united(Entries a, const Entries& b);
/// The first few that are in `a` and not in `b`, for people; "" where there are none.
[[nodiscard]] std::string only_in(const Entries& a, const Entries& b);

/// A risk list as Recorded Future publishes it (recorded-future-api.md 5): value -> risk.
[[nodiscard]] std::string risk_list(const std::map<std::string, int>& values);
/// The same, each of a risk that no filter leaves out.
[[nodiscard]] std::string risk_list(const Entries& values);

/// The faults that publishers have made: an empty file, an error's text, a page for people, a file that ends in the
/// middle, the header alone, another list's columns, most rows missing.
[[nodiscard]] const std::vector<std::string>& publishing_faults();
/// What is served in the place of the list.
[[nodiscard]] std::string published_badly(const std::string& fault, const std::map<std::string, int>& good, Dice& dice);

}  // namespace cordon::simulation
