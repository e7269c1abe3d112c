#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"

namespace cordon::sandbox::rf {

/// Which part of a list to make: where its evolution stands, and how much of it is left.
struct Moment {
    std::size_t tick = 0;  ///< hours since the sandbox started, in list time
    double keep = 1.0;     ///< share of the rows; less = a list that lost its mass
};

/// Makes Recorded Future's lists from a seed: reserved names (.example, .test) and benchmarking addresses
/// (198.18.0.0/15, RFC 2544) only. The same arguments give the same bytes. With each tick `churn` rows
/// go, as many come, and as many change.
class Generator {
public:
    struct Sizes {
        std::size_t domains = 1'200;
        std::size_t ips = 800;
        std::size_t churn = 20;
    };
    Generator(std::uint64_t seed, Sizes sizes, Time start) : seed_(seed), sizes_(sizes), start_(start) {}

    /// Paths of Fusion files that can be made (recorded-future-api.md 5.4, 7).
    [[nodiscard]] static const std::vector<std::string>& paths();
    /// A Fusion file; nullopt for a path that is not among paths().
    [[nodiscard]] std::optional<std::string> file(std::string_view path, Moment moment) const;

    /// A risk-list CSV (7.1) of entity "ip", "domain", "url", "hash" or "vulnerability", by risk,
    /// descending; at its end a few rows of every difficult kind that the reference names (13.6).
    /// `list` is "default", "large" or a rule.
    [[nodiscard]] std::string risk_list(std::string_view entity, std::string_view list, Moment moment) const;

    /// Machine names of the entity's risk rules (4); empty for an unknown entity.
    [[nodiscard]] static std::vector<std::string> rules_of(std::string_view entity);

    /// When the lists of this tick were made.
    [[nodiscard]] Time made_at(std::size_t tick) const { return start_ + std::chrono::hours{tick}; }

private:
    struct Row {
        std::size_t id;
        std::size_t changed;  ///< tick of its last change
    };
    [[nodiscard]] std::vector<Row> rows(std::size_t count, Moment moment) const;
    [[nodiscard]] std::string name(std::string_view entity, std::size_t id) const;
    [[nodiscard]] std::string domain(std::size_t id) const;
    [[nodiscard]] std::string url(std::size_t id) const;
    [[nodiscard]] std::string address(std::size_t id) const;
    [[nodiscard]] std::uint64_t chance(std::size_t id, std::string_view what) const;
    [[nodiscard]] std::string day_of(const Row& row) const;

    [[nodiscard]] std::string weaponized(const char* key, Moment moment) const;
    [[nodiscard]] std::string controllers(Moment moment) const;
    [[nodiscard]] std::string bare_array(std::string_view path, Moment moment) const;
    [[nodiscard]] std::string single_column(Moment moment) const;
    [[nodiscard]] std::string difficult_rows(std::string_view entity, std::string_view timestamp) const;

    std::uint64_t seed_;
    Sizes sizes_;
    Time start_;
};

}  // namespace cordon::sandbox::rf
