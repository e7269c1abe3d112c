#include "core/public_suffix.hpp"

#include <array>
#include <cstring>

#include <libpsl.h>

namespace cordon::core {
namespace {

/// A host as libpsl wants it: ended by NUL. Longer ones are no hosts (RFC 1035: 253 characters).
class HostText {
public:
    explicit HostText(std::string_view host) noexcept {
        if (host.size() >= bytes_.size()) return;
        std::memcpy(bytes_.data(), host.data(), host.size());
        size_ = host.size();
    }
    [[nodiscard]] bool empty() const noexcept { return size_ == 0; }
    [[nodiscard]] const char* text() const noexcept { return bytes_.data(); }

private:
    std::array<char, 256> bytes_{};
    std::size_t size_ = 0;
};

/// The newest list on this machine: the publicsuffix package's file, else the one inside libpsl. Never
/// freed: it serves every thread until the process ends.
const psl_ctx_t* list() noexcept {
    static const psl_ctx_t* const newest = [] {
        const psl_ctx_t* found = psl_latest(nullptr);
        return found != nullptr ? found : psl_builtin();
    }();
    return newest;
}

}  // namespace

bool is_public_suffix(std::string_view host) noexcept {
    const HostText text(host);
    return !text.empty() && psl_is_public_suffix2(list(), text.text(), PSL_TYPE_ANY) != 0;
}

bool is_private_suffix(std::string_view host) noexcept {
    const HostText text(host);
    return !text.empty() && psl_is_public_suffix2(list(), text.text(), PSL_TYPE_PRIVATE | PSL_TYPE_NO_STAR_RULE) != 0;
}

std::string_view registrable_domain(std::string_view host) noexcept {
    const HostText text(host);
    if (text.empty()) return {};
    const char* domain = psl_registrable_domain(list(), text.text());
    if (domain == nullptr) return {};
    return host.substr(static_cast<std::size_t>(domain - text.text()));
}

}  // namespace cordon::core
