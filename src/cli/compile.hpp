#pragma once

#include <cstddef>
#include <cstdint>
#include <iosfwd>
#include <optional>
#include <string>
#include <vector>

#include "core/indicator.hpp"

namespace cordon::cli {

/// How the compiled list is printed.
enum class CompileFormat : std::uint8_t {
    plain,  ///< one entry a line
    csv,    ///< header "entry", one quoted-where-needed field a row (RFC 4180, LF)
    zia,    ///< the body that ZIA takes: {"urls":[…]} or {"addresses":[…]} (zia-api.md 4.2, 6.2)
};

/// `cordon compile [--type …] [--subdomains] [--allow FILE]… [--max N] [--format …] FILE…`
struct CompileArguments {
    std::optional<core::EntityType> type;  ///< told from the first lines where not given
    bool subdomains = false;
    std::vector<std::string> allow;  ///< files of never-block data
    std::size_t max = 0;             ///< at most so many entries; 0 = all
    unsigned threads = 0;            ///< 0 = as many as there are processors
    CompileFormat format = CompileFormat::plain;
    std::vector<std::string> files;  ///< "-" is the standard input
};

/// Prints the canonical, guarded, deduplicated entries of local lists to `out`, ascending and unique, and
/// the counts to `err`. Gives the exit status: 0, or 2 with one sentence on `err` and nothing on `out`
/// when an argument or file is wrong.
int compile(const CompileArguments& arguments, std::ostream& out, std::ostream& err);

}  // namespace cordon::cli
