#include "sandbox/cs/filter_match.hpp"

#include <algorithm>
#include <utility>

#include "base/text.hpp"
#include "sandbox/fault.hpp"

namespace cordon::sandbox::cs {
namespace {

/// The comparison that `!` and `!~` deny.
std::pair<Comparison, bool> without_denial(Comparison comparison) {
    if (comparison == Comparison::not_equal) return {Comparison::equal, true};
    if (comparison == Comparison::not_like) return {Comparison::like, true};
    return {comparison, false};
}

template <class Value>
bool in_order(const Value& found, Comparison comparison, const Value& wanted) {
    switch (comparison) {
        case Comparison::greater: return found > wanted;
        case Comparison::at_least: return found >= wanted;
        case Comparison::less: return found < wanted;
        case Comparison::at_most: return found <= wanted;
        default: return found == wanted;
    }
}

bool holds(std::string_view found, Comparison comparison, std::string_view wanted) {
    if (comparison == Comparison::like) return to_lower(found).find(to_lower(wanted)) != std::string::npos;
    if (comparison == Comparison::wildcard) return is_like(found, wanted);
    return in_order(found, comparison, wanted);
}

}  // namespace

bool Matcher::fits(const Filter& filter, Subject& subject) {
    const auto part_fits = [&](const Filter& part) { return fits(part, subject); };
    switch (filter.kind) {
        case Filter::Kind::all: return std::all_of(filter.parts.begin(), filter.parts.end(), part_fits);
        case Filter::Kind::any: return std::any_of(filter.parts.begin(), filter.parts.end(), part_fits);
        case Filter::Kind::condition: return fits(filter.condition, subject);
    }
    return false;
}

bool Matcher::fits(const Condition& condition, Subject& subject) {
    if (condition.property == Property::unknown) return false;
    const auto [comparison, is_denied] = without_denial(condition.comparison);
    bool is_found = false;
    if (is_date(condition.property)) {
        numbers_.clear();
        subject.add_numbers(condition.property, numbers_);
        for (const auto& value : condition.values) {
            if (!value.number) return false;
            for (const auto number : numbers_) is_found = is_found || in_order(number, comparison, *value.number);
        }
    } else {
        texts_.clear();
        subject.add_texts(condition.property, texts_);
        for (const auto& value : condition.values) {
            for (const auto text : texts_) is_found = is_found || holds(text, comparison, value.text);
        }
    }
    return is_found != is_denied;
}

}  // namespace cordon::sandbox::cs
