#pragma once

#include <string>

namespace cordon::cli {

/// Who gives this command, for the audit log: the login name of the process's user ("user 1000" where it has none),
/// and for whom sudo runs it: "root (sudo of alice)".
[[nodiscard]] std::string operator_name();

}  // namespace cordon::cli
