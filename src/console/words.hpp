#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.hpp"
#include "console/views.hpp"
#include "engine/entry_table.hpp"
#include "net/server.hpp"

// What requests say, and links that say it again.
namespace cordon::console {

/// The fields of a form or of a flat JSON object of texts. `invalid`: another type of content, or none of it.
[[nodiscard]] Result<std::map<std::string, std::string>> fields_of(const net::ServerRequest& request);

/// From 1; 1 where the request names none.
[[nodiscard]] std::size_t page_of(const net::ServerRequest& request) noexcept;
/// q, state, sort, order and page.
[[nodiscard]] Result<engine::EntryQuery> entry_query_of(const net::ServerRequest& request, std::size_t rows_a_page);

/// The request's path and query with these values instead of its own; "" takes one out.
[[nodiscard]] std::string link_with(const net::ServerRequest& request,
                                    const std::vector<std::pair<std::string, std::string>>& values);

/// Adds page, pages, previous_link and next_link.
void add_paging(Json& view, const net::ServerRequest& request, std::size_t total, std::size_t rows_a_page);
/// Adds what the entries' page needs to sort and filter: a link a column and a state.
void add_entry_links(Json& view, const net::ServerRequest& request);

/// `next` where it is a path of this site, else "/".
[[nodiscard]] std::string safe_next(std::string_view next);

}  // namespace cordon::console
