#include "sandbox/cs/filter.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

#include "base/text.hpp"

namespace cordon::sandbox::cs {
namespace {

constexpr std::size_t k_most_properties = 20;  // crowdstrike-intel-api.md 5.1
constexpr std::size_t k_deepest = 20;

// In the order of Property.
constexpr std::array<std::string_view, 24> k_properties{
    "_marker",
    "actors",
    "deleted",
    "domain_types",
    "id",
    "indicator",
    "ip_address_types",
    "kill_chains",
    "labels",
    "labels.created_on",
    "labels.last_valid_on",
    "labels.name",
    "last_updated",
    "malicious_confidence",
    "malware_families",
    "published_date",
    "reports",
    "reports.slug",
    "scope",
    "targets",
    "threat_types",
    "type",
    "vulnerabilities",
    "unknown",
};

// Longer ones first.
constexpr std::array<std::pair<std::string_view, Comparison>, 8> k_comparisons{{
    {"!~", Comparison::not_like},
    {">=", Comparison::at_least},
    {"<=", Comparison::at_most},
    {"!", Comparison::not_equal},
    {">", Comparison::greater},
    {"<", Comparison::less},
    {"~", Comparison::like},
    {"*", Comparison::wildcard},
}};

std::string_view sign_of(Comparison comparison) {
    for (const auto& [sign, value] : k_comparisons) {
        if (value == comparison) return sign;
    }
    return "";
}

std::int64_t seconds_of(Time moment) {
    return std::chrono::floor<std::chrono::seconds>(moment).time_since_epoch().count();
}

/// "now", "now-7d", "now+1h".
std::optional<std::int64_t> relative_date(std::string_view text, Time now) {
    if (!text.starts_with("now")) return std::nullopt;
    text.remove_prefix(3);
    if (text.empty()) return seconds_of(now);
    const bool is_before = text.front() == '-';
    if (!is_before && text.front() != '+') return std::nullopt;
    const auto length = parse_duration(text.substr(1));
    if (!length) return std::nullopt;
    return seconds_of(is_before ? now - *length : now + *length);
}

std::optional<std::int64_t> number_in(std::string_view text, Time now) {
    if (const auto whole = parse_whole_number(text)) return static_cast<std::int64_t>(*whole);
    if (const auto relative = relative_date(text, now)) return relative;
    if (const auto date = parse_iso8601(text)) return seconds_of(*date);
    return std::nullopt;
}

bool is_name_character(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '.';
}

class Parser {
public:
    Parser(std::string_view text, Time now) : text_(text), now_(now) {}

    Result<Filter> whole() {
        skip_spaces();
        if (at_ == text_.size()) return Filter{};
        CORDON_TRY_ASSIGN(auto filter, alternatives(0));
        if (at_ != text_.size()) return wrong("an operator");
        return filter;
    }

private:
    /// a,b,c
    Result<Filter> alternatives(std::size_t depth) { return row(',', Filter::Kind::any, depth, &Parser::conjunction); }
    /// a+b+c
    Result<Filter> conjunction(std::size_t depth) { return row('+', Filter::Kind::all, depth, &Parser::primary); }

    Result<Filter> row(char separator, Filter::Kind kind, std::size_t depth,
                       Result<Filter> (Parser::*part)(std::size_t)) {
        const auto begin = at_;
        Filter filter;
        filter.kind = kind;
        do {
            CORDON_TRY_ASSIGN(auto one, (this->*part)(depth));
            filter.parts.push_back(std::move(one));
        } while (take(separator));
        if (filter.parts.size() == 1) return std::move(filter.parts.front());
        const auto last = filter.parts.back().source;
        const auto end = static_cast<std::size_t>(last.data() - text_.data()) + last.size();
        filter.source = text_.substr(begin, end - begin);
        return filter;
    }

    Result<Filter> primary(std::size_t depth) {
        skip_spaces();
        const auto begin = at_;
        if (!take('(')) return condition();
        if (depth == k_deepest) return wrong("fewer parentheses");
        CORDON_TRY_ASSIGN(auto filter, alternatives(depth + 1));
        if (!take(')', Spaces::stay)) return wrong("a closing parenthesis");
        filter.source = text_.substr(begin, at_ - begin);
        filter.is_grouped = true;
        skip_spaces();
        return filter;
    }

    Result<Filter> condition() {
        const auto begin = at_;
        while (at_ < text_.size() && is_name_character(text_[at_])) ++at_;
        const auto name = text_.substr(begin, at_ - begin);
        if (name.empty()) return wrong("a property");
        if (!take(':', Spaces::stay)) return wrong("a colon");
        if (++properties_ > k_most_properties) return wrong("at most 20 properties");
        Filter filter;
        filter.kind = Filter::Kind::condition;
        filter.condition.property = property_named(name);
        filter.condition.comparison = comparison();
        CORDON_TRY_ASSIGN(filter.condition.values, values());
        filter.source = text_.substr(begin, at_ - begin);
        skip_spaces();
        return filter;
    }

    Comparison comparison() {
        for (const auto& [sign, value] : k_comparisons) {
            if (!text_.substr(at_).starts_with(sign)) continue;
            at_ += sign.size();
            return value;
        }
        return Comparison::equal;
    }

    /// A value, or a list of them in brackets.
    Result<std::vector<FilterValue>> values() {
        std::vector<FilterValue> found;
        const bool is_list = take('[');
        do {
            if (is_list) skip_spaces();
            CORDON_TRY_ASSIGN(auto text, value());
            const auto number = number_in(text, now_);
            found.push_back({std::move(text), number});
        } while (is_list && take(','));
        if (is_list && !take(']', Spaces::stay)) return wrong("a closing bracket");
        return found;
    }

    Result<std::string> value() {
        if (at_ < text_.size() && (text_[at_] == '\'' || text_[at_] == '"')) return quoted(text_[at_]);
        const auto begin = at_;
        while (at_ < text_.size() && is_name_character(text_[at_])) ++at_;
        const auto bare = text_.substr(begin, at_ - begin);
        // Booleans and numbers stand bare, texts do not (5.1).
        if (bare == "true" || bare == "false" || parse_whole_number(bare)) return std::string(bare);
        at_ = begin;
        return wrong("a value");
    }

    /// A backslash takes the next character as it is.
    Result<std::string> quoted(char quote) {
        std::string value;
        for (++at_; at_ < text_.size() && text_[at_] != quote; ++at_) {
            if (text_[at_] == '\\' && at_ + 1 < text_.size()) ++at_;
            value += text_[at_];
        }
        if (!take(quote, Spaces::stay)) return wrong("a closing quote");
        return value;
    }

    enum class Spaces { skip, stay };
    bool take(char wanted, Spaces spaces = Spaces::skip) {
        if (at_ >= text_.size() || text_[at_] != wanted) return false;
        ++at_;
        if (spaces == Spaces::skip) skip_spaces();
        return true;
    }

    void skip_spaces() {
        while (at_ < text_.size() && text_[at_] == ' ') ++at_;
    }

    tl::unexpected<Error> wrong(std::string_view expected) const {
        return fail(Code::invalid, fmt::format("invalid filter: expected {} at position {}", expected, at_));
    }

    std::string_view text_;
    Time now_;
    std::size_t at_ = 0;
    std::size_t properties_ = 0;
};

std::string in_quotes(std::string_view text) {
    std::string made = "'";
    for (const char c : text) {
        if (c == '\'' || c == '\\') made += '\\';
        made += c;
    }
    return made + "'";
}

std::string text_of(const Condition& condition) {
    auto text = fmt::format("{}:{}", name_of(condition.property), sign_of(condition.comparison));
    const bool is_list = condition.values.size() > 1;
    if (is_list) text += '[';
    for (const auto& value : condition.values) {
        if (&value != condition.values.data()) text += ',';
        const bool is_number = is_date(condition.property) && value.number;
        text += is_number ? std::to_string(*value.number) : in_quotes(value.text);
    }
    return is_list ? text + ']' : text;
}

}  // namespace

Property property_named(std::string_view name) noexcept {
    const auto* const found = std::find(k_properties.begin(), k_properties.end(), name);
    return found == k_properties.end() ? Property::unknown : static_cast<Property>(found - k_properties.begin());
}

std::string_view name_of(Property property) noexcept {
    return k_properties[static_cast<std::size_t>(property)];
}

bool is_date(Property property) noexcept {
    return property == Property::last_updated || property == Property::published_date ||
           property == Property::labels_created_on || property == Property::labels_last_valid_on;
}

Result<Filter> parse_filter(std::string_view text, Time now) {
    return Parser(text, now).whole();
}

std::vector<const Filter*> Filter::conjuncts() const {
    if (kind != Kind::all) return {this};
    std::vector<const Filter*> found;
    for (const auto& part : parts) found.push_back(&part);
    return found;
}

bool Filter::names(Property property) const {
    if (kind == Kind::condition) return condition.property == property;
    return std::any_of(parts.begin(), parts.end(), [property](const Filter& part) { return part.names(property); });
}

std::string text_of(const Filter& filter) {
    if (filter.kind == Filter::Kind::condition) return text_of(filter.condition);
    std::string text;
    for (const auto& part : filter.parts) {
        if (&part != filter.parts.data()) text += filter.kind == Filter::Kind::all ? '+' : ',';
        const bool is_row = part.kind != Filter::Kind::condition;
        text += is_row ? "(" + text_of(part) + ")" : text_of(part);
    }
    return text;
}

}  // namespace cordon::sandbox::cs
