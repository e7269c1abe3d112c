#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/ip.hpp"

namespace cordon::core {

/// What else a question about one value may be about: a quick look at hundreds of thousands of entries or rows before
/// the exact rules (match.hpp, protection.hpp, canonicalise()). It says yes more often than they do, never less often.
class Concern {
public:
    enum class Reach {
        value,       ///< what blocks the value or a part of it
        neighbours,  ///< and what may be folded or joined with that: the same last two labels, the same /8
    };
    /// `value`: canonical (canonical_question).
    explicit Concern(std::string_view value, Reach reach = Reach::value);

    /// The name that it is about; "" where it is about addresses. Who may meet it names it, or is a name above it.
    [[nodiscard]] std::string_view name() const noexcept { return range_ || net_ ? std::string_view{} : host_; }
    /// Might this canonical entry block the value, or a part of it?
    [[nodiscard]] bool may_meet(std::string_view entry) const;
    /// Might this value, as a feed published it, give such an entry?
    [[nodiscard]] bool may_be_named_by(std::string_view published) const;

private:
    [[nodiscard]] bool meets_host(std::string_view host) const;

    std::string host_;  // without a leading dot; of a name
    std::optional<Ipv4Range> range_;
    std::optional<Ipv6Net> net_;
};

}  // namespace cordon::core
