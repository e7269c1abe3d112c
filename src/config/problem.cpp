#include "config/problem.hpp"

#include <fmt/format.h>

#include "base/text.hpp"

namespace cordon::config {

std::string Problem::text() const {
    std::string where = file;
    if (line > 0) where += fmt::format("{}line {}", where.empty() ? "" : " ", line);
    if (!where.empty()) where += ": ";
    if (!section.empty()) where += fmt::format("[{}] ", printable(section));
    if (!key.empty()) where += fmt::format("{}: ", printable(key));
    return where + message;
}

}  // namespace cordon::config
