// Files of never and popular data, as anyone may publish them: no input may crash, hang or break what the
// look-up promises. The first byte chooses the use.

#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "core/canonical.hpp"
#include "core/protection.hpp"

namespace {

using namespace cordon::core;

void require(bool holds) {
    if (!holds) std::abort();
}

/// A host that a plain line protects must be hit, and so must its subdomains and URLs.
void check_plain_value(std::string_view value) {
    ProtectionBuilder builder;
    if (!builder.add_never(value, "fuzz")) return;
    Canonical canonical;
    canonicalise(EntityType::domain, value, canonical);
    const auto protection = builder.build();
    if (!canonical.is_entry || canonical.kind != EntryKind::host) return;
    require(protection.hit(EntryKind::host, canonical.host).has_value());
    require(protection.hit(EntryKind::dotted_host, "." + canonical.host).has_value());
    require(protection.hit(EntryKind::host, "x." + canonical.host).has_value());
    require(protection.hit(EntryKind::url, canonical.host + "/x").has_value());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
    const bool is_popular = (data[0] & 1U) != 0;
    ProtectionBuilder builder;
    const auto added = is_popular ? builder.add_popular_file(text, "fuzz") : builder.add_never_file(text, "fuzz");
    require(added.has_value() || !added.error().message.empty());
    const auto protection = builder.build();
    static_cast<void>(protection.hit(EntryKind::host, "evil.test"));
    static_cast<void>(protection.hit(EntryKind::dotted_host, ".test"));
    static_cast<void>(protection.hit(EntryKind::url, "evil.test:8443/a/b?c=d"));
    static_cast<void>(protection.hit(EntryKind::ipv4, "198.51.100.7"));
    static_cast<void>(protection.hit(EntryKind::ipv6, "2001:db8::7"));
    check_plain_value(text.substr(0, text.find('\n')));
    return 0;
}
