#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "net/http_server.hpp"
#include "sandbox/cs/filter.hpp"
#include "sandbox/cs/indicator.hpp"

namespace cordon::sandbox::cs {

enum class SortField { marker, id, indicator, type, published_date, last_updated };
enum class Direction { ascending, descending };
enum class Deleted { hidden, shown };

/// What a query asks for (crowdstrike-intel-api.md 5). Not copied: the filter refers to its text.
struct Query {
    Filter filter;
    SortField sort = SortField::marker;
    Direction direction = Direction::descending;
    std::size_t limit = 0;
    std::size_t offset = 0;
    Deleted deleted = Deleted::hidden;
    Relations relations = Relations::shown;
    std::string words;                                          ///< `q`
    std::vector<std::pair<std::string, std::string>> supplied;  ///< parameters as they came
};

/// Reads the parameters of `request`, which must outlive the query. `invalid` with the service's message
/// for what it answers with 400.
[[nodiscard]] Result<Query> parse_query(const net::ServerRequest& request, std::size_t most_rows, Time now);

/// The Next-Page of a page that ends at `last_marker` (crowdstrike-intel-api.md 6): relative to the host,
/// the parameters that were supplied in the order of their names, encoded as Go's url.Values does; the
/// filter's clause for where this page began is replaced by one for where it ended.
[[nodiscard]] std::string next_page(const std::string& path, const Query& query, const std::string& last_marker);

}  // namespace cordon::sandbox::cs
