#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "sandbox/cs/filter.hpp"

namespace cordon::sandbox::cs {

/// What a filter looks at: one record's values by property.
class Subject {
public:
    virtual ~Subject() = default;
    /// Adds the texts under `property`; they live as long as the subject stays on its record.
    virtual void add_texts(Property property, std::vector<std::string_view>& found) = 0;
    /// Adds the epoch seconds under `property`; none where it holds texts.
    virtual void add_numbers(Property property, std::vector<std::int64_t>& found) = 0;
};

/// Decides which records a filter lets through (crowdstrike-intel-api.md 5.1): texts case-sensitive and
/// compared as strings, `_marker` among them; dates as numbers; of several values one is enough, and
/// "!" wants none. An unknown property fits nothing, also negated.
class Matcher {
public:
    /// `filter` must outlive it.
    explicit Matcher(const Filter& filter) : filter_(filter) {}
    [[nodiscard]] bool operator()(Subject& subject) { return fits(filter_, subject); }

private:
    bool fits(const Filter& filter, Subject& subject);
    bool fits(const Condition& condition, Subject& subject);

    const Filter& filter_;
    std::vector<std::string_view> texts_;
    std::vector<std::int64_t> numbers_;
};

}  // namespace cordon::sandbox::cs
