#include "core/entry.hpp"

namespace cordon::core {

const char* name_of(TargetKind kind) noexcept {
    return kind == TargetKind::url_category ? "url_category" : "ipv4_group";
}

}  // namespace cordon::core
