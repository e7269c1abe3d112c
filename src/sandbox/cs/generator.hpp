#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "sandbox/cs/indicator.hpp"

namespace cordon::sandbox::cs {

/// The confidences, best first (crowdstrike-intel-api.md 8).
inline constexpr std::array<std::string_view, 4> k_confidences{"high", "medium", "low", "unverified"};

/// Makes indicators from a seed and a number: reserved names (.example, .test), documentation and
/// benchmarking addresses only. The same arguments give the same record; no two numbers give the same id.
/// The lowest numbers are the difficult values of crowdstrike-intel-api.md 14.8.
class Generator {
public:
    explicit Generator(std::uint64_t seed) : seed_(seed) {}

    [[nodiscard]] std::string_view type_of(std::uint32_t number) const;
    [[nodiscard]] std::string value_of(std::uint32_t number) const;
    /// Index into k_confidences when it is first published: nearly half are high, a fifth unverified.
    [[nodiscard]] std::uint8_t confidence_of(std::uint32_t number) const;
    /// One in 64 has been deleted before the sandbox began.
    [[nodiscard]] bool is_born_deleted(std::uint32_t number) const;
    /// Everything but what changes: dates, marker, confidence, deleted and their labels are the caller's.
    [[nodiscard]] Indicator indicator(std::uint32_t number) const;
    [[nodiscard]] std::uint64_t chance(std::uint32_t number, std::string_view what) const;

private:
    [[nodiscard]] std::string host(std::uint32_t number) const;
    [[nodiscard]] std::string url(std::uint32_t number) const;
    void describe(std::uint32_t number, Indicator& indicator) const;

    std::uint64_t seed_;
};

}  // namespace cordon::sandbox::cs
