#include "cli/removal_words.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace cordon::cli {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

/// What is said of one removal where the list shall hold these entries.
std::string said_of(const char* removal, std::initializer_list<const char*> entries) {
    PhrasesOfList phrases{{removal, k_gone}};
    Successors successors(phrases);
    for (const char* entry : entries) successors.take(entry);
    return phrases.begin()->second;
}

TEST(Successors, name_what_stands_for_a_removal_now) {
    EXPECT_EQ(said_of("203.0.113.0/31", {"203.0.113.0", "203.0.113.1"}), "written anew, as 203.0.113.0 among others")
        << "join_networks was switched off";
    EXPECT_EQ(said_of("203.0.113.0/31", {"203.0.113.1"}),
              "no longer whole in its feeds; written anew, as 203.0.113.1 among others");
    EXPECT_EQ(said_of("203.0.113.0/31", {"198.51.100.0/24", "203.0.113.0/30"}), "written anew, as 203.0.113.0/30");
    EXPECT_EQ(said_of("203.0.113.3", {"203.0.113.0/30"}), "written anew, as 203.0.113.0/30");
    EXPECT_EQ(said_of("evil.example", {".evil.example"}), "written anew, as .evil.example")
        << "include_subdomains was switched on";
    EXPECT_EQ(said_of(".evil.example", {"evil.example"}), "written anew, as evil.example");
}

TEST(Successors, leave_alone_what_they_have_nothing_to_do_with) {
    for (const char* removal : {"203.0.113.0/31", "203.0.113.9", "evil.example", ".evil.example", "evil.example/x"}) {
        EXPECT_EQ(said_of(removal, {"203.0.113.4", "notevil.example", "evil.example.net", "b.evil.example"}), k_gone);
    }
    PhrasesOfList phrases{{"evil.example", "RF: on your never list"}};
    Successors(phrases).take(".evil.example");
    EXPECT_EQ(phrases["evil.example"], "RF: on your never list");
}

TEST(Removals, that_another_list_blocks_name_its_entry) {
    const std::vector<std::string> urls{".evil.example", "same.example"};
    const std::vector<std::string> more{"198.51.100.7"};
    const OtherList others[] = {{"B", &urls}, {"C", &more}};
    EXPECT_THAT(
        blocked_by({"a.evil.example", "same.example", "198.51.100.7/x", "gone.example", "x.gone.example"},
                   core::TargetKind::url_category, others),
        ElementsAre(Pair("198.51.100.7/x", "list 'C': 198.51.100.7"), Pair("a.evil.example", "list 'B': .evil.example"),
                    Pair("same.example", "list 'B': same.example")));
    EXPECT_THAT(blocked_by({"a.evil.example"}, core::TargetKind::url_category, {}), IsEmpty());
}

}  // namespace
}  // namespace cordon::cli
