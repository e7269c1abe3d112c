#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "core/desired.hpp"
#include "core/list_state.hpp"
#include "core/plan.hpp"
#include "core/protection.hpp"

namespace cordon::bench {

inline const Time k_now{std::chrono::sys_days{std::chrono::year{2026} / 11 / 23}};

/// Names in an order that is none, as feeds publish them.
inline std::string name_of_host(std::uint32_t number) {
    return fmt::format("h{:x}-load.{}", number * 2654435761U, number % 3 == 0 ? "com" : "net");
}

/// One list of `rows` names of which one in a hundred is new, on a gateway that holds one in a hundred that is not
/// wanted any more; all there is ours.
class LargeList {
public:
    explicit LargeList(std::uint32_t rows) {
        const std::uint32_t changed = rows / 100;
        for (std::uint32_t i = 0; i < rows; ++i) {
            const auto day = std::chrono::floor<std::chrono::seconds>(k_now - std::chrono::days{i % 60});
            indicators_.append({name_of_host(changed + i), 65 + static_cast<int>(i % 35), day, {}});
            const auto text = name_of_host(i);
            state_.entries.push_back({text, text, core::Side::plain});
            ledger_.ours.push_back({text, core::LedgerMark::seen, core::Side::plain, 0});
        }
        const auto by_text = [](const auto& a, const auto& b) { return a.canonical < b.canonical; };
        std::sort(state_.entries.begin(), state_.entries.end(), by_text);
        std::sort(ledger_.ours.begin(), ledger_.ours.end(), by_text);
        state_.name = "large";
        state_.exists = true;
        state_.object_id = ledger_.object_id = "CUSTOM_01";
        ledger_.is_known = true;
        policy_.cap = rows;
        core::NoRejectSink nobody;
        const std::vector<core::FeedPart> parts{{"feed", &indicators_, 65}};
        desired_ = core::build_desired(parts, {}, nothing_, nobody);
    }

    [[nodiscard]] core::ListPlan plan() const {
        core::Room room;
        core::NoRejectSink nobody;
        return core::plan_list("large", core::TargetKind::url_category, &desired_, state_, ledger_, policy_, room,
                               k_now, nobody);
    }

private:
    core::IndicatorSet indicators_;
    core::Protection nothing_ = core::ProtectionBuilder{}.build();
    core::DesiredSet desired_;
    core::ListState state_;
    core::ListLedger ledger_;
    core::ListPolicy policy_;
};

/// The answer of `GET /urlCategories` with one category of `entries` names and nothing else.
inline std::string categories_answer(std::uint32_t entries) {
    std::string body =
        R"([{"id":"CUSTOM_01","configuredName":"large","superCategory":"USER_DEFINED","customCategory":true,)"
        R"("editable":true,"type":"URL_CATEGORY","val":128,"description":"","keywords":[],)"
        R"("keywordsRetainingParentCategory":[],"dbCategorizedUrls":[],"customUrlsCount":)" +
        std::to_string(entries) + R"(,"urls":[)";
    for (std::uint32_t i = 0; i < entries; ++i) {
        body += fmt::format("{}\"assets-{}.{}\"", i == 0 ? "" : ",", i, name_of_host(i));
    }
    return body + "]}]";
}

}  // namespace cordon::bench
