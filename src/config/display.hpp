#pragma once

#include <string>
#include <string_view>

namespace cordon::config {

/// `text` with the user and password of every URL in it replaced: "http://***@proxy.example:8080". Values
/// such as proxies may carry credentials, and no secret reaches a message (design, section 4 rule 10).
[[nodiscard]] std::string mask_credentials(std::string_view text);

}  // namespace cordon::config
