#include "store/packed.hpp"

#include <cstdint>
#include <map>
#include <vector>

namespace cordon::store {
namespace {

constexpr std::string_view k_mark = "CORDONS\x01";

void put_number(std::string& bytes, std::uint64_t number) {
    while (number >= 0x80) {
        bytes += static_cast<char>(number | 0x80);
        number >>= 7;
    }
    bytes += static_cast<char>(number);
}

std::uint64_t to_zigzag(std::int64_t number) {
    return static_cast<std::uint64_t>(number) << 1 ^ (number < 0 ? ~std::uint64_t{0} : 0);
}

std::int64_t from_zigzag(std::uint64_t number) {
    return static_cast<std::int64_t>(number >> 1) ^ -static_cast<std::int64_t>(number & 1);
}

/// Takes numbers and text from the front of the bytes; false where they end or are no number.
class Bytes {
public:
    explicit Bytes(std::string_view rest) : rest_(rest) {}

    bool take(std::uint64_t& number) {
        if (!rest_.empty() && static_cast<unsigned char>(rest_.front()) < 0x80) {  // most are
            number = static_cast<unsigned char>(rest_.front());
            rest_.remove_prefix(1);
            return true;
        }
        number = 0;
        for (unsigned shift = 0; shift < 64 && !rest_.empty(); shift += 7) {
            const auto byte = static_cast<unsigned char>(rest_.front());
            rest_.remove_prefix(1);
            if (shift == 63 && byte > 1) return false;
            number |= static_cast<std::uint64_t>(byte & 0x7FU) << shift;
            if (byte < 0x80) return true;
        }
        return false;
    }

    bool take(std::uint64_t size, std::string_view& text) {
        if (size > rest_.size()) return false;
        text = rest_.substr(0, size);
        rest_.remove_prefix(size);
        return true;
    }

    [[nodiscard]] std::size_t size() const noexcept { return rest_.size(); }

private:
    std::string_view rest_;
};

/// Which rows of a set are taken.
struct Wanted {
    bool is_all = true;
    std::vector<std::uint64_t> rows = {};  ///< ascending; where not all are

    [[nodiscard]] std::size_t count(std::uint64_t all) const noexcept {
        return is_all ? static_cast<std::size_t>(all) : rows.size();
    }
};

/// The wanted numbers of one column. `read` makes a value of what stands there; false where it cannot be one.
template <class Value, class Read>
bool take_column(Bytes& bytes, std::uint64_t count, const Wanted& wanted, std::vector<Value>& column, Read read) {
    column.reserve(wanted.count(count));
    for (std::uint64_t i = 0; i < count; ++i) {
        std::uint64_t number = 0;
        if (!bytes.take(number) || !read(number)) return false;
        const bool is_wanted = wanted.is_all || (column.size() < wanted.rows.size() && wanted.rows[column.size()] == i);
        if (is_wanted) column.push_back(static_cast<Value>(number));
    }
    return true;
}

/// Of the wanted rows.
struct Columns {
    std::vector<std::uint8_t> risks;
    std::vector<std::uint32_t> moments;
    std::vector<std::uint32_t> rules;

    bool take(Bytes& bytes, std::uint64_t count, std::uint64_t rule_count, const Wanted& wanted) {
        std::int64_t moment = 0;
        return take_column(bytes, count, wanted, risks, [](std::uint64_t& risk) { return risk <= 101; }) &&
               take_column(bytes, count, wanted, moments,
                           [&](std::uint64_t& number) {
                               if (number > std::uint64_t{UINT32_MAX} * 2) return false;
                               moment += from_zigzag(number);
                               number = static_cast<std::uint64_t>(moment);
                               return moment >= 0 && moment <= std::int64_t{UINT32_MAX};
                           }) &&
               take_column(bytes, count, wanted, rules, [&](std::uint64_t& rule) { return rule < rule_count; });
    }
};

bool take_rules(Bytes& bytes, std::vector<std::string_view>& rules) {
    std::uint64_t count = 0;
    if (!bytes.take(count) || count == 0 || count > bytes.size()) return false;
    for (std::uint64_t i = 0; i < count; ++i) {
        std::uint64_t size = 0;
        if (!bytes.take(size) || !bytes.take(size, rules.emplace_back())) return false;
    }
    return true;
}

}  // namespace

std::string pack(const core::IndicatorSet& indicators) {
    std::map<std::string_view, std::uint64_t> rule_ids{{{}, 0}};
    std::string sizes, risks, moments, rule_numbers, values, rules;
    put_number(rules, 0);
    std::int64_t last_seen = 0;
    for (std::size_t i = 0; i < indicators.size(); ++i) {
        const core::Indicator indicator = indicators[i];
        put_number(sizes, indicator.value.size());
        put_number(risks, indicator.risk ? static_cast<std::uint64_t>(*indicator.risk) + 1 : 0);
        const std::int64_t moment = indicator.last_seen ? indicator.last_seen->time_since_epoch().count() : 0;
        put_number(moments, to_zigzag(moment - last_seen));
        last_seen = moment;
        const auto [rule, is_new] = rule_ids.emplace(indicator.rules, rule_ids.size());
        if (is_new) {
            put_number(rules, indicator.rules.size());
            rules += indicator.rules;
        }
        put_number(rule_numbers, rule->second);
        values += indicator.value;
    }
    std::string bytes(k_mark);
    put_number(bytes, indicators.size());
    put_number(bytes, rule_ids.size());
    for (const auto* column : {&rules, &sizes, &risks, &moments, &rule_numbers, &values}) bytes += *column;
    return bytes;
}

std::optional<core::IndicatorSet> unpack(std::string_view text, const RowFilter& takes) {
    if (!text.starts_with(k_mark)) return std::nullopt;
    Bytes bytes(text.substr(k_mark.size()));
    std::uint64_t count = 0;
    // A row takes at least four bytes, so a damaged count cannot ask for more memory than the bytes are worth.
    if (!bytes.take(count) || count > bytes.size() / 4) return std::nullopt;
    std::vector<std::string_view> rules;
    if (!take_rules(bytes, rules)) return std::nullopt;
    std::vector<std::uint32_t> sizes;
    std::uint64_t size_of_values = 0;
    const auto add_up = [&](std::uint64_t& size) {
        size_of_values += size;
        return size <= UINT32_MAX && size_of_values <= text.size();
    };
    if (!take_column(bytes, count, {}, sizes, add_up) || size_of_values > bytes.size()) return std::nullopt;
    const auto values = text.substr(text.size() - size_of_values);  // the last column

    Wanted wanted{!takes};
    std::size_t at = 0;
    for (std::uint64_t i = 0; takes && i < count; at += sizes[i++]) {
        if (takes(values.substr(at, sizes[i]))) wanted.rows.push_back(i);
    }
    core::IndicatorSet indicators;
    if (takes && wanted.rows.empty()) return indicators;  // as mostly: the other columns are not even looked at
    Columns columns;
    if (!columns.take(bytes, count, rules.size(), wanted) || bytes.size() != values.size()) return std::nullopt;
    if (!takes) indicators.reserve(count, values.size());
    at = 0;
    for (std::uint64_t i = 0, taken = 0; i < count && taken < columns.risks.size(); at += sizes[i++]) {
        if (takes && wanted.rows[taken] != i) continue;
        core::Indicator indicator;
        indicator.value = values.substr(at, sizes[i]);
        if (columns.risks[taken] > 0) indicator.risk = columns.risks[taken] - 1;
        const auto moment = columns.moments[taken];
        if (moment > 0) indicator.last_seen = std::chrono::sys_seconds{std::chrono::seconds{moment}};
        indicator.rules = rules[columns.rules[taken]];
        indicators.append(indicator);
        ++taken;
    }
    return indicators;
}

}  // namespace cordon::store
