#include "tests/simulation/world/real_churn.hpp"

#include <zstd.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <memory>
#include <set>
#include <stdexcept>
#include <string>

#include <nlohmann/json.hpp>

#include "base/file.hpp"
#include "base/text.hpp"

namespace cordon::simulation {
namespace {

using Values = std::set<std::string>;

/// A life's list has some forty values, and a version changes a few of them.
constexpr std::size_t k_most_values = 40;
constexpr std::size_t k_changes_a_version = 4;

std::string unpacked(const std::string& packed) {
    const std::unique_ptr<ZSTD_DStream, decltype(&::ZSTD_freeDStream)> stream(::ZSTD_createDStream(),
                                                                              &::ZSTD_freeDStream);
    std::string text;
    std::string chunk(::ZSTD_DStreamOutSize(), '\0');
    for (::ZSTD_inBuffer in{packed.data(), packed.size(), 0}; in.pos < in.size;) {
        ::ZSTD_outBuffer out{chunk.data(), chunk.size(), 0};
        const auto left = ::ZSTD_decompressStream(stream.get(), &out, &in);
        if (::ZSTD_isError(left) != 0) throw std::runtime_error(::ZSTD_getErrorName(left));
        text.append(chunk, 0, out.pos);
    }
    return text;
}

/// Numbers for the values that are let through, in the order in which they are asked for.
class Numbers {
public:
    explicit Numbers(std::size_t every) : every_(every) {}
    std::vector<std::size_t> of(const nlohmann::json& values) {
        std::vector<std::size_t> numbers;
        for (const auto& value : values) {
            const auto number = numbers_.emplace(value.get<std::string>(), numbers_.size()).first->second;
            if (number % every_ == 0) numbers.push_back(number / every_);
        }
        return numbers;
    }

private:
    std::size_t every_;
    std::map<std::string, std::size_t> numbers_;
};

std::vector<nlohmann::json> deltas_in(const std::filesystem::path& folder) {
    std::vector<nlohmann::json> deltas;
    const auto packed = read_file(folder / "deltas.jsonl.zst");
    if (!packed) return deltas;
    const auto text = unpacked(*packed);
    for (const auto line : split(text, '\n')) {
        if (!line.empty()) deltas.push_back(nlohmann::json::parse(line));
    }
    return deltas;
}

RealChurn churn_of(const std::vector<nlohmann::json>& deltas) {
    std::size_t changes = 0;
    for (const auto& delta : deltas) changes += delta["add"].size() + delta["del"].size();
    Numbers numbers(std::max<std::size_t>(1, changes / (deltas.size() * k_changes_a_version)));
    RealChurn churn;
    std::set<std::size_t> seen;
    for (const auto& delta : deltas) {
        auto& change = churn.versions.emplace_back(RealChange{numbers.of(delta["add"]), numbers.of(delta["del"])});
        seen.insert(change.came.begin(), change.came.end());
        // What goes and never came was there at the beginning.
        for (const auto gone : change.gone) {
            if (seen.insert(gone).second && churn.begin.size() < k_most_values) churn.begin.push_back(gone);
        }
    }
    return churn;
}

}  // namespace

const std::vector<RealChurn>& real_churns() {
    static const auto all = [] {
        const std::filesystem::path folder = std::filesystem::path(CORDON_SHARED_DIR) / "data/replay";
        std::vector<RealChurn> churns;
        for (const char* list : {"tweetfeed_domains_30d_hourly_recent", "threatfox_ips_hourly",
                                 "blackbook_domains_daily", "tweetfeed_urls_30d_hourly_busiest"}) {
            if (const auto deltas = deltas_in(folder / list); !deltas.empty()) churns.push_back(churn_of(deltas));
        }
        return churns;
    }();
    return all;
}

}  // namespace cordon::simulation
