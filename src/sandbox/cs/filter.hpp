#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/result.hpp"

namespace cordon::sandbox::cs {

/// What a filter can name (crowdstrike-intel-api.md 5.1, "Filterable").
enum class Property {
    marker,
    actors,
    deleted,
    domain_types,
    id,
    indicator,
    ip_address_types,
    kill_chains,
    labels,
    labels_created_on,
    labels_last_valid_on,
    labels_name,
    last_updated,
    malicious_confidence,
    malware_families,
    published_date,
    reports,
    reports_slug,
    scope,
    targets,
    threat_types,
    type,
    vulnerabilities,
    unknown,  ///< a name that the service does not know
};

enum class Comparison {
    equal,
    not_equal,  ///< !
    greater,
    at_least,
    less,
    at_most,
    like,      ///< ~ the text holds the value, whatever its case
    not_like,  ///< !~
    wildcard,  ///< * the value has '*' for any run of characters
};

/// One value of a condition. `number` is set where the text is a whole number, an ISO 8601 date or a
/// relative one ("now-7d").
struct FilterValue {
    std::string text;
    std::optional<std::int64_t> number;
};

/// `property:[comparison]value`; several values are a list of alternatives.
struct Condition {
    Property property = Property::unknown;
    Comparison comparison = Comparison::equal;
    std::vector<FilterValue> values;
};

/// A filter in FQL, the subset of crowdstrike-intel-api.md 5.1 and 14.3, as a tree. "+" binds tighter
/// than ",".
struct Filter {
    enum class Kind { condition, all, any };
    Kind kind = Kind::all;  ///< `all` without parts fits everything
    Condition condition;
    std::vector<Filter> parts;
    std::string_view source;  ///< where it stands in the text that was read, with its parentheses
    bool is_grouped = false;  ///< in parentheses

    /// Its conditions that are joined by "+" at the top; itself where it is no such row.
    [[nodiscard]] std::vector<const Filter*> conjuncts() const;
    [[nodiscard]] bool names(Property property) const;
};

/// Reads a filter; "" fits everything. Relative dates count from `now`. The result refers to `text`.
/// `invalid` on a syntax error and on more than 20 properties.
[[nodiscard]] Result<Filter> parse_filter(std::string_view text, Time now);

/// The filter written in one way, whatever the quotes, spaces and dates it came with: dates as epoch seconds.
[[nodiscard]] std::string text_of(const Filter& filter);

/// "_marker" and so on.
[[nodiscard]] Property property_named(std::string_view name) noexcept;
[[nodiscard]] std::string_view name_of(Property property) noexcept;
/// Holds epoch seconds rather than texts.
[[nodiscard]] bool is_date(Property property) noexcept;

}  // namespace cordon::sandbox::cs
