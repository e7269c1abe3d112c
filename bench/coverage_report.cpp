// How many of the published indicators are blocked with places for 25,000 entries, method by method, against plain
// truncation: coverage_report ../shared/data. Prints Markdown tables; says so and ends with 0 where the data are
// absent. Nothing of the data is resolved, opened or printed.

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "builtin_protection.hpp"
#include "core/canonical.hpp"
#include "core/desired.hpp"
#include "core/division.hpp"
#include "core/ip.hpp"
#include "core/list_line.hpp"
#include "core/match.hpp"
#include "core/standing.hpp"
#include "core/verdict.hpp"

namespace {

using namespace cordon;
using namespace cordon::core;
namespace fs = std::filesystem;

constexpr std::size_t k_places = 25'000;

/// One line of a feed that says something.
struct Line {
    std::string value;
    std::optional<std::chrono::sys_seconds> last_seen;  // "value # seconds since 1970"
    std::string canonical;                              // empty: no entry
    bool may_be_blocked = false;
};

struct Feed {
    std::string name;
    EntityType entity = EntityType::domain;
    std::vector<Line> lines;
};

std::optional<std::string> read_file(const fs::path& path) {
    const auto command = path.extension() == ".zst" ? fmt::format("zstd -dc --long=27 '{}'", path.string())
                                                    : fmt::format("cat '{}'", path.string());
    const std::unique_ptr<std::FILE, int (*)(std::FILE*)> pipe(popen(command.c_str(), "r"), pclose);
    if (!pipe) return std::nullopt;
    std::string text;
    std::array<char, 65536> buffer{};
    for (std::size_t count = 0; (count = std::fread(buffer.data(), 1, buffer.size(), pipe.get())) > 0;) {
        text.append(buffer.data(), count);
    }
    if (text.empty()) return std::nullopt;
    return text;
}

std::optional<std::chrono::sys_seconds> moment_behind(std::string_view line) {
    const auto at = line.rfind(" # ");
    if (at == std::string_view::npos) return std::nullopt;
    const auto digits = line.substr(at + 3);
    std::int64_t seconds = 0;
    const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), seconds);
    if (read.ec != std::errc{} || read.ptr != digits.data() + digits.size()) return std::nullopt;
    return std::chrono::sys_seconds{std::chrono::seconds{seconds}};
}

std::optional<Feed> read_feed(const fs::path& data, const std::string& path, EntityType entity) {
    const auto text = read_file(data / path);
    if (!text) return std::nullopt;
    Feed feed;
    feed.name = fs::path(path).stem().stem().string();
    feed.entity = entity;
    LineReader reader(*text);
    Canonical canonical;
    for (std::string_view whole; reader.next(whole);) {
        const auto value = value_of_line(whole);
        if (value.empty()) continue;
        Line line;
        line.value = value;
        line.last_seen = moment_behind(whole);
        canonicalise(entity, value, canonical);
        if (canonical.is_entry) {
            line.canonical = canonical.text;
            line.may_be_blocked = !judge(canonical, {target_of(entity)}, builtin_protection());
            if (line.may_be_blocked) line.canonical = canonical.text;
        }
        feed.lines.push_back(std::move(line));
    }
    return feed;
}

/// Entries as the gateway would hold them, and what they block: the rules of core/match.hpp, asked of those alone that
/// can say yes.
class Blocked {
public:
    Blocked(EntityType entity, const std::vector<std::string>& entries) : is_addresses_(entity == EntityType::ip) {
        for (const std::string& entry : entries) is_addresses_ ? add_range(entry) : add_entry(entry);
        std::sort(ranges_.begin(), ranges_.end(), [](const Range& a, const Range& b) {
            return a.range.first != b.range.first ? a.range.first < b.range.first : a.range.last > b.range.last;
        });
        std::vector<Range> outer;
        for (const Range& range : ranges_) {
            if (outer.empty() || range.range.last > outer.back().range.last) outer.push_back(range);
        }
        ranges_ = std::move(outer);
    }

    [[nodiscard]] bool has(std::string_view indicator) const {
        return is_addresses_ ? has_address(indicator) : has_url(indicator);
    }

private:
    struct Range {
        Ipv4Range range;
        std::string_view entry;
    };

    void add_range(std::string_view entry) {
        if (const auto range = parse_ipv4_range(entry)) ranges_.push_back({*range, entry});
    }
    void add_entry(std::string_view entry) {
        exact_.insert(entry);
        const auto host = host_of(entry);
        const bool blocks_itself_alone = entry.find('/') != std::string_view::npos && !entry.ends_with('/');
        if (!blocks_itself_alone) by_host_[host].push_back(entry);
    }
    [[nodiscard]] bool has_address(std::string_view indicator) const {
        const auto range = parse_ipv4_range(indicator);
        if (!range) return false;
        const auto after =
            std::upper_bound(ranges_.begin(), ranges_.end(), range->first,
                             [](const auto& first, const Range& entry) { return first < entry.range.first; });
        return after != ranges_.begin() && group_entry_blocks((after - 1)->entry, indicator);
    }
    [[nodiscard]] bool has_url(std::string_view indicator) const {
        if (exact_.contains(indicator)) return true;
        auto host = host_of(indicator);
        for (;;) {
            if (const auto found = by_host_.find(host); found != by_host_.end()) {
                for (const auto entry : found->second) {
                    if (category_entry_blocks(entry, indicator)) return true;
                }
            }
            const auto dot = host.find('.');
            if (dot == std::string_view::npos) return false;
            host.remove_prefix(dot + 1);
        }
    }

    bool is_addresses_;
    std::unordered_set<std::string_view> exact_;
    std::unordered_map<std::string_view, std::vector<std::string_view>> by_host_;
    std::vector<Range> ranges_;
};

using Feeds = std::vector<const Feed*>;

/// The different indicators of the feeds that may be blocked at all.
std::vector<std::string_view> indicators_of(const Feeds& feeds) {
    std::unordered_set<std::string_view> seen;
    std::vector<std::string_view> all;
    for (const Feed* feed : feeds) {
        for (const Line& line : feed->lines) {
            if (line.may_be_blocked && seen.insert(line.canonical).second) all.push_back(line.canonical);
        }
    }
    return all;
}

/// The feeds' lines one after another, or the first of each, then the second of each ...
void each_line(const Feeds& feeds, bool in_turn, const std::function<bool(const Line&)>& take) {
    if (!in_turn) {
        for (const Feed* feed : feeds) {
            for (const Line& line : feed->lines) {
                if (!take(line)) return;
            }
        }
        return;
    }
    std::size_t longest = 0;
    for (const Feed* feed : feeds) longest = std::max(longest, feed->lines.size());
    for (std::size_t i = 0; i < longest; ++i) {
        for (const Feed* feed : feeds) {
            if (i < feed->lines.size() && !take(feed->lines[i])) return;
        }
    }
}

struct Outcome {
    std::size_t needed = 0;  // entries for all; 0: not asked
    std::vector<std::string> chosen;
};

/// The first lines, whatever they say; an unusable one has taken its place.
Outcome truncated(const Feeds& feeds, bool in_turn) {
    Outcome outcome;
    std::size_t lines = 0;
    each_line(feeds, in_turn, [&](const Line& line) {
        if (lines++ == k_places) return false;
        if (!line.canonical.empty()) outcome.chosen.push_back(line.canonical);
        return true;
    });
    for (const Feed* feed : feeds) outcome.needed += feed->lines.size();
    return outcome;
}

/// Likewise without what may not be blocked, and each entry once.
Outcome deduplicated(const Feeds& feeds) {
    Outcome outcome;
    std::unordered_set<std::string_view> seen;
    each_line(feeds, true, [&](const Line& line) {
        if (!line.may_be_blocked || !seen.insert(line.canonical).second) return true;
        if (seen.size() <= k_places) outcome.chosen.push_back(line.canonical);
        return true;
    });
    outcome.needed = seen.size();
    return outcome;
}

struct Methods {
    bool in_group = false;
    bool saves = false;  // join_networks, fold_hosts
    bool include_subdomains = false;
    bool ranks_as_published = true;  // by the place in the file; else as Cordon ranks
};

/// A risk and a day that rank a line by its place in the file.
Indicator as_published(const Line& line, std::size_t at) {
    constexpr std::size_t k_days = 40'000;
    const std::size_t rank = 100 * k_days - at;
    const auto day = std::chrono::sys_days{std::chrono::days{1 + rank % k_days}};
    return {line.value, static_cast<int>(rank / k_days), std::chrono::sys_seconds{day}, {}};
}

/// What Cordon would choose for empty lists, one a feed.
Outcome chosen_by_cordon(const Feeds& feeds, const Methods& methods, std::size_t places) {
    std::deque<IndicatorSet> sets;
    std::deque<DesiredSet> desired;
    std::deque<Weighed> weighed;
    std::vector<Contender> contenders;
    ListState state;
    state.exists = true;
    ListLedger ledger;
    ListPolicy policy;
    policy.cap = places;
    NoRejectSink nobody;
    const auto target = target_of(feeds.front()->entity);
    for (const Feed* feed : feeds) {
        auto& set = sets.emplace_back();
        for (std::size_t i = 0; i < feed->lines.size(); ++i) {
            const Line& line = feed->lines[i];
            set.append(methods.ranks_as_published ? as_published(line, i)
                                                  : Indicator{line.value, std::nullopt, line.last_seen, {}});
        }
        ListRules rules;
        rules.entity = feed->entity;
        rules.include_subdomains = methods.include_subdomains && feed->entity == EntityType::domain;
        rules.join_networks = methods.saves && feed->entity == EntityType::ip;
        rules.fold_hosts = methods.saves && feed->entity != EntityType::ip;
        const std::vector<FeedPart> parts{{feed->name, &set, 65}};
        desired.push_back(build_desired(parts, rules, builtin_protection(), nobody));
        weighed.push_back(weigh_list(target, &desired.back(), state, ledger, policy, Time{}, {}));
        Contender contender;
        contender.list = feed->name;
        contender.target = target;
        contender.exists = true;
        contender.desired = &desired.back();
        contender.policy = &policy;
        contender.weighed = &weighed.back();
        contender.group = methods.in_group ? "all" : "";
        contenders.push_back(contender);
    }
    Room room;
    room.addresses_per_group = places;
    (feeds.front()->entity == EntityType::ip ? room.addresses : room.urls) = places;
    const auto division = divide_room(contenders, room, 0);
    std::unordered_set<std::string> chosen;
    for (std::size_t i = 0; i < contenders.size(); ++i) {
        for (std::size_t at = 0; at < desired[i].size(); ++at) {
            if (division.admissions[i].of[at] == Admission::admitted) chosen.emplace(desired[i][at].text);
        }
    }
    return {0, {chosen.begin(), chosen.end()}};
}

Outcome by_cordon(const Feeds& feeds, const Methods& methods) {
    constexpr std::size_t k_all = 10'000'000;
    auto outcome = chosen_by_cordon(feeds, methods, k_places);
    outcome.needed = chosen_by_cordon(feeds, methods, k_all).chosen.size();
    return outcome;
}

class Table {
public:
    Table(const std::string& what, Feeds feeds) : feeds_(std::move(feeds)), indicators_(indicators_of(feeds_)) {
        std::size_t lines = 0;
        for (const Feed* feed : feeds_) lines += feed->lines.size();
        fmt::print("\n{}: {} lines, {} different indicators that may be blocked\n\n", what, lines, indicators_.size());
        fmt::print("| method | entries for all of it | blocked with {} | share |\n|---|---|---|---|\n", k_places);
    }
    void row(const char* method, const Outcome& outcome) const {
        const Blocked blocked(feeds_.front()->entity, outcome.chosen);
        const auto count = std::count_if(indicators_.begin(), indicators_.end(),
                                         [&](std::string_view indicator) { return blocked.has(indicator); });
        fmt::print("| {} | {} | {} | {:.1f} % |\n", method, outcome.needed, count,
                   100.0 * static_cast<double>(count) / static_cast<double>(indicators_.size()));
        std::fflush(stdout);
    }
    void all_rows() const {
        const bool is_one = feeds_.size() == 1;
        const bool has_domains = std::any_of(feeds_.begin(), feeds_.end(),
                                             [](const Feed* feed) { return feed->entity == EntityType::domain; });
        const bool has_addresses = feeds_.front()->entity == EntityType::ip;
        row(is_one ? "the first lines" : "the first lines, one file after another", truncated(feeds_, false));
        if (!is_one) row("the first lines, the files in turn", truncated(feeds_, true));
        row("+ rejects and exact duplicates out", deduplicated(feeds_));
        Methods methods;
        row("+ covered in its own list out", by_cordon(feeds_, methods));
        if (!is_one) {
            methods.in_group = true;
            row("+ covered in the group out", by_cordon(feeds_, methods));
        }
        methods.saves = true;
        row(has_addresses ? "+ `join_networks`" : "+ `fold_hosts`", by_cordon(feeds_, methods));
        methods.ranks_as_published = false;
        row("all of these, ranked by Cordon", by_cordon(feeds_, methods));
        if (!has_domains) return;
        methods.ranks_as_published = true;
        methods.include_subdomains = true;
        row("in the file's order again, with `include_subdomains`", by_cordon(feeds_, methods));
    }

private:
    Feeds feeds_;
    std::vector<std::string_view> indicators_;
};

int report(const fs::path& data) {
    std::deque<Feed> feeds;
    const auto read = [&](const char* path, EntityType entity) {
        auto feed = read_feed(data, path, entity);
        if (!feed) {
            fmt::print("skipped: {} is not there\n", path);
            return;
        }
        feeds.push_back(std::move(*feed));
    };
    for (const char* path : {"domains/domains_romainmarcoux.txt.zst", "domains/domains_rstthreats_random100.txt.zst",
                             "domains/domains_tweetfeed.txt.zst", "domains/domains_blackbook.txt"}) {
        read(path, EntityType::domain);
    }
    for (const char* path : {"urls/urls_tweetfeed.txt.zst", "urls/urls_rstthreats_random100.txt.zst"}) {
        read(path, EntityType::url);
    }
    for (const char* path :
         {"ips/ips_ipsum_with_counts.txt.zst", "ips/ips_rstthreats_random100.txt.zst", "ips/ips_tweetfeed.txt",
          "ips/ips_threatfox.txt", "ips/ips_spamhaus_drop.txt", "ips/ips_spamhaus_edrop.txt"}) {
        read(path, EntityType::ip);
    }
    Feeds names;
    Feeds addresses;
    for (const Feed& feed : feeds) (feed.entity == EntityType::ip ? addresses : names).push_back(&feed);
    if (!names.empty()) Table("domains and URLs, one group", names).all_rows();
    if (!addresses.empty()) Table("addresses, one group", addresses).all_rows();
    for (const Feed& feed : feeds) {
        if (feed.lines.size() > k_places) Table(feed.name + " alone", {&feed}).all_rows();
    }
    return EXIT_SUCCESS;
}

}  // namespace

int main(int argument_count, char** arguments) {
    const fs::path data = argument_count > 1 ? arguments[1] : "../shared/data";
    if (!fs::is_directory(data)) {
        fmt::print("skipped: no published lists at {}\n", data.string());
        return EXIT_SUCCESS;
    }
    return report(data);
}
