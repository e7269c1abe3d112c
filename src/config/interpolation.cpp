#include "config/interpolation.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <set>

#include <fmt/format.h>

#include "base/text.hpp"

namespace cordon::config {
namespace {

// configparser.MAX_INTERPOLATION_DEPTH.
constexpr int k_most_depth = 10;
// Ten levels could still multiply without end ("billion laughs"); no honest file comes near this.
constexpr int k_most_steps = 10'000;

using RawValues = std::map<std::string, std::string, std::less<>>;

/// Expands the values of one section.
class Interpolation {
public:
    Interpolation(const RawValues& raw, LonePercent lone_percent) : raw_(raw), lone_percent_(lone_percent) {}

    /// nullopt: `fault()` says why.
    std::optional<std::string> expand(const std::string& text) {
        fault_.clear();
        steps_ = 0;
        std::string expanded;
        return append(text, 1, expanded) ? std::optional(std::move(expanded)) : std::nullopt;
    }
    [[nodiscard]] const std::string& fault() const noexcept { return fault_; }
    [[nodiscard]] const std::set<std::string>& referenced() const noexcept { return referenced_; }

private:
    bool refuse(std::string fault) {
        fault_ = std::move(fault);
        return false;
    }

    bool append(std::string_view rest, int depth, std::string& expanded) {
        if (depth > k_most_depth) {
            return refuse(fmt::format("%(...)s refers to itself or is nested deeper than {} levels", k_most_depth));
        }
        while (!rest.empty()) {
            if (++steps_ > k_most_steps) return refuse("%(...)s expands to far too much text");
            const auto at = rest.find('%');
            expanded += rest.substr(0, at);
            if (at == std::string_view::npos) return true;
            rest.remove_prefix(at);
            if (rest.starts_with("%%")) {
                expanded += '%';
                rest.remove_prefix(2);
            } else if (lone_percent_ == LonePercent::itself && !names_a_key(rest)) {
                expanded += '%';
                rest.remove_prefix(1);
            } else if (!rest.starts_with("%(")) {
                return refuse("a single % is not allowed in a value; write %% for a percent sign");
            } else if (!append_reference(rest, depth, expanded)) {
                return false;
            }
        }
        return true;
    }

    /// Does `rest` begin with "%(name)s", with the name of a key that there is?
    [[nodiscard]] bool names_a_key(std::string_view rest) const {
        const auto closing = rest.find(')');
        return rest.starts_with("%(") && closing != std::string_view::npos && rest.substr(closing, 2) == ")s" &&
               raw_.contains(to_lower(rest.substr(2, closing - 2)));
    }

    /// `rest` begins with "%("; moves it behind the reference.
    bool append_reference(std::string_view& rest, int depth, std::string& expanded) {
        const auto closing = rest.find(')');
        if (closing == std::string_view::npos || closing == 2 || rest.substr(closing, 2) != ")s") {
            return refuse("\"%(\" must be followed by the name of a key and \")s\"; write %% for a percent sign");
        }
        const std::string name = to_lower(rest.substr(2, closing - 2));
        rest.remove_prefix(closing + 2);
        const auto found = raw_.find(name);
        if (found == raw_.end()) {
            return refuse(
                fmt::format("%({})s names a key that neither this section nor [DEFAULT] has", printable(name)));
        }
        referenced_.insert(name);
        return append(found->second, depth + 1, expanded);
    }

    const RawValues& raw_;
    LonePercent lone_percent_;
    std::string fault_;
    std::set<std::string> referenced_;
    int steps_ = 0;
};

void inherit(IniSection& section, const IniSection& defaults, RawValues& raw) {
    for (const auto& key : section.keys) raw.emplace(key.name, key.value);
    for (const auto& key : defaults.keys) {
        if (!raw.emplace(key.name, key.value).second) continue;
        section.keys.push_back(key);
        section.keys.back().is_inherited = true;
    }
}

void mark_referenced(IniSection& section, const std::set<std::string>& names) {
    for (auto& key : section.keys) {
        if (names.contains(key.name)) key.is_referenced = true;
    }
}

}  // namespace

void inherit_and_interpolate(IniDocument& document, LonePercent lone_percent) {
    for (auto& section : document.sections) {
        RawValues raw;
        inherit(section, document.defaults, raw);
        Interpolation interpolation(raw, lone_percent);
        for (auto& key : section.keys) {
            if (auto expanded = interpolation.expand(key.value)) {
                key.value = std::move(*expanded);
                continue;
            }
            key.fault = interpolation.fault();
            if (!key.is_inherited) {
                document.problems.push_back({document.file, key.line, section.name, key.name, key.fault, true});
            }
        }
        mark_referenced(section, interpolation.referenced());
        mark_referenced(document.defaults, interpolation.referenced());
    }
}

}  // namespace cordon::config
