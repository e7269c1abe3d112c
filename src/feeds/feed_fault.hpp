#pragma once

#include <string>

namespace cordon::feeds {

/// What does not go together among the keys of a feed section and of its provider's own. Whoever shows it adds file and
/// line.
struct FeedFault {
    std::string section;
    std::string key;      ///< at which it is told
    std::string message;  ///< what is wrong and what to do; holds no secret

    /// "[falcon_a] types: ..."
    [[nodiscard]] std::string text() const { return "[" + section + "] " + key + ": " + message; }
};

}  // namespace cordon::feeds
