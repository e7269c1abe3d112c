#pragma once

#include <array>
#include <boost/unordered/unordered_flat_map.hpp>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/digest.hpp"
#include "core/reason.hpp"

namespace cordon::core {

/// Why one name, network or pattern is protected.
struct Claim {
    Reason reason = Reason::never;  ///< lock_out, never or popular
    std::uint32_t list = 0;         ///< index into the list names
    std::string subject;            ///< the protected name, URL, network or pattern
};

/// Claims, kept once; tables refer to them by number. 0 is no claim.
class ClaimBook {
public:
    using Id = std::uint32_t;

    [[nodiscard]] Id add(Reason reason, std::string_view list, std::string_view subject);
    [[nodiscard]] const Claim& operator[](Id id) const noexcept { return claims_[id]; }
    [[nodiscard]] const std::string& list_of(Id id) const noexcept { return lists_[claims_[id].list]; }
    /// The claim to keep of two for the same name: the stronger reason, else the earlier.
    [[nodiscard]] Id stronger(Id kept, Id other) const noexcept;

private:
    std::vector<Claim> claims_{Claim{}};
    std::vector<std::string> lists_;
};

/// Protected host names: looked up label by label from the top, so that an unprotected name costs two
/// or three probes and no allocation.
class NameTable {
public:
    /// How far a name's protection reaches.
    enum class Scope { host, host_and_below };
    /// What it protects from: every entry on the host (strict), or only those that block it whole.
    enum class Strength : std::uint8_t { strict, popular };

    /// `name`: lower-case ASCII, no leading dot.
    void protect(std::string_view name, Scope scope, Strength strength, ClaimBook::Id claim, const ClaimBook& claims);
    /// A URL that must not be blocked, by its host; `claim`'s subject is the canonical URL.
    void protect_url(std::string_view host, ClaimBook::Id claim, const ClaimBook& claims);

    /// Whether anything is known of `host`, of a URL on it, or of what lies below it, or a name above it protects what
    /// lies below that. Where not, all of the following give nothing.
    [[nodiscard]] bool knows_of(std::string_view host) const noexcept;
    /// The claim on `host` itself or, where it reaches down, on a name above it; 0 = none. `covering`
    /// (where not null) becomes the size of the name that holds the claim.
    [[nodiscard]] ClaimBook::Id claim_on(std::string_view host, Strength strength,
                                         std::size_t* covering = nullptr) const noexcept;
    /// A claim on a name strictly below `host` (or, strict, on a URL of one); 0 = none.
    [[nodiscard]] ClaimBook::Id claim_below(std::string_view host, Strength strength) const noexcept;
    /// The claims of the protected URLs on exactly `host`; may be empty.
    [[nodiscard]] const std::vector<ClaimBook::Id>& urls_on(std::string_view host) const noexcept;

    /// Calls `visit(name, reaches_below)` for every name of which anything is known: the protected ones, the hosts of
    /// URLs, and all names above them.
    template <class Visit>
    void for_each(Visit visit) const {
        for (const auto& [name, node] : nodes_) {
            visit(std::string_view(name), node.reach[0].tree != 0 || node.reach[1].tree != 0);
        }
    }

private:
    struct Reach {
        ClaimBook::Id host = 0;
        ClaimBook::Id tree = 0;
        ClaimBook::Id below = 0;
    };
    struct Node {
        std::array<Reach, 2> reach{};  // by Strength
        std::uint32_t urls = 0;        // index into urls_
    };
    struct Hash {
        using is_transparent = void;
        using is_avalanching = void;
        std::size_t operator()(std::string_view name) const noexcept { return hash64(name); }
    };

    Node& node_for(std::string_view name);
    void mark_above(std::string_view name, Strength strength, ClaimBook::Id claim, const ClaimBook& claims);
    [[nodiscard]] const Node* find(std::string_view name) const noexcept;

    boost::unordered_flat_map<std::string, Node, Hash, std::equal_to<>> nodes_;
    std::vector<std::vector<ClaimBook::Id>> urls_{{}};
};

}  // namespace cordon::core
