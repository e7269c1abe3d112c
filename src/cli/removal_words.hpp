#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/entry.hpp"
#include "core/ip.hpp"

namespace cordon::cli {

/// Why entries of a list come or go, by canonical text.
using PhrasesOfList = std::map<std::string, std::string, std::less<>>;

/// Of a removal until another reason is found.
inline constexpr const char* k_gone = "no longer in its feeds";

/// Says of removals whose values the feeds still give what stands for them now: join_networks, fold_hosts or
/// include_subdomains was switched, or the values around them changed.
class Successors {
public:
    /// Changes the phrases that are k_gone.
    explicit Successors(PhrasesOfList& phrases);
    /// An entry that the list shall hold; none covers another.
    void take(std::string_view entry);

private:
    /// An address, network or range that goes.
    struct Removed {
        core::Ipv4Range range;
        std::string text;
        std::string successor;          // the first that was taken
        std::uint64_t still_named = 0;  // addresses
    };
    void take_range(core::Ipv4Range range, std::string_view entry);

    PhrasesOfList& phrases_;
    std::vector<Removed> removed_;  // ascending by range
    std::uint32_t widest_ = 0;      // last - first
};

/// A list that blocks as another one does, and what it holds after the plan, ascending.
struct OtherList {
    std::string name;
    const std::vector<std::string>* keeps;
};

/// Of `removals` those that one of `others` blocks, with its entry: "list 'B': .evil.example".
[[nodiscard]] PhrasesOfList blocked_by(const std::vector<std::string>& removals, core::TargetKind target,
                                       std::span<const OtherList> others);

}  // namespace cordon::cli
