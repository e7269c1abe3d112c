#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "core/indicator_mirror.hpp"

namespace cordon::feeds {

/// What one answer of /intel/combined/indicators/v1 was (crowdstrike-intel-api.md 4, 7).
struct FalconPage {
    std::uint64_t rows = 0;          ///< in the answer, invalid ones included
    std::uint64_t invalid_rows = 0;  ///< without a value, or of another type than was asked for: not taken
    std::string first_marker;        ///< of the first row; "" where there is none
    std::string last_marker;
    std::optional<std::uint64_t> total;  ///< rows from here on, as the answer says; absent where it does not
};

/// Reads pages, one after the other, without building a tree of them.
class FalconPageReader {
public:
    FalconPageReader();
    ~FalconPageReader();
    FalconPageReader(FalconPageReader&&) noexcept;
    FalconPageReader& operator=(FalconPageReader&&) noexcept;

    /// Appends the page's rows to `rows`, in the answer's order. `body` gets room for the parser behind its
    /// end. `type`: rows of another one are not taken. Control bytes and bytes that are no UTF-8 are
    /// put up with. `corrupt`, and `rows` as before: torn, no envelope,
    /// `resources` is no array (absence is not emptiness), a row without a marker, errors in a 200.
    [[nodiscard]] Result<FalconPage> read(std::string& body, std::string_view type, core::MirrorRows& rows);

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace cordon::feeds
