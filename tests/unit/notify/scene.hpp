#pragma once

#include <map>
#include <string>

#include <gtest/gtest.h>

#include "notify/telling.hpp"

namespace cordon::notify::testing {

inline const Time k_morning = *parse_iso8601("2026-11-21T09:30:00Z");
inline const Teller k_teller{"host-1", "0.1.0"};

inline core::Notice guard_notice() {
    core::Notice notice;
    notice.kind = notice.about = core::NoticeKind::guard_stopped;
    notice.subject = "Prevent \"Domains\"]";
    notice.title = "The guard stopped the plan for 'Prevent Domains'";
    notice.text = "It would remove 900 of 1,000 entries. <Look> at it & decide.";
    notice.at = k_morning;
    notice.since = k_morning - std::chrono::hours{1};
    notice.run_id = "20261121T093000Z-3f2a";
    return notice;
}

/// Options as a section of these keys gives them.
inline NotifierOptions options_of(const std::map<std::string, std::string>& keys) {
    NotifierOptions options;
    options.section = "notify_ops";
    for (auto& setting : settings_of(options)) {
        const auto given = keys.find(setting.key);
        if (given == keys.end()) continue;
        const auto taken = setting.assign(given->second);
        EXPECT_TRUE(taken) << setting.key << ": " << taken.error().message;
    }
    const auto faults = faults_of(options);
    EXPECT_TRUE(faults.empty()) << faults.front().message;
    return options;
}

}  // namespace cordon::notify::testing
