#pragma once

#include <cstdint>
#include <string>

namespace cordon::feeds {

/// What had to be changed before a file could be read.
struct Cleaning {
    std::uint64_t removed_bytes = 0;   ///< NUL and other control bytes (recorded-future-api.md 7.1)
    std::uint64_t replaced_bytes = 0;  ///< bytes that are no UTF-8, each now U+FFFD
};

/// Makes `text` valid UTF-8 without byte order mark and without control bytes other than tab, CR and LF.
/// Bad bytes become U+FFFD, as in a browser: no host name may hold it, so cleaning never makes a good
/// name out of a broken one. Costs one look where nothing is to be done.
Cleaning clean(std::string& text);

}  // namespace cordon::feeds
