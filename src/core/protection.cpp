#include "core/protection.hpp"

#include <utility>

#include "core/canonical.hpp"
#include "core/ip.hpp"
#include "core/match.hpp"
#include "core/protection_tables.hpp"
#include "core/public_suffix.hpp"

namespace cordon::core {
namespace {

using Tables = Protection::Tables;
using Claim = ClaimBook::Id;  // 0 = none

constexpr std::string_view k_www = "www.";

/// An entry taken apart as the tables want it.
struct Subject {
    EntryKind kind;
    std::string_view text;
    std::string_view host;  // without leading dot and brackets
};

[[nodiscard]] Subject subject_of(EntryKind kind, std::string_view text) noexcept {
    std::string_view host = text;
    if (kind == EntryKind::dotted_host) {
        host.remove_prefix(host.starts_with('.') ? 1 : 0);
    } else if (kind == EntryKind::url) {
        host = without_brackets(host_of(text));
    }
    return {kind, text, host};
}

/// A URL entry without a path of its own ("h:8443", "h:8443/", "h/?") blocks the whole host there.
[[nodiscard]] bool blocks_whole_host(const Subject& subject) noexcept {
    if (subject.kind == EntryKind::host || subject.kind == EntryKind::dotted_host) return true;
    if (subject.kind != EntryKind::url) return false;
    auto rest =
        subject.text.substr(static_cast<std::size_t>(subject.host.data() + subject.host.size() - subject.text.data()));
    if (rest.starts_with(']')) rest.remove_prefix(1);
    const auto path = rest.find_first_of("/?#");
    if (path == std::string_view::npos) return true;
    rest.remove_prefix(path);
    return rest == "/" || rest == "?" || rest == "/?" || rest == "#" || rest == "/#";
}

/// `text` is an address, network or range; names give 0.
[[nodiscard]] Claim claim_on_address(const Tables& tables, std::string_view text) {
    if (const auto range = parse_ipv4_range(text)) return tables.ipv4.overlapping(range->first, range->last);
    const auto net = parse_ipv6_net(text);
    if (!net) return 0;
    const auto range = range_of(*net);
    return tables.ipv6.overlapping(range.first, range.last);
}

/// A protected URL that the entry blocks, or whose directory it lies in.
[[nodiscard]] Claim claim_on_urls(const Tables& tables, const Subject& subject) {
    for (const Claim claim : tables.names.urls_on(subject.host)) {
        const std::string& url = tables.claims[claim].subject;
        if (category_entry_blocks(subject.text, url) || category_entry_blocks(url, subject.text)) return claim;
    }
    return 0;
}

[[nodiscard]] Claim strict_claim_on_name(const Tables& tables, const Subject& subject) {
    if (const auto claim = tables.names.claim_on(subject.host, NameTable::Strength::strict)) return claim;
    if (const auto claim = claim_on_urls(tables, subject)) return claim;
    if (subject.kind != EntryKind::dotted_host) return 0;
    return tables.names.claim_below(subject.host, NameTable::Strength::strict);
}

/// "www.x" counts as x, since a browser's user sees no difference; "www.co.uk" and a stranger's
/// "www.github.io" do not.
[[nodiscard]] std::string_view without_www(std::string_view host) noexcept {
    if (!host.starts_with(k_www)) return host;
    const auto rest = host.substr(k_www.size());
    return is_public_suffix(rest) ? host : rest;
}

[[nodiscard]] Claim popular_claim_on(const Tables& tables, std::string_view host) {
    std::size_t covering = host.size();
    const auto claim = tables.names.claim_on(host, NameTable::Strength::popular, &covering);
    if (claim == 0 || covering == host.size()) return claim;
    // What lies below a suffix such as github.io belongs to strangers (design, section 4 rule 5).
    return covering >= registrable_domain(host).size() ? claim : 0;
}

[[nodiscard]] Claim popular_claim_on_name(const Tables& tables, const Subject& subject) {
    if (!blocks_whole_host(subject)) return 0;
    if (const auto claim = popular_claim_on(tables, subject.host)) return claim;
    const auto bare = without_www(subject.host);
    if (bare.size() != subject.host.size()) {
        if (const auto claim = popular_claim_on(tables, bare)) return claim;
    }
    if (subject.kind == EntryKind::dotted_host) {
        if (const auto claim = tables.names.claim_below(subject.host, NameTable::Strength::popular)) return claim;
    }
    return tables.popular_patterns.empty() ? 0 : tables.popular_patterns.find_in(subject.host);
}

[[nodiscard]] Claim claim_by_never_patterns(const Tables& tables, const Subject& subject) {
    if (tables.never_patterns.empty()) return 0;
    if (const auto claim = tables.never_patterns.find_in(subject.host)) return claim;
    return subject.kind == EntryKind::url ? tables.never_patterns.find_in(subject.text) : 0;
}

[[nodiscard]] Claim find_claim(const Tables& tables, const Subject& subject) {
    const bool is_named =
        subject.kind == EntryKind::host || subject.kind == EntryKind::dotted_host || subject.kind == EntryKind::url;
    if (!is_named || looks_like_address(subject.host)) {
        if (const auto claim = claim_on_address(tables, subject.host)) return claim;
    }
    const bool is_known = is_named && tables.names.knows_of(subject.host);
    if (is_known) {
        if (const auto claim = strict_claim_on_name(tables, subject)) return claim;
    }
    if (const auto claim = claim_by_never_patterns(tables, subject)) return claim;
    // "www.x" is judged as x, too.
    const bool may_be_popular = is_known || subject.host.starts_with(k_www) || !tables.popular_patterns.empty();
    return is_named && may_be_popular ? popular_claim_on_name(tables, subject) : 0;
}

}  // namespace

Protection::Hit Protection::Tables::to_hit(ClaimBook::Id claim) const {
    return {claims[claim].reason, claims.list_of(claim), claims[claim].subject};
}

std::optional<Protection::Hit> Protection::hit(EntryKind kind, std::string_view text) const {
    const auto claim = find_claim(*tables_, subject_of(kind, text));
    if (claim != 0) return tables_->to_hit(claim);
    return below_ == nullptr ? std::nullopt : below_->hit(kind, text);
}

std::vector<Ipv4Range> Protection::ipv4_networks() const {
    std::vector<Ipv4Range> networks;
    if (below_ != nullptr) networks = below_->ipv4_networks();
    tables_->ipv4.for_each([&](std::uint32_t first, std::uint32_t last) { networks.push_back({first, last}); });
    return merge_to_networks(std::move(networks));
}

void Protection::for_each_name(const std::function<void(std::string_view, bool)>& visit) const {
    tables_->names.for_each(visit);
    if (below_ != nullptr) below_->for_each_name(visit);
}

bool Protection::has_patterns() const noexcept {
    const bool has_own = !tables_->never_patterns.empty() || !tables_->popular_patterns.empty();
    return has_own || (below_ != nullptr && below_->has_patterns());
}

Protection::Protection(std::unique_ptr<Tables> tables, const Protection* below)
    : tables_(std::move(tables)), below_(below) {}
Protection::Protection(Protection&&) noexcept = default;
Protection& Protection::operator=(Protection&&) noexcept = default;
Protection::~Protection() = default;

}  // namespace cordon::core
