#include "base/result.hpp"

namespace cordon {

const char* name_of(Code code) noexcept {
    switch (code) {
        case Code::invalid: return "invalid";
        case Code::unreachable: return "unreachable";
        case Code::throttled: return "throttled";
        case Code::refused: return "refused";
        case Code::unknown: return "unknown";
        case Code::blocked: return "blocked";
        case Code::corrupt: return "corrupt";
        case Code::cancelled: return "cancelled";
    }
    return "unknown";
}

}  // namespace cordon
