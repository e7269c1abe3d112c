#pragma once

#include <functional>
#include <optional>
#include <span>
#include <stop_token>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "gateways/gateway.hpp"
#include "gateways/zia/api.hpp"
#include "gateways/zia/batches.hpp"
#include "gateways/zia/comparison.hpp"

namespace cordon::gateways::zia {

/// A plan on its way to one object, whatever its kind: what was there, what ZIA took, what became of it.
struct Delivery {
    Wire& wire;
    std::size_t batch_size;
    Time now;
    const std::stop_token& stop;
    std::span<const core::PresentEntry> before{};
    std::vector<Change> to_remove{};
    Accepted accepted{};
    Applied applied{};
    int lost = 0;            ///< answers so far
    Wire::Waited waited{0};  ///< for them
};

/// What only the kind of object knows.
struct Steps {
    Endpoint endpoint;  ///< that the first batch goes to
    std::function<Answered<void>(Batch, Direction)> send;
    /// Adds what the object holds already, with nothing else changed; empty: there is nothing such.
    std::function<Answered<void>(const Change&)> send_unchanged;
};

/// Sends additions or removals in batches; takes down what was accepted and what was refused. Why it ended early;
/// nullopt: everything was sent. A search for bad entries takes at most half of what is left of the hour's calls, so
/// that other lists can still be written.
[[nodiscard]] std::optional<ApiError> deliver(Delivery& delivery, const Steps& steps, Batch changes,
                                              Direction direction);

/// Whether the next write would surely fare as this one did, or must not be made.
[[nodiscard]] bool ends_all_writes(const ApiError& failure) noexcept;

/// Notes whether a write may have been applied.
void note_write(Delivery& delivery, const Answered<net::Response>& answer);

/// A write whose answer was lost and that was read back and not applied (design rule 7): waits, and gives the error
/// that lets it go again, or one that ends it.
[[nodiscard]] ApiError not_applied(Delivery& delivery, ApiError lost);

/// The object of a list answer that has this name; without an id where there is none.
template <class Object, class List>
[[nodiscard]] Answered<Object> named_one(Answered<List> list, const std::string& name) {
    if (!list) return tl::unexpected(std::move(list).error());
    const auto* named = find_named(list->wanted, name);
    return named == nullptr ? Object{} : *named;
}

/// For what an operator reads: `kind` is "category" or "IP group", `unlisted` what an unseen namesake may be,
/// `name_advice` what a name may hold.
[[nodiscard]] Error explained(const ApiError& failure, std::string_view kind, std::string_view name,
                              std::string_view unlisted, std::string_view name_advice);

/// The plan would leave nothing, and a list is never emptied (design rule 4).
[[nodiscard]] Error would_be_emptied(std::string_view kind, std::string_view name);

}  // namespace cordon::gateways::zia
