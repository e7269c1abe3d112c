#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace cordon::core {

/// How the values of a MISP warning list are compared (MISP/misp-warninglists, README "type").
enum class MispMatch : std::uint8_t {
    string,     ///< equal
    hostname,   ///< the host or one below it
    substring,  ///< contained
    cidr,       ///< an address in the network
    regex,      ///< matched by the expression
};

/// A MISP warning list (a JSON object with "name", "type" and "list").
struct MispWarningList {
    std::string name;
    MispMatch match = MispMatch::string;
    std::vector<std::string> values;
    /// False when "matching_attributes" names no kind of host, URL or address (hashes, mail subjects).
    bool is_about_network = true;
};

/// True where a file is JSON and not plain lines.
[[nodiscard]] bool is_json(std::string_view text) noexcept;

/// `invalid` says what is missing or unknown.
[[nodiscard]] Result<MispWarningList> read_misp_warning_list(std::string_view text);

}  // namespace cordon::core
