#include "core/public_suffix.hpp"

#include <array>
#include <boost/unordered/unordered_flat_set.hpp>
#include <cstdint>
#include <cstring>

#include <libpsl.h>

#include "base/digest.hpp"
#include "core/suffix_rules.hpp"

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

/// What the list says only of names that a rule names or that lie right below a wildcard's: all others are ruled out at
/// a glance, by their hash.
class RuledNames {
public:
    RuledNames() {
        for (const SuffixRule& rule : suffix_rules()) {
            hashes_.insert(hash64(rule.name));
            if (rule.is_wildcard) wildcards_.insert(hash64(rule.name));
        }
    }

    /// A single label is always one (the list's rule "*").
    [[nodiscard]] bool may_be_suffix(std::string_view host) const noexcept {
        const auto dot = host.find('.');
        if (hashes_.empty() || dot == std::string_view::npos) return true;
        return hashes_.contains(hash64(host)) || wildcards_.contains(hash64(host.substr(dot + 1)));
    }

private:
    struct AsItIs {
        using is_avalanching = void;
        std::size_t operator()(std::uint64_t hash) const noexcept { return hash; }
    };
    using Hashes = boost::unordered_flat_set<std::uint64_t, AsItIs>;
    Hashes hashes_;
    Hashes wildcards_;
};

[[nodiscard]] bool may_be_suffix(std::string_view host) noexcept {
    static const RuledNames names;
    return names.may_be_suffix(host);
}

}  // namespace

bool is_public_suffix(std::string_view host) noexcept {
    return may_be_suffix(host) && is_suffix_by_the_list(host);
}

bool is_private_suffix(std::string_view host) noexcept {
    if (!may_be_suffix(host)) return false;
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

bool is_suffix_by_the_list(std::string_view host) noexcept {
    const HostText text(host);
    return !text.empty() && psl_is_public_suffix2(list(), text.text(), PSL_TYPE_ANY) != 0;
}

std::string suffix_list_file() {
    const char* const file = psl_dist_filename();
    return list() == psl_builtin() || file == nullptr ? std::string{} : std::string(file);
}

}  // namespace cordon::core
