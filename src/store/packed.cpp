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

/// The columns of one set while it is packed or unpacked.
struct Row {
    std::uint32_t size = 0;
    std::uint32_t last_seen = 0;
    std::uint32_t rules = 0;
    std::uint8_t risk = 0;
};

bool take_rows(Bytes& bytes, std::uint64_t rules, std::vector<Row>& rows) {
    std::uint64_t number = 0;
    for (auto& row : rows) {
        if (!bytes.take(number) || number > bytes.size()) return false;
        row.size = static_cast<std::uint32_t>(number);
        if (row.size != number) return false;
    }
    for (auto& row : rows) {
        if (!bytes.take(number) || number > 101) return false;
        row.risk = static_cast<std::uint8_t>(number);
    }
    std::int64_t last_seen = 0;
    for (auto& row : rows) {
        if (!bytes.take(number) || number > std::uint64_t{UINT32_MAX} * 2) return false;
        last_seen += from_zigzag(number);
        if (last_seen < 0 || last_seen > std::int64_t{UINT32_MAX}) return false;
        row.last_seen = static_cast<std::uint32_t>(last_seen);
    }
    for (auto& row : rows) {
        if (!bytes.take(number) || number >= rules) return false;
        row.rules = static_cast<std::uint32_t>(number);
    }
    return true;
}

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
    std::vector<Row> rows(count);
    if (!take_rules(bytes, rules) || !take_rows(bytes, rules.size(), rows)) return std::nullopt;
    core::IndicatorSet indicators;
    if (!takes) indicators.reserve(count, bytes.size());
    for (const auto& row : rows) {
        core::Indicator indicator;
        if (!bytes.take(row.size, indicator.value)) return std::nullopt;
        if (takes && !takes(indicator.value)) continue;
        if (row.risk > 0) indicator.risk = row.risk - 1;
        if (row.last_seen > 0) indicator.last_seen = std::chrono::sys_seconds{std::chrono::seconds{row.last_seen}};
        indicator.rules = rules[row.rules];
        indicators.append(indicator);
    }
    if (bytes.size() != 0) return std::nullopt;
    return indicators;
}

}  // namespace cordon::store
