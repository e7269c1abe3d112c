#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "core/protection.hpp"

namespace cordon::core {

/// A glance at a name that spares most of them judge() (core/verdict.hpp). Whatever judge() may object to in a name
/// hangs on something that is known of it or of a name above it: a rule of the Public Suffix List, a reserved name, a
/// protected one. All of these stand here, with the names above them, so a name is clear as soon as one label after
/// another from the right leads to something unknown: for most names that is the second. What is not clear is not
/// rejected: judge() decides.
///
/// The glance also tells a name's family: a number that a name shares with every name that it may lie below and that
/// can be an entry, since public suffixes cannot. Other names share it by chance only.
/// Immutable once built; shared by threads.
class Clearance {
public:
    /// `seed` should be one that nobody knows, so that nobody can make families that are one. `protection` is not kept.
    Clearance(const Protection& protection, std::uint64_t seed);

    struct Glance {
        bool is_clear = false;
        std::uint64_t family = 0;
    };
    /// `host`: a lower-case ASCII name without empty labels or a dot at its end. A clear one passes judge() as host, as
    /// dotted host and as host of a URL, unchanged, for a URL category.
    [[nodiscard]] Glance glance(std::string_view host) const noexcept { return glance(host, dots_of(host)); }
    /// `dots`: which of the last 64 bytes of `host` are dots; the highest bit is the last byte.
    [[nodiscard]] Glance glance(std::string_view host, std::uint64_t dots) const noexcept;

private:
    enum Fact : std::uint8_t {
        k_suffix = 1,      // a public suffix: no entry
        k_asks_below = 2,  // what lies below must be judged
    };
    struct Node {
        std::uint64_t hash = 0;
        std::uint32_t text_at = 0;
        std::uint8_t text_size = 0;  // 0 = no node
        std::uint8_t facts = 0;
    };

    /// What is known of a label that ends a host.
    struct Top {
        std::uint64_t bytes = 0;  // its text, of at most eight; 0 = none
        std::uint64_t hash = 0;
        std::uint8_t facts = 0;
    };

    void note(std::string_view name, std::uint8_t facts);
    void gather_tops();
    void grow();
    /// Where the node of `name` stands, or would.
    [[nodiscard]] std::size_t slot_of(std::string_view name, std::uint64_t hash) const noexcept;
    [[nodiscard]] const Node* find(std::string_view name, std::uint64_t hash) const noexcept;
    [[nodiscard]] bool may_be_known(std::uint64_t hash) const noexcept;
    [[nodiscard]] Top top_of(std::string_view host, std::size_t start) const noexcept;
    [[nodiscard]] static std::uint64_t dots_of(std::string_view host) noexcept;

    std::uint64_t seed_;
    bool knows_all_ = true;             // false: nothing is clear
    std::vector<char> text_;            // of the nodes
    std::vector<Node> nodes_;           // a table by hash: a power of two, at most half full
    std::vector<std::uint64_t> known_;  // a bit a hash: without it, there is no node
    std::size_t count_ = 0;
    std::vector<Top> tops_;  // by their bytes: nearly every host ends in one of these
};

}  // namespace cordon::core
