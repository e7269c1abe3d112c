// Any bytes as a value of each list type, and as a gateway's spelling.

#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "core/canonical.hpp"
#include "core/ip.hpp"

using namespace cordon::core;

namespace {

void require(bool holds) {
    if (!holds) std::abort();
}

void check_entry(EntityType type, const Canonical& entry) {
    const auto target = target_of(type);
    require(!entry.text.empty() && entry.text.size() <= 1024);
    require(!entry.host.empty() && entry.host.size() <= 253);
    for (const char c : entry.text) require(c > ' ' && c < '\x7f');
    require(canonical_entry(target, entry.text) == entry.text);
    require(kind_of(target, entry.text) == entry.kind);
    if (type != EntityType::ip) require(host_of(entry.text) == entry.host);
    require(type != EntityType::domain || entry.kind == EntryKind::host || entry.kind == EntryKind::dotted_host);
}

/// An entry's text, read as a value of the same list, is the same entry.
void check_again(EntityType type, const Canonical& entry) {
    // A URL "http://198.51.100.0/24" has the text of a network, which no URL list means.
    if (type == EntityType::url && entry.kind == EntryKind::url && parse_ipv4_range(entry.text)) return;
    Canonical again;
    canonicalise(type, entry.text, again);
    require(again.is_entry && again.text == entry.text && again.kind == entry.kind && again.host == entry.host);
}

void check_spelling(TargetKind target, std::string_view spelling) {
    const auto once = canonical_entry(target, spelling);
    require(canonical_entry(target, once) == once);
    (void)kind_of(target, once);
    require(host_of(once).size() <= once.size());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    Canonical result;
    for (const auto type : {EntityType::domain, EntityType::url, EntityType::ip}) {
        canonicalise(type, bytes, result);
        if (result.is_entry) {
            check_entry(type, result);
            check_again(type, result);
        } else {
            require(!result.detail.empty() && result.text.empty() && result.host.empty());
        }
    }
    check_spelling(TargetKind::url_category, bytes);
    check_spelling(TargetKind::ipv4_group, bytes);
    return 0;
}
