#pragma once

#include <string>

namespace cordon::gateways {

/// What does not go together in a gateway's section. Whoever shows it adds file, line, section and key.
struct SettingFault {
    std::string key;      ///< at which it is told
    std::string message;  ///< what is wrong and what to do; holds no secret
    bool is_error = true;
};

}  // namespace cordon::gateways
