#pragma once

#include <cstddef>
#include <cstdint>
#include <list>
#include <string>
#include <vector>

#include "sandbox/cs/indicators.hpp"
#include "sandbox/cs/query.hpp"

namespace cordon::sandbox::cs {

/// One page of a query's rows.
struct Page {
    std::vector<std::uint32_t> slots;
    std::size_t total = 0;  ///< rows that fit, the marker clauses among them (crowdstrike-intel-api.md 6)
    bool has_more = false;
};

/// Answers queries. Remembers which rows fit the latest filters, so that a walk costs one look at
/// every row and then two binary searches a page; a change makes it look anew.
class Finder {
public:
    /// `indicators` must outlive it.
    explicit Finder(const Indicators& indicators) : indicators_(indicators) {}

    [[nodiscard]] Page find(const Query& query);

private:
    struct Hits {
        std::string key;
        std::uint64_t version = 0;
        std::vector<std::uint32_t> slots;  ///< by marker, ascending
    };
    const std::vector<std::uint32_t>& hits(const Query& query, const std::vector<const Filter*>& rest);

    const Indicators& indicators_;
    std::list<Hits> remembered_;  ///< the latest first
};

}  // namespace cordon::sandbox::cs
