// Any bytes as plain lists of each type: `cordon compile` gives what one value after another gives, whatever the number
// of threads.

#include <cstdint>
#include <string>
#include <string_view>

#include "base/workers.hpp"
#include "tests/fuzz/require.hpp"
#include "tests/unit/compile/one_by_one.hpp"

using namespace cordon;
using namespace cordon::compile;
using core::EntityType;
using fuzz::require;

namespace {

const core::Protection& protection() {
    static const auto built = [] {
        core::ProtectionBuilder builder;
        builder.add_builtin_lock_out();
        builder.add_builtin_popular();
        require(builder.add_never("ours.com", "allow").has_value());
        require(builder.add_never("http://evil.org/safe", "allow").has_value());
        require(builder.add_never("8.8.8.0/28", "allow").has_value());
        return builder.build();
    }();
    return built;
}

void check_names(std::string_view list, const CompileRules& rules) {
    // The quick way needs some bytes behind a line.
    const std::string text = std::string(list) + "\n" + std::string(100, '\n');
    const auto found = compile::compile({text}, rules, protection(), Workers(1));
    require(difference(found, names_one_by_one(text, rules, protection())).empty());
    const auto again = compile::compile({text}, rules, protection(), Workers(2));
    require(entries_of(again) == entries_of(found));
}

void check_networks(std::string_view list) {
    const auto found = compile::compile({list}, {EntityType::ip, false, 0, 0}, protection(), Workers(1));
    std::uint64_t behind = 0;
    for (const auto& entry : entries_of(found)) {
        const auto network = core::parse_ipv4_range(entry);
        require(network && core::to_text(*network) == entry && network->first >= behind);
        require(core::reserved_block(*network) == nullptr);
        behind = std::uint64_t{network->last} + 1;
    }
    require(found.tally().fetched >= found.tally().counts.of(core::ReasonClass::rejected));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    check_names(bytes, {EntityType::domain, true, 0, 1});
    check_names(bytes, {EntityType::domain, false, 0, 1});
    check_names(bytes, {EntityType::url, false, 0, 1});
    check_networks(bytes);
    return 0;
}
