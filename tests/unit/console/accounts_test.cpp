#include <sys/stat.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/file.hpp"
#include "console/password.hpp"
#include "console/throttle.hpp"
#include "tests/unit/console/visit.hpp"

namespace cordon::console {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::Not;

TEST(APassword, is_known_again_by_what_is_kept_of_it) {
    const auto kept = hash_password(Secret("correct horse battery"), {16, 1, 1}).value();
    EXPECT_THAT(kept, HasSubstr("scrypt$16$1$1$"));
    EXPECT_THAT(kept, Not(HasSubstr("horse")));
    EXPECT_TRUE(is_password(Secret("correct horse battery"), kept));
    EXPECT_FALSE(is_password(Secret("correct horse batterz"), kept));
    EXPECT_NE(hash_password(Secret("correct horse battery"), {16, 1, 1}).value(), kept);
}

TEST(APassword, is_never_right_against_what_is_no_hash) {
    for (const auto* kept : {"", "scrypt$16$1$1$aa", "plain", "scrypt$99999999999$8$1$aa$bb"})
        EXPECT_FALSE(is_password(Secret("x"), kept)) << kept;
}

TEST(APassword, has_at_least_twelve_characters) {
    EXPECT_FALSE(check_new_password(Secret("elevenchars")));
    EXPECT_TRUE(check_new_password(Secret("twelve chars")));
    EXPECT_FALSE(check_new_password(Secret(std::string(1025, 'x'))));
}

TEST(TheAccounts, are_kept_in_a_file_of_their_owner_without_any_secret) {
    Visit visit;
    visit.add_user("alice", Role::operator_);
    const auto token = visit.accounts().add_token("robot", Role::viewer, visit.world.clock.now()).value();
    struct stat status {};
    ASSERT_EQ(::stat((visit.world.folder / "console.json").c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777U, 0600U);
    const auto text = read_file(visit.world.folder / "console.json").value();
    EXPECT_THAT(text, Not(HasSubstr(Visit::k_password)));
    EXPECT_THAT(text, Not(HasSubstr(std::string(token.reveal()))));
}

TEST(TheAccounts, take_a_change_of_another_process_at_once) {
    Visit visit;
    auto accounts = visit.accounts();
    EXPECT_TRUE(accounts.book().value()->accounts.empty());
    visit.add_user("alice", Role::viewer);
    ASSERT_EQ(accounts.book().value()->accounts.size(), 1U);
    ASSERT_TRUE(visit.accounts().remove_account("alice"));
    EXPECT_TRUE(accounts.book().value()->accounts.empty());
    EXPECT_FALSE(visit.accounts().remove_account("alice"));
}

TEST(TheAccounts, say_that_a_broken_file_is_broken) {
    Visit visit;
    ASSERT_TRUE(write_file_atomically(visit.world.folder / "console.json", "{\"accounts\": [{}]}"));
    const auto book = visit.accounts().book();
    ASSERT_FALSE(book);
    EXPECT_EQ(book.error().code, Code::corrupt);
    EXPECT_EQ(visit.get("/").status, 500);
}

TEST(TheAccounts, take_only_plain_names) {
    Visit visit;
    for (const auto* name : {"", "a b", "<script>", "a\n"})
        EXPECT_FALSE(visit.accounts().put_account(name, Role::viewer, Secret("long enough it is"), {16, 1, 1})) << name;
}

TEST(TheThrottle, makes_who_fails_wait_longer_each_time) {
    Throttle throttle;
    Time now{1'000'000s};
    for (int i = 0; i < Throttle::k_free_failures; ++i) {
        EXPECT_EQ(throttle.wait("alice", "1.2.3.4", now), 0s) << i;
        throttle.note_failure("alice", "1.2.3.4", now);
    }
    EXPECT_EQ(throttle.wait("alice", "9.9.9.9", now), 2s);
    EXPECT_EQ(throttle.wait("bob", "1.2.3.4", now), 2s);
    EXPECT_EQ(throttle.wait("bob", "9.9.9.9", now), 0s);
    throttle.note_failure("alice", "1.2.3.4", now);
    EXPECT_EQ(throttle.wait("alice", "9.9.9.9", now), 4s);
    EXPECT_EQ(throttle.wait("alice", "9.9.9.9", now + 4s), 0s);
    for (int i = 0; i < 20; ++i) throttle.note_failure("alice", "1.2.3.4", now);
    EXPECT_EQ(throttle.wait("alice", "9.9.9.9", now), 300s);
    throttle.note_failure("alice", "1.2.3.4", now + 2h);
    EXPECT_EQ(throttle.wait("alice", "1.2.3.4", now + 2h), 0s);
}

TEST(TheTurnstile, lets_no_more_in_at_once_than_it_was_told) {
    Turnstile turnstile(2);
    const Turnstile::Turn first(turnstile);
    EXPECT_TRUE(first.is_in());
    {
        const Turnstile::Turn second(turnstile);
        const Turnstile::Turn third(turnstile);
        EXPECT_TRUE(second.is_in());
        EXPECT_FALSE(third.is_in());
    }
    const Turnstile::Turn later(turnstile);
    EXPECT_TRUE(later.is_in());
}

}  // namespace
}  // namespace cordon::console
