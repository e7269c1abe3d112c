#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "core/entry.hpp"
#include "core/ip.hpp"
#include "core/reason.hpp"

namespace cordon::core {

/// What an entry must be to pass: the never-block data in their three kinds (design, section 4 rule 5),
/// compiled for fast look-up. Immutable once built; shared by threads.
class Protection {
public:
    /// The verdict on one canonical entry.
    struct Hit {
        Reason reason;               ///< lock_out, never or popular
        std::string list;            ///< which list said so: "built-in lock-out", a file's name ...
        std::string protected_name;  ///< the name or network that would be blocked
    };

    /// nullopt: may be blocked. A `dotted_host` entry is judged as dotted (it would also block names
    /// below it), so a caller may ask again with the exact form.
    [[nodiscard]] std::optional<Hit> hit(EntryKind kind, std::string_view text) const;

    /// The protected IPv4 addresses as the fewest networks, ascending, disjoint; to be taken out of a
    /// wider network instead of rejecting it.
    [[nodiscard]] std::vector<Ipv4Range> ipv4_networks() const;

    /// Calls `visit` with every name without which hit() would give nothing for names: those that are protected, the
    /// hosts of protected URLs, and the names above either; `reaches_below` where names below it may be protected by
    /// it.
    void for_each_name(const std::function<void(std::string_view name, bool reaches_below)>& visit) const;
    /// Any name may be protected, whatever lies above it.
    [[nodiscard]] bool has_patterns() const noexcept;

    struct Tables;

    Protection(Protection&&) noexcept;
    Protection& operator=(Protection&&) noexcept;
    ~Protection();

private:
    friend class ProtectionBuilder;
    Protection(std::unique_ptr<Tables> tables, const Protection* below);
    std::unique_ptr<Tables> tables_;
    const Protection* below_ = nullptr;  ///< is asked where the tables know nothing
};

/// Collects never-block data and compiles them.
class ProtectionBuilder {
public:
    ProtectionBuilder();
    ~ProtectionBuilder();

    /// Lock-out names and networks written by us (builtin_lock_out.cpp).
    void add_builtin_lock_out();
    /// Popular host names written by us with their criteria (builtin_popular.cpp).
    void add_builtin_popular();

    /// A host that must never be blocked, with its subdomains and URLs; for hosts of the settings (API
    /// hosts, proxies).
    void add_lock_out_host(std::string_view host, std::string_view list);
    /// A host that must not be blocked as a whole (mail domain of the ZIA login).
    void add_popular_host(std::string_view host, std::string_view list);

    /// One line or value of `[allow]`: a host, ".host", "*.host", URL, address, network. `invalid` names
    /// the value.
    Result<void> add_never(std::string_view value, std::string_view list);
    Result<void> add_popular(std::string_view value, std::string_view list);

    /// The text of a file: plain lines (# and ; comments) or a MISP warning list, told apart by content
    /// and matched by its `type` (string, hostname, substring, cidr, regex). A list of public suffixes or
    /// dynamic-DNS names is `invalid` as never. Errors name `list` and the line.
    Result<void> add_never_file(std::string_view text, std::string_view list);
    Result<void> add_popular_file(std::string_view text, std::string_view list);

    [[nodiscard]] Protection build();
    /// Protects what `below` does as well, which must outlive it; where both know an entry, this one names it.
    [[nodiscard]] Protection build_over(const Protection& below);

private:
    [[nodiscard]] std::unique_ptr<Protection::Tables> take_sorted();
    std::unique_ptr<Protection::Tables> tables_;
};

/// The number of built-in popular names, for the manual.
[[nodiscard]] std::size_t builtin_popular_count() noexcept;

}  // namespace cordon::core
