#include "core/clearance.hpp"

#include <algorithm>
#include <bit>
#include <cstring>
#include <string>

// The library's code instead of calls into it: labels are short.
#define XXH_INLINE_ALL
#include <xxhash.h>

#include "core/suffix_rules.hpp"
#include "core/verdict.hpp"

namespace cordon::core {
namespace {

constexpr std::size_t k_first_nodes = std::size_t{1} << 15U;  // the suffix list's rules and some
constexpr std::size_t k_bits = std::size_t{1} << 20U;         // 128 KiB: stays in a processor's second cache
constexpr std::size_t k_longest_name = 255;

[[nodiscard]] std::size_t label_start(std::string_view host, std::size_t end) noexcept {
    while (end > 0 && host[end - 1] != '.') --end;
    return end;
}

/// A label's hash, on top of that of the labels behind it.
[[nodiscard]] std::uint64_t label_hash(std::string_view label, std::uint64_t above) noexcept {
    return XXH3_64bits_withSeed(label.data(), label.size(), above);
}

/// The label of `size` bytes that ends at `end`, as a number of its own. Eight bytes before `end` can be read.
[[nodiscard]] std::uint64_t bytes_of_top(const char* end, std::size_t size) noexcept {
    std::uint64_t bytes = 0;
    std::memcpy(&bytes, end - sizeof bytes, sizeof bytes);
    return bytes >> (8 * (sizeof bytes - size));
}

constexpr unsigned k_top_bits = 13;
constexpr std::size_t k_tops = std::size_t{1} << k_top_bits;  // there are some 1,500 top-level domains

[[nodiscard]] std::size_t slot_of_top(std::uint64_t bytes) noexcept {
    return bytes * 0x9E3779B97F4A7C15U >> (64U - k_top_bits);  // Knuth's multiplicative hash
}

/// The starts of a host's labels, the last one first.
class Labels {
public:
    Labels(std::string_view host, std::uint64_t dots) noexcept : host_(host), dots_(dots), end_(host.size()) {}

    /// Gives 0 for the first label, and is not asked again.
    [[nodiscard]] std::size_t next_start() noexcept {
        std::size_t start = 0;
        if (dots_ != 0) {
            const auto size = static_cast<std::size_t>(std::countl_zero(dots_));
            start = end_ - size;
            dots_ = size < 63 ? dots_ << (size + 1) : 0;
        } else if (host_.size() > 64) {
            start = label_start(host_, end_);
        }
        end_ = start == 0 ? 0 : start - 1;
        return start;
    }

private:
    std::string_view host_;
    std::uint64_t dots_;
    std::size_t end_;
};

/// From the end: what is looked up most is "com".
[[nodiscard]] bool equals(const char* kept, std::string_view name) noexcept {
    std::size_t left = name.size();
    while (left > 0 && kept[left - 1] == name[left - 1]) --left;
    return left == 0;
}

}  // namespace

Clearance::Clearance(const Protection& protection, std::uint64_t seed) : seed_(seed), known_(k_bits / 64) {
    nodes_.resize(k_first_nodes);
    const auto& rules = suffix_rules();
    knows_all_ = !rules.empty() && !protection.has_patterns();
    for (const SuffixRule& rule : rules) {
        note(rule.name, (rule.is_suffix ? k_suffix : 0) | (rule.is_wildcard ? k_asks_below : 0));
    }
    for (const std::string_view name : reserved_names()) note(name, k_asks_below);
    protection.for_each_name(
        [this](std::string_view name, bool reaches_below) { note(name, reaches_below ? k_asks_below : 0); });
    gather_tops();
}

/// What is known of single labels, by their bytes; where two would stand at one place, the second is left to find().
void Clearance::gather_tops() {
    tops_.resize(k_tops);
    for (const Node& node : nodes_) {
        if (node.text_size == 0 || node.text_size > sizeof(std::uint64_t)) continue;
        const std::string_view name(text_.data() + node.text_at, node.text_size);
        if (name.find('.') != std::string_view::npos) continue;
        const std::string padded = std::string(sizeof(std::uint64_t), '.').append(name);
        const std::uint64_t bytes = bytes_of_top(padded.data() + padded.size(), name.size());
        Top& top = tops_[slot_of_top(bytes)];
        if (top.bytes == 0) top = {bytes, node.hash, node.facts};
    }
}

/// With the names above it, of which nothing is known but that.
void Clearance::note(std::string_view name, std::uint8_t facts) {
    if (name.empty() || name.size() > k_longest_name) return;  // no host is longer
    std::uint64_t hash = seed_;
    for (std::size_t end = name.size(), start = 0;; end = start - 1) {
        start = label_start(name, end);
        hash = label_hash(name.substr(start, end - start), hash);
        const auto here = name.substr(start);
        if ((count_ + 1) * 2 > nodes_.size()) grow();
        Node& node = nodes_[slot_of(here, hash)];
        if (node.text_size == 0) {
            node = {hash, static_cast<std::uint32_t>(text_.size()), static_cast<std::uint8_t>(here.size()), 0};
            text_.insert(text_.end(), here.begin(), here.end());
            known_[hash % k_bits / 64] |= std::uint64_t{1} << (hash % 64);
            ++count_;
        }
        if (start > 0) continue;
        node.facts |= facts;
        return;
    }
}

void Clearance::grow() {
    std::vector<Node> old(nodes_.size() * 2);
    old.swap(nodes_);
    for (const Node& node : old) {
        if (node.text_size != 0) nodes_[slot_of({text_.data() + node.text_at, node.text_size}, node.hash)] = node;
    }
}

std::size_t Clearance::slot_of(std::string_view name, std::uint64_t hash) const noexcept {
    const std::size_t mask = nodes_.size() - 1;
    for (std::size_t slot = hash >> 20U & mask;; slot = (slot + 1) & mask) {
        const Node& node = nodes_[slot];
        if (node.text_size == 0) return slot;
        if (node.hash != hash || node.text_size != name.size()) continue;
        if (equals(text_.data() + node.text_at, name)) return slot;
    }
}

bool Clearance::may_be_known(std::uint64_t hash) const noexcept {
    return (known_[hash % k_bits / 64] >> (hash % 64) & 1U) != 0;
}

const Clearance::Node* Clearance::find(std::string_view name, std::uint64_t hash) const noexcept {
    const Node& node = nodes_[slot_of(name, hash)];
    return node.text_size == 0 ? nullptr : &node;
}

Clearance::Top Clearance::top_of(std::string_view host, std::size_t start) const noexcept {
    const auto label = host.substr(start);
    if (host.size() >= sizeof(std::uint64_t) && label.size() <= sizeof(std::uint64_t)) {
        const std::uint64_t bytes = bytes_of_top(host.data() + host.size(), label.size());
        const Top& top = tops_[slot_of_top(bytes)];
        if (top.bytes == bytes) return top;
    }
    const std::uint64_t hash = label_hash(label, seed_);
    const Node* const node = find(label, hash);
    return {0, hash, node == nullptr ? std::uint8_t{0} : node->facts};
}

std::uint64_t Clearance::dots_of(std::string_view host) noexcept {
    const auto end = host.substr(host.size() - std::min<std::size_t>(host.size(), 64));
    std::uint64_t dots = 0;
    for (const char c : end) dots = dots >> 1U | (c == '.' ? std::uint64_t{1} << 63U : 0U);
    return dots;
}

Clearance::Glance Clearance::glance(std::string_view host, std::uint64_t dots) const noexcept {
    Labels labels(host, dots);
    std::size_t start = labels.next_start();
    const Top top = top_of(host, start);
    // A single label is always a suffix (the list's rule "*").
    if (start == 0) return {false, top.hash};
    Glance seen{knows_all_ && (top.facts & k_asks_below) == 0, 0};
    bool has_family = false;
    for (std::uint64_t hash = top.hash;;) {
        const std::size_t end = start - 1;
        start = labels.next_start();
        hash = label_hash(host.substr(start, end - start), hash);
        const Node* const node = may_be_known(hash) ? find(host.substr(start), hash) : nullptr;
        if (node == nullptr) {
            if (!has_family) seen.family = hash;
            return seen;
        }
        if (!has_family && (start == 0 || (node->facts & k_suffix) == 0)) {
            has_family = true;
            seen.family = hash;
        }
        if (start == 0) return {false, seen.family};
        // "www.x" is judged as x, too.
        const bool is_www = start == 4 && host.starts_with("www.");
        if (is_www || (node->facts & k_asks_below) != 0) seen.is_clear = false;
    }
}

}  // namespace cordon::core
