#include <fmt/format.h>

#include "engine/run.hpp"

namespace cordon::engine {

std::string make_run_id(Time started, std::uint32_t random) {
    auto text = to_iso8601(started);
    std::erase_if(text, [](char c) { return c == '-' || c == ':'; });
    return fmt::format("{}-{:06x}", text, random & 0xffffffU);
}

}  // namespace cordon::engine
