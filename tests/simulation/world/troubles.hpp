#pragma once

#include <vector>

#include "sandbox/fault.hpp"

namespace cordon::simulation {

/// A fault of one of the clouds and where it can strike: zia-api.md 13, recorded-future-api.md 13.8,
/// crowdstrike-intel-api.md 14.7.
struct Trouble {
    sandbox::Fault::Kind kind;
    const char* method;
    const char* path;
    int status = 500;
    const char* body = "";
};

/// All that the references name and the sandbox can play; the same one twice where it is to come more often.
[[nodiscard]] const std::vector<Trouble>& troubles();

}  // namespace cordon::simulation
