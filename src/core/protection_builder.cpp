#include <fmt/format.h>

#include <optional>
#include <span>
#include <utility>

#include "base/text.hpp"
#include "core/builtin_names.hpp"
#include "core/list_line.hpp"
#include "core/misp_warning_list.hpp"
#include "core/protection.hpp"
#include "core/protection_tables.hpp"
#include "core/suffix_list.hpp"

namespace cordon::core {
namespace {

using Tables = Protection::Tables;
using Scope = NameTable::Scope;
using Strength = NameTable::Strength;

/// Warning lists are other people's: values of theirs that are no hosts or addresses are passed over up
/// to this share; beyond it the list is not what it seems.
constexpr std::size_t k_most_unreadable_percent = 20;

/// Whose protection is being added.
struct Owner {
    Reason reason;
    std::string_view list;

    [[nodiscard]] Strength strength() const noexcept {
        return reason == Reason::popular ? Strength::popular : Strength::strict;
    }
};

void add_host(Tables& tables, std::string_view name, Scope scope, const Owner& owner) {
    const auto claim = tables.claims.add(owner.reason, owner.list, name);
    tables.names.protect(name, scope, owner.strength(), claim, tables.claims);
}

void add_url(Tables& tables, const ProtectedUrl& url, const Owner& owner) {
    const auto claim = tables.claims.add(owner.reason, owner.list, url.url);
    tables.names.protect_url(url.host, claim, tables.claims);
}

/// `value` is what `written` says; `scope` is for hosts that are written without a dot.
[[nodiscard]] Result<void> add_value(Tables& tables, const ProtectedValue& value, std::string_view written, Scope scope,
                                     const Owner& owner) {
    const bool is_popular = owner.reason == Reason::popular;
    if (const auto* const host = std::get_if<ProtectedHost>(&value)) {
        add_host(tables, host->name, host->with_dot ? Scope::host_and_below : scope, owner);
        return {};
    }
    if (const auto* const url = std::get_if<ProtectedUrl>(&value)) {
        // Popular knows whole hosts only.
        if (is_popular) {
            add_host(tables, url->host, Scope::host, owner);
        } else {
            add_url(tables, *url, owner);
        }
        return {};
    }
    if (is_popular) {
        return fail(Code::invalid, fmt::format("'{}' is an address: 'popular' takes host names, put addresses and "
                                               "networks under 'never'",
                                               printable(written)));
    }
    const auto claim = tables.claims.add(owner.reason, owner.list, trim(written));
    if (const auto* const range = std::get_if<Ipv4Range>(&value)) tables.ipv4.add(range->first, range->last, claim);
    if (const auto* const range = std::get_if<Ipv6Range>(&value)) tables.ipv6.add(range->first, range->last, claim);
    return {};
}

/// One value that a person wrote: everything about it must be right.
[[nodiscard]] Result<void> add_written_value(Tables& tables, std::string_view written, const Owner& owner) {
    CORDON_TRY_ASSIGN(const ProtectedValue value, read_protected_value(written));
    const auto* const host = std::get_if<ProtectedHost>(&value);
    if (owner.reason == Reason::popular) return add_value(tables, value, written, Scope::host, owner);
    if (host != nullptr && is_registry_suffix(host->name)) {
        return fail(Code::invalid, fmt::format("'{}' is a public suffix: as 'never' it would un-block everything "
                                               "below it; name the hosts that you mean",
                                               printable(written)));
    }
    return add_value(tables, value, written, Scope::host_and_below, owner);
}

// --- plain files ---

/// The names of one hosts-file line; its usual "localhost" and other single labels say nothing.
[[nodiscard]] Result<void> add_hosts_names(Tables& tables, std::string_view names, const Owner& owner) {
    for (auto name = take_word(names); !name.empty(); name = take_word(names)) {
        if (name.find('.') == std::string_view::npos) continue;
        CORDON_TRY(add_written_value(tables, name, owner));
    }
    return {};
}

[[nodiscard]] Result<void> add_line(Tables& tables, std::string_view line, const Owner& owner) {
    const auto names = hosts_names(without_comment(line));
    if (!names.empty()) return add_hosts_names(tables, names, owner);
    const auto value = value_of_line(line);
    return value.empty() ? Result<void>{} : add_written_value(tables, value, owner);
}

[[nodiscard]] std::vector<std::string_view> values_of_lines(std::string_view text) {
    std::vector<std::string_view> values;
    LineReader reader(text);
    for (std::string_view line; reader.next(line);) {
        auto names = hosts_names(without_comment(line));
        if (!names.empty()) {
            for (auto name = take_word(names); !name.empty(); name = take_word(names)) {
                if (name.find('.') != std::string_view::npos) values.emplace_back(name);
            }
            continue;
        }
        const auto value = value_of_line(line);
        if (!value.empty()) values.emplace_back(value);
    }
    return values;
}

[[nodiscard]] Result<void> add_lines(Tables& tables, std::string_view text, const Owner& owner) {
    LineReader reader(text);
    for (std::string_view line; reader.next(line);) {
        auto added = add_line(tables, line, owner);
        if (!added) {
            return fail(Code::invalid,
                        fmt::format("{} line {}: {}", owner.list, reader.line_number(), added.error().message));
        }
    }
    return {};
}

// --- MISP warning lists ---

/// Hosts, URLs and addresses of a list of type string, hostname or cidr; gives how many could not be read.
[[nodiscard]] Result<std::size_t> add_misp_values(Tables& tables, const MispWarningList& list, const Owner& owner) {
    std::size_t unreadable = 0;
    for (const std::string& written : list.values) {
        auto value = read_protected_value(written);
        if (!value) {
            ++unreadable;
            continue;
        }
        auto scope = list.match == MispMatch::hostname ? Scope::host_and_below : Scope::host;
        if (auto* const host = std::get_if<ProtectedHost>(&*value); host != nullptr && is_registry_suffix(host->name)) {
            scope = Scope::host;  // "gov.uk" is a host too, but not everything below it
            host->with_dot = false;
        }
        CORDON_TRY(add_value(tables, *value, written, scope, owner));
    }
    return unreadable;
}

[[nodiscard]] Result<void> add_misp_patterns(Tables& tables, const MispWarningList& list, const Owner& owner) {
    auto& patterns = owner.reason == Reason::popular ? tables.popular_patterns : tables.never_patterns;
    for (const std::string& value : list.values) {
        const auto claim = tables.claims.add(owner.reason, owner.list, value);
        CORDON_TRY(list.match == MispMatch::regex ? patterns.add_regex(value, claim)
                                                  : patterns.add_substring(to_lower(trim(value)), claim));
    }
    return {};
}

[[nodiscard]] Result<void> add_misp_list(Tables& tables, const MispWarningList& list, const Owner& owner) {
    if (!list.is_about_network) {
        return fail(Code::invalid, "its \"matching_attributes\" name neither hosts nor URLs nor addresses");
    }
    if (list.match == MispMatch::cidr && owner.reason == Reason::popular) {
        return fail(Code::invalid, "it lists networks: 'popular' takes host names, put it under 'never'");
    }
    if (list.match == MispMatch::regex || list.match == MispMatch::substring) {
        return add_misp_patterns(tables, list, owner);
    }
    CORDON_TRY_ASSIGN(const std::size_t unreadable, add_misp_values(tables, list, owner));
    if (unreadable * 100 > list.values.size() * k_most_unreadable_percent) {
        return fail(Code::invalid, fmt::format("{} of its {} values are no host, URL, address or network", unreadable,
                                               list.values.size()));
    }
    return {};
}

/// A plain file has no name but its own: "lists/dynamic-dns.txt" -> "dynamic-dns.txt".
[[nodiscard]] std::string_view file_name_of(std::string_view path) noexcept {
    return path.substr(path.find_last_of('/') + 1);  // npos + 1 is 0
}

[[nodiscard]] Error about_file(std::string_view list, const Error& error) {
    return {Code::invalid, fmt::format("{}: {}", list, error.message)};
}

[[nodiscard]] Result<void> add_file(Tables& tables, std::string_view text, const Owner& owner) {
    if (trim(text).empty()) {
        return fail(Code::invalid,
                    fmt::format("{} is empty, so it protects nothing: was it cut off? Leave it out where "
                                "that is meant",
                                owner.list));
    }
    if (!is_json(text)) {
        if (owner.reason != Reason::popular) {
            const auto objection = objection_to_never(file_name_of(owner.list), values_of_lines(text));
            if (!objection.empty()) return fail(Code::invalid, fmt::format("{}: {}", owner.list, objection));
        }
        return add_lines(tables, text, owner);
    }
    const auto list = read_misp_warning_list(text);
    if (!list) return fail(about_file(owner.list, list.error()));
    if (owner.reason != Reason::popular && list->is_about_network) {
        const auto objection =
            objection_to_never(list->name, std::vector<std::string_view>(list->values.begin(), list->values.end()));
        if (!objection.empty()) return fail(Code::invalid, fmt::format("{}: {}", owner.list, objection));
    }
    const auto added = add_misp_list(tables, *list, owner);
    if (!added) return fail(about_file(owner.list, added.error()));
    return {};
}

}  // namespace

ProtectionBuilder::ProtectionBuilder() : tables_(std::make_unique<Tables>()) {}
ProtectionBuilder::~ProtectionBuilder() = default;

void ProtectionBuilder::add_builtin_lock_out() {
    for (const std::string_view name : builtin_lock_out_names()) add_lock_out_host(name, "built-in lock-out");
}

void ProtectionBuilder::add_builtin_popular() {
    for (const std::string_view name : builtin_popular_names()) add_popular_host(name, "built-in popular");
}

void ProtectionBuilder::add_lock_out_host(std::string_view host, std::string_view list) {
    auto value = read_protected_value(host);
    if (!value) return;  // a single label ("localhost"): nothing on a gateway can block it
    // "https://host/api/v1" and "host:8443" stand for their host.
    if (const auto* const url = std::get_if<ProtectedUrl>(&*value)) value = ProtectedHost{url->host, false};
    // Only popular addresses fail.
    static_cast<void>(add_value(*tables_, *value, host, Scope::host_and_below, {Reason::lock_out, list}));
}

void ProtectionBuilder::add_popular_host(std::string_view host, std::string_view list) {
    const auto value = read_protected_value(host);
    if (!value) return;
    const auto* const name = std::get_if<ProtectedHost>(&*value);
    if (name != nullptr) add_host(*tables_, name->name, Scope::host, {Reason::popular, list});
}

Result<void> ProtectionBuilder::add_never(std::string_view value, std::string_view list) {
    return add_written_value(*tables_, value, {Reason::never, list});
}

Result<void> ProtectionBuilder::add_popular(std::string_view value, std::string_view list) {
    return add_written_value(*tables_, value, {Reason::popular, list});
}

Result<void> ProtectionBuilder::add_never_file(std::string_view text, std::string_view list) {
    return add_file(*tables_, text, {Reason::never, list});
}

Result<void> ProtectionBuilder::add_popular_file(std::string_view text, std::string_view list) {
    return add_file(*tables_, text, {Reason::popular, list});
}

std::unique_ptr<Tables> ProtectionBuilder::take_sorted() {
    auto tables = std::exchange(tables_, std::make_unique<Tables>());
    tables->ipv4.sort();
    tables->ipv6.sort();
    return tables;
}

Protection ProtectionBuilder::build() {
    return {take_sorted(), nullptr};
}

Protection ProtectionBuilder::build_over(const Protection& below) {
    return {take_sorted(), &below};
}

std::size_t builtin_popular_count() noexcept {
    return builtin_popular_names().size();
}

}  // namespace cordon::core
