#include "sandbox/cs/indicators.hpp"

#include <algorithm>
#include <array>
#include <functional>
#include <set>
#include <system_error>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/digest.hpp"
#include "base/file.hpp"
#include "base/text.hpp"

namespace cordon::sandbox::cs {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t k_most_file_bytes = std::size_t{4} << 30U;
constexpr std::uint32_t k_span = 90 * 86'400;  // what is generated spreads over so many seconds
constexpr std::uint32_t k_newest_age = 60;
constexpr std::size_t k_tries = 256;
constexpr std::uint8_t k_low = 2;
constexpr std::uint8_t k_unverified = 3;

constexpr std::array<std::pair<std::string_view, Change>, 7> k_changes{{
    {"publish", Change::publish},
    {"touch", Change::touch},
    {"downgrade", Change::downgrade},
    {"upgrade", Change::upgrade},
    {"relabel", Change::relabel},
    {"delete", Change::remove},
    {"undelete", Change::restore},
}};

// What the rows of a tick live through, in turn.
constexpr std::array k_cycle{
    Change::publish, Change::touch,     Change::remove,  Change::publish, Change::downgrade,
    Change::touch,   Change::publish,   Change::relabel, Change::touch,   Change::restore,
    Change::publish, Change::downgrade, Change::remove,  Change::publish, Change::upgrade,
    Change::touch,   Change::publish,   Change::remove,  Change::touch,   Change::touch,
};

std::uint32_t epoch_seconds(Time moment) {
    return static_cast<std::uint32_t>(std::chrono::floor<std::chrono::seconds>(moment).time_since_epoch().count());
}

void add_labels(std::string_view prefix, const Texts& values, const Indicator& of, std::vector<Label>& labels) {
    for (const auto& value : values) {
        labels.push_back({fmt::format("{}/{}", prefix, value), of.published_date, of.last_updated});
    }
}

std::string capitalised(std::string_view text) {
    std::string made(text);
    if (!made.empty() && made.front() >= 'a' && made.front() <= 'z')
        made.front() = static_cast<char>(made.front() - 'a' + 'A');
    return made;
}

/// Labels are a superset of the other lists (crowdstrike-intel-api.md 7).
std::vector<Label> labels_of(const Indicator& indicator) {
    std::vector<Label> labels;
    labels.reserve(8);
    add_labels("MaliciousConfidence", {capitalised(indicator.malicious_confidence)}, indicator, labels);
    add_labels("KillChain", indicator.kill_chains, indicator, labels);
    add_labels("Malware", indicator.malware_families, indicator, labels);
    add_labels("Actor", indicator.actors, indicator, labels);
    add_labels("ThreatType", indicator.threat_types, indicator, labels);
    add_labels("Target", indicator.targets, indicator, labels);
    add_labels("DomainType", indicator.domain_types, indicator, labels);
    add_labels("IPAddressType", indicator.ip_address_types, indicator, labels);
    add_labels("Vulnerability", indicator.vulnerabilities, indicator, labels);
    return labels;
}

bool is_address(std::string_view type) {
    return type.starts_with("ip_address");
}

}  // namespace

std::optional<Change> change_named(std::string_view name) noexcept {
    for (const auto& [text, change] : k_changes) {
        if (text == name) return change;
    }
    return std::nullopt;
}

Indicators::Indicators(Generator generator, Sizes sizes, Time now) : generator_(generator), sizes_(sizes) {
    for (const auto confidence : k_confidences) name(confidence);
    sizes_.cluster = std::max<std::size_t>(1, sizes_.cluster);
    rows_.reserve(sizes_.rows);
    const auto newest = epoch_seconds(now) - k_newest_age;
    const auto clusters = std::max<std::size_t>(1, sizes_.rows / sizes_.cluster);
    const auto step = std::max<std::size_t>(1, k_span / clusters);
    for (std::size_t i = 0; i < sizes_.rows; ++i) {
        const auto age = std::min<std::size_t>((i / sizes_.cluster) * step, newest);
        generate(next_number_++, newest - static_cast<std::uint32_t>(age));
    }
    sort_all();
}

std::uint16_t Indicators::name(std::string_view text) {
    if (const auto found = name_numbers_.find(text); found != name_numbers_.end()) return found->second;
    const auto number = static_cast<std::uint16_t>(names_.size());
    names_.emplace_back(text);
    name_numbers_.emplace(text, number);
    return number;
}

void Indicators::generate(std::uint32_t number, std::uint32_t seconds) {
    Row row;
    row.marker = marker(seconds);
    row.number = number;
    row.published = seconds - static_cast<std::uint32_t>(generator_.chance(number, "published") % 8'000'000);
    row.type = name(generator_.type_of(number));
    row.confidence = generator_.confidence_of(number);
    row.is_deleted = generator_.is_born_deleted(number);
    rows_.push_back(row);
}

Marker Indicators::marker(std::uint32_t seconds) {
    const auto number = markers_++;
    return {seconds, generator_.chance(static_cast<std::uint32_t>(number), "marker"),
            generator_.chance(static_cast<std::uint32_t>(number), "rest of the marker")};
}

std::uint32_t Indicators::next_second(Time now) const {
    const auto newest = order_.empty() ? 0 : rows_[order_.back()].marker.seconds;
    return std::max(epoch_seconds(now), newest + 1);
}

void Indicators::sort_all() {
    order_.resize(rows_.size());
    for (std::size_t slot = 0; slot < rows_.size(); ++slot) order_[slot] = static_cast<std::uint32_t>(slot);
    std::sort(order_.begin(), order_.end(),
              [this](std::uint32_t a, std::uint32_t b) { return rows_[a].marker < rows_[b].marker; });
    ++version_;
}

/// Brings rows with markers behind all others to their place.
void Indicators::settle(const std::vector<std::uint32_t>& changed) {
    if (changed.empty()) return;
    for (const auto slot : changed) rows_[slot].is_changing = true;
    std::erase_if(order_, [this](std::uint32_t slot) { return rows_[slot].is_changing; });
    const auto begin = order_.insert(order_.end(), changed.begin(), changed.end());
    std::sort(begin, order_.end(),
              [this](std::uint32_t a, std::uint32_t b) { return rows_[a].marker < rows_[b].marker; });
    for (const auto slot : changed) rows_[slot].is_changing = false;
    ++version_;
}

bool Indicators::alter(Row& row, Change change) const {
    if (row.is_deleted != (change == Change::restore)) return false;
    switch (change) {
        case Change::downgrade:
            if (row.confidence >= k_low) return false;
            ++row.confidence;
            return true;
        case Change::upgrade:
            if (row.confidence == 0 || row.confidence > k_unverified) return false;
            --row.confidence;
            return true;
        case Change::relabel:
            if (row.is_known_good) return false;
            row.is_known_good = true;
            return true;
        case Change::remove: row.is_deleted = true; return true;
        case Change::restore: row.is_deleted = false; return true;
        default: return true;
    }
}

bool Indicators::change(std::uint32_t slot, Change change, Time now) {
    if (!alter(rows_[slot], change)) return false;
    rows_[slot].marker = marker(next_second(now));
    settle({slot});
    return true;
}

/// Changes the first row from a drawn one on that can live through `change` and has not just changed.
std::optional<std::uint32_t> Indicators::suitable(Change change, std::uint64_t draw) {
    for (std::size_t i = 0; i < std::min(k_tries, rows_.size()); ++i) {
        const auto slot = static_cast<std::uint32_t>((draw + i) % rows_.size());
        if (!rows_[slot].is_changing && alter(rows_[slot], change)) return slot;
    }
    return std::nullopt;
}

void Indicators::tick_once(Time now) {
    const auto second = next_second(now);
    std::vector<std::uint32_t> changed;
    for (std::size_t i = 0; i < sizes_.churn; ++i) {
        const auto change = k_cycle[i % k_cycle.size()];
        std::optional<std::uint32_t> slot;
        if (change == Change::publish) {
            slot = static_cast<std::uint32_t>(rows_.size());
            generate(next_number_++, second);
            rows_.back().is_deleted = false;
            rows_.back().published = second;
        } else if (!rows_.empty()) {
            slot = suitable(change, generator_.chance(static_cast<std::uint32_t>(markers_), "victim"));
        }
        if (!slot) continue;
        rows_[*slot].marker = marker(second);
        rows_[*slot].is_changing = true;
        changed.push_back(*slot);
    }
    settle(changed);
}

void Indicators::tick(std::size_t ticks, Time now) {
    for (std::size_t i = 0; i < ticks; ++i) tick_once(now);
}

Result<void> Indicators::publish(std::string_view json, Marking marking, Time now) {
    Indicator read;
    try {
        read = indicator_of_json(json);
    } catch (const nlohmann::json::exception&) {
        return fail(Code::invalid, "this is no indicator: a JSON object with type and indicator as in the reference");
    }
    if (read.type.empty() || read.indicator.empty())
        return fail(Code::invalid, "an indicator needs type and indicator");
    Row row;
    row.number = static_cast<std::uint32_t>(given_.size());
    row.type = name(read.type);
    row.confidence = static_cast<std::uint8_t>(name(read.malicious_confidence));
    row.is_deleted = read.deleted;
    row.is_given = true;
    const bool keeps = marking == Marking::own && read_marker(read.marker, row.marker);
    if (!keeps) row.marker = marker(next_second(now));
    row.published = read.published_date > 0 ? static_cast<std::uint32_t>(read.published_date) : row.marker.seconds;
    auto object = Json::parse(json);
    if (read.id.empty()) object["id"] = read.type + "_" + read.indicator;
    given_.push_back(object.dump(-1, ' ', false, Json::error_handler_t::replace));
    if (marking == Marking::own) {  // load() sorts at its end
        rows_.push_back(row);
        return {};
    }
    auto slot = find(object["id"].get<std::string>());
    if (!slot) {
        slot = static_cast<std::uint32_t>(rows_.size());
        rows_.emplace_back();
    }
    rows_[*slot] = row;
    settle({*slot});
    return {};
}

Result<void> Indicators::load(const std::filesystem::path& folder, Time now) {
    std::set<std::filesystem::path> files;
    std::error_code failed;
    for (const auto& entry : std::filesystem::directory_iterator(folder, failed)) {
        if (entry.path().extension() == ".jsonl") files.insert(entry.path());
    }
    for (const auto& file : files) {
        CORDON_TRY_ASSIGN(const auto text, read_file(file, k_most_file_bytes));
        std::size_t number = 0;
        for (const auto line : split(text, '\n')) {
            ++number;
            if (trim(line).empty()) continue;
            if (const auto done = publish(trim(line), Marking::own, now); !done) {
                return fail(Code::invalid,
                            fmt::format("{} line {}: {}.", printable(file.string()), number, done.error().message));
            }
        }
    }
    sort_all();
    return {};
}

std::string Indicators::id_of(std::uint32_t slot) const {
    const auto& row = rows_[slot];
    if (!row.is_given) return fmt::format("{}_{}", type_of(row), generator_.value_of(row.number));
    return Json::parse(given_[row.number]).at("id").get<std::string>();
}

std::optional<std::uint32_t> Indicators::find(const std::string& id) const {
    if (ids_.size() < rows_.size()) {
        for (auto slot = static_cast<std::uint32_t>(ids_.size()); slot < rows_.size(); ++slot)
            ids_.emplace_back(hash64(id_of(slot)), slot);
        std::sort(ids_.begin(), ids_.end());
    }
    const auto hash = hash64(id);
    for (auto at = std::lower_bound(ids_.begin(), ids_.end(), std::pair{hash, std::uint32_t{0}});
         at != ids_.end() && at->first == hash; ++at) {
        if (id_of(at->second) == id) return at->second;
    }
    return std::nullopt;
}

Indicator Indicators::indicator(std::uint32_t slot) const {
    const auto& row = rows_[slot];
    auto made = row.is_given ? indicator_of_json(given_[row.number]) : generator_.indicator(row.number);
    made.deleted = row.is_deleted;
    made.published_date = row.published;
    made.last_updated = row.marker.seconds;
    made.marker = text_of(row.marker);
    made.malicious_confidence = confidence_of(row);
    if (row.is_known_good) (is_address(made.type) ? made.threat_types : made.domain_types).emplace_back("KnownGood");
    if (row.is_given) {
        if (row.is_known_good)
            add_labels(is_address(made.type) ? "ThreatType" : "DomainType", {"KnownGood"}, made, made.labels);
        return made;
    }
    made.labels = labels_of(made);
    for (auto& relation : made.relations) relation.created_date = relation.last_valid_date = row.published;
    return made;
}

void Indicators::append_record(std::uint32_t slot, Relations relations, std::string& json) const {
    const auto& row = rows_[slot];
    if (!row.is_given) return append_json(indicator(slot), relations, json);
    // As it was given, with odd and missing fields, but for what has changed.
    auto object = Json::parse(given_[row.number]);
    object["deleted"] = row.is_deleted;
    object["published_date"] = row.published;
    object["last_updated"] = row.marker.seconds;
    object["_marker"] = text_of(row.marker);
    object["malicious_confidence"] = confidence_of(row);
    if (relations == Relations::dropped) object["relations"] = Json::array();
    if (row.is_known_good) {
        Json label{{"name", "DomainType/KnownGood"},
                   {"created_on", row.marker.seconds},
                   {"last_valid_on", row.marker.seconds}};
        if (!object["labels"].is_array()) object["labels"] = Json::array();
        object["labels"].push_back(label);
    }
    json += object.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace cordon::sandbox::cs
