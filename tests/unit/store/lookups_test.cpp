#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/store/store_factory.hpp"

namespace cordon::store {
namespace {

using std::chrono::hours;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

using Values = std::vector<std::string>;

class KeptLookups : public testing::Test {
protected:
    void keep(const std::string& value, Time now, core::Classification answer = {"NEWS", "", false, ""}) {
        const std::vector<core::LookedUp> answers{{value, std::move(answer)}};
        ASSERT_TRUE(store_->keep_lookups(answers, now));
    }
    Values found(const Values& asked, Time since) {
        Values values;
        const auto kept = store_->lookups(asked, since).value();
        for (const auto& one : kept) values.push_back(one.looked_up.value);
        return values;
    }

    SqliteFactory factory_;
    std::unique_ptr<Store> store_ = factory_.open();
};

TEST_F(KeptLookups, survive_reopening_with_all_that_was_said_and_when) {
    const core::Classification full{"NEWS, 'ODD'", "MALWARE_SITE, PHISHING", true, "refused [x]"};
    keep("evil.example/a?b='1'", k_noon, full);
    store_.reset();
    store_ = factory_.open();
    const auto kept = store_->lookups(Values{"evil.example/a?b='1'"}, k_noon).value();
    ASSERT_EQ(kept.size(), 1U);
    EXPECT_EQ(kept[0].looked_up.classification, full);
    EXPECT_EQ(kept[0].asked_at, k_noon);
}

TEST_F(KeptLookups, give_what_was_asked_for_and_is_young_enough) {
    keep("old.example", k_noon - hours(2));
    keep("young.example", k_noon);
    keep("other.example", k_noon);
    const Values asked{"old.example", "young.example", "unknown.example"};
    EXPECT_THAT(found(asked, k_noon - hours(1)), UnorderedElementsAre("young.example"));
    EXPECT_THAT(found(asked, k_noon - hours(2)), UnorderedElementsAre("young.example", "old.example"));
    EXPECT_THAT(found({}, k_noon), IsEmpty());
}

TEST_F(KeptLookups, are_replaced_by_a_newer_answer) {
    keep("a.example", k_noon - hours(3), {"NEWS", "", false, ""});
    keep("a.example", k_noon, {"", "PHISHING", true, ""});
    const auto kept = store_->lookups(Values{"a.example"}, k_noon).value();
    ASSERT_EQ(kept.size(), 1U);
    EXPECT_EQ(kept[0].looked_up.classification.alerts, "PHISHING");
}

TEST_F(KeptLookups, are_dropped_by_age_and_then_the_oldest) {
    for (int i = 0; i < 5; ++i) keep("h" + std::to_string(i), k_noon + hours(i));
    const Values all{"h0", "h1", "h2", "h3", "h4"};
    ASSERT_TRUE(store_->drop_lookups(k_noon + hours(1), 3));
    EXPECT_THAT(found(all, k_noon), UnorderedElementsAre("h2", "h3", "h4"));
    ASSERT_TRUE(store_->drop_lookups(k_noon, 100));
    EXPECT_EQ(found(all, k_noon).size(), 3U);
}

}  // namespace
}  // namespace cordon::store
