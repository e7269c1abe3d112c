#include "engine/room_notes.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace cordon::engine {
namespace {

using core::PoolShares;
using testing::HasSubstr;
using testing::IsEmpty;

PoolShares::Share share_of(const char* list, std::size_t reserve, std::size_t wanted, std::size_t given) {
    PoolShares::Share share;
    share.list = list;
    share.reserve = reserve;
    share.wanted = wanted;
    share.given = given;
    return share;
}

PoolShares urls(std::size_t room, std::size_t headroom, std::size_t held_back, std::vector<PoolShares::Share> lists) {
    PoolShares pool;
    pool.what = "URLs";
    pool.room = room;
    pool.headroom = headroom;
    pool.held_back = held_back;
    pool.lists = std::move(lists);
    return pool;
}

TEST(RoomNotes, name_the_settings_that_hold_room_back_and_the_lists_they_hold_it_for) {
    EXPECT_THAT(holders_of(urls(100, 0, 0, {share_of("A", 50, 60, 60)})), IsEmpty());
    EXPECT_EQ(holders_of(urls(100, 500, 0, {})), "quota_headroom leaves 500 to people");
    EXPECT_EQ(holders_of(urls(9'000, 500, 2'000,
                              {share_of("A", 3'000, 1'000, 1'000), share_of("B", 10, 20, 20), share_of("C", 0, 9, 9)})),
              "quota_headroom leaves 500 to people, and reserve keeps 2,000 for 'A'");
    EXPECT_EQ(holders_of(urls(0, 0, 2'000, {share_of("A", 3'000, 1'000, 1'000)}), "A"), "") << "nothing from itself";
}

TEST(RoomNotes, stand_behind_the_reason_for_which_an_entry_got_no_place) {
    ListJob groups;
    groups.target.list = groups.first_list = "IPs";
    ListJob second = groups;
    second.target.list = "IPs (2)";
    second.continues = 0;
    ListJob beside = second;
    beside.target.list = "IPs (overflow)";
    ListJob names;
    names.target.list = names.first_list = "Names";
    const ListJob jobs[] = {groups, second, beside, names};
    auto addresses = urls(5, 0, 3, {share_of("IPs", 0, 9, 7), share_of("Others", 10, 7, 7)});
    addresses.what = "addresses";
    core::Division division;
    division.pools = {addresses, urls(0, 20, 0, {share_of("IPs (overflow)", 0, 9, 0)})};
    division.admissions.resize(4);
    for (auto& admissions : division.admissions) admissions.no_room_because = "no room";
    name_holders(division, jobs);
    EXPECT_EQ(division.admissions[0].no_room_because, "no room (reserve keeps 3 for 'Others')");
    EXPECT_EQ(division.admissions[1].no_room_because, "no room (reserve keeps 3 for 'Others')");
    EXPECT_EQ(division.admissions[2].no_room_because, "no room (quota_headroom leaves 20 to people)");
    EXPECT_EQ(division.admissions[3].no_room_because, "no room") << "no room was divided for it";
}

TEST(RoomNotes, tell_of_reserves_that_the_tenant_has_no_room_for) {
    EXPECT_THAT(note_on_reserves(urls(900, 0, 500, {share_of("A", 1'000, 500, 500)})), IsEmpty());
    EXPECT_THAT(note_on_reserves(urls(400, 0, 400, {share_of("A", 1'000, 500, 500), share_of("B", 7, 7, 7)})),
                HasSubstr("reserve keeps 1,007 URLs for 'A', 'B', and the tenant has not so much room: reserve less"));
    EXPECT_THAT(note_on_reserves(urls(0, 50, 0, {share_of("A", 1'000, 2'000, 900)})),
                HasSubstr("not so much room (quota_headroom leaves 50 to people): reserve less"));
    EXPECT_THAT(note_on_reserves(urls(0, 0, 0, {share_of("frozen", 1'000, 0, 0)})), IsEmpty());
    auto unknown = urls(0, 0, 600, {share_of("A", 1'000, 400, 400)});
    unknown.room.reset();
    EXPECT_THAT(note_on_reserves(unknown), IsEmpty());
}

}  // namespace
}  // namespace cordon::engine
