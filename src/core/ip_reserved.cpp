// Special-purpose address blocks: IANA IPv4 and IPv6 Special-Purpose Address Registries (RFC 6890 and
// updates, as of 2025) and the multicast registries (RFC 5771, RFC 4291). Blocks that the registries call
// globally reachable are listed too: they are infrastructure (AS112, NAT64, AMT), never an indicator.

#include <algorithm>

#include "core/ip.hpp"

namespace cordon::core {
namespace {

struct Ipv4Block {
    std::uint32_t first;
    unsigned prefix;
    const char* name;
    bool is_rehearsal = false;

    [[nodiscard]] constexpr std::uint32_t last() const noexcept { return first | (0xffffffffU >> prefix); }
};

constexpr std::uint32_t quad(unsigned a, unsigned b, unsigned c) noexcept {
    return a << 24U | b << 16U | c << 8U;
}

constexpr std::array k_ipv4_blocks{
    Ipv4Block{quad(0, 0, 0), 8, "0.0.0.0/8 this network"},
    Ipv4Block{quad(10, 0, 0), 8, "10.0.0.0/8 private"},
    Ipv4Block{quad(100, 64, 0), 10, "100.64.0.0/10 carrier-grade NAT"},
    Ipv4Block{quad(127, 0, 0), 8, "127.0.0.0/8 loopback"},
    Ipv4Block{quad(169, 254, 0), 16, "169.254.0.0/16 link-local"},
    Ipv4Block{quad(172, 16, 0), 12, "172.16.0.0/12 private"},
    Ipv4Block{quad(192, 0, 0), 24, "192.0.0.0/24 IETF protocol assignments"},
    Ipv4Block{quad(192, 0, 2), 24, "192.0.2.0/24 documentation", true},
    Ipv4Block{quad(192, 31, 196), 24, "192.31.196.0/24 AS112"},
    Ipv4Block{quad(192, 52, 193), 24, "192.52.193.0/24 AMT"},
    Ipv4Block{quad(192, 88, 99), 24, "192.88.99.0/24 6to4 relay anycast"},
    Ipv4Block{quad(192, 168, 0), 16, "192.168.0.0/16 private"},
    Ipv4Block{quad(192, 175, 48), 24, "192.175.48.0/24 AS112"},
    Ipv4Block{quad(198, 18, 0), 15, "198.18.0.0/15 benchmarking", true},
    Ipv4Block{quad(198, 51, 100), 24, "198.51.100.0/24 documentation", true},
    Ipv4Block{quad(203, 0, 113), 24, "203.0.113.0/24 documentation", true},
    Ipv4Block{quad(224, 0, 0), 4, "224.0.0.0/4 multicast"},
    Ipv4Block{quad(240, 0, 0), 4, "240.0.0.0/4 reserved and broadcast"},
};

struct Ipv6Block {
    Ipv6Net net;
    const char* name;
};

constexpr Ipv6Net net_of(unsigned a, unsigned b, unsigned c, std::uint8_t prefix) noexcept {
    Ipv6Net net;
    const std::array groups{a, b, c};
    for (std::size_t i = 0; i < groups.size(); ++i) {
        net.address[2 * i] = static_cast<std::uint8_t>(groups[i] >> 8U);
        net.address[2 * i + 1] = static_cast<std::uint8_t>(groups[i] & 0xffU);
    }
    net.prefix = prefix;
    return net;
}

// ::/96 holds the unspecified and the loopback address and the deprecated IPv4-compatible ones
// (RFC 4291, 2.5.5.1); ::ffff:0:0/96 is spelled out below since its bits lie in the sixth group.
constexpr Ipv6Net mapped_ipv4() noexcept {
    Ipv6Net net;
    net.address[10] = 0xff;
    net.address[11] = 0xff;
    net.prefix = 96;
    return net;
}

constexpr Ipv6Net k_ipv6_documentation = net_of(0x2001, 0x0db8, 0, 32);

constexpr std::array k_ipv6_blocks{
    Ipv6Block{net_of(0, 0, 0, 96), "::/96 unspecified, loopback and IPv4-compatible"},
    Ipv6Block{mapped_ipv4(), "::ffff:0:0/96 IPv4-mapped"},
    Ipv6Block{net_of(0x64, 0xff9b, 0, 96), "64:ff9b::/96 NAT64"},
    Ipv6Block{net_of(0x64, 0xff9b, 1, 48), "64:ff9b:1::/48 NAT64"},
    Ipv6Block{net_of(0x100, 0, 0, 63), "100::/63 discard-only and dummy"},
    Ipv6Block{net_of(0x2001, 0, 0, 23), "2001::/23 IETF protocol assignments"},
    Ipv6Block{k_ipv6_documentation, "2001:db8::/32 documentation"},
    Ipv6Block{net_of(0x2002, 0, 0, 16), "2002::/16 6to4"},
    Ipv6Block{net_of(0x2620, 0x4f, 0x8000, 48), "2620:4f:8000::/48 AS112"},
    Ipv6Block{net_of(0x3fff, 0, 0, 20), "3fff::/20 documentation"},
    Ipv6Block{net_of(0x5f00, 0, 0, 16), "5f00::/16 segment routing"},
    Ipv6Block{net_of(0xfc00, 0, 0, 7), "fc00::/7 unique local"},
    Ipv6Block{net_of(0xfe80, 0, 0, 10), "fe80::/10 link-local"},
    Ipv6Block{net_of(0xfec0, 0, 0, 10), "fec0::/10 site-local"},
    Ipv6Block{net_of(0xff00, 0, 0, 8), "ff00::/8 multicast"},
};

bool share_first_bits(const Ipv6Net& a, const Ipv6Net& b, unsigned bits) noexcept {
    const std::size_t whole = bits / 8;
    if (!std::equal(a.address.begin(), a.address.begin() + static_cast<std::ptrdiff_t>(whole), b.address.begin())) {
        return false;
    }
    return bits % 8 == 0 || (a.address[whole] ^ b.address[whole]) >> (8U - bits % 8) == 0;
}

bool overlap(const Ipv6Net& a, const Ipv6Net& b) noexcept {
    return share_first_bits(a, b, std::min(a.prefix, b.prefix));
}

}  // namespace

std::vector<Ipv4Range> reserved_ipv4_blocks() {
    std::vector<Ipv4Range> blocks;
    for (const Ipv4Block& block : k_ipv4_blocks) blocks.push_back({block.first, block.last()});
    return blocks;
}

const char* reserved_block(Ipv4Range range) noexcept {
    for (const auto& block : k_ipv4_blocks) {
        if (range.first <= block.last() && block.first <= range.last) return block.name;
    }
    return nullptr;
}

const char* reserved_block(const Ipv6Net& net) noexcept {
    for (const auto& block : k_ipv6_blocks) {
        if (overlap(net, block.net)) return block.name;
    }
    return nullptr;
}

bool is_rehearsal_block(Ipv4Range range) noexcept {
    return std::any_of(k_ipv4_blocks.begin(), k_ipv4_blocks.end(), [&](const Ipv4Block& block) {
        return block.is_rehearsal && block.first <= range.first && range.last <= block.last();
    });
}

bool is_rehearsal_block(const Ipv6Net& net) noexcept {
    return net.prefix >= k_ipv6_documentation.prefix && overlap(net, k_ipv6_documentation);
}

}  // namespace cordon::core
