#include "gateways/zia/batches.hpp"

#include <algorithm>
#include <set>

#include <gtest/gtest.h>

namespace cordon::gateways::zia {
namespace {

using Strings = std::vector<std::string>;

/// A server that takes batches all or nothing.
struct Server {
    std::set<std::string, std::less<>> bad;
    bool names = true;
    Cause unnamed = Cause::bad_entries;
    std::optional<std::size_t> most;  // more entries: 413
    std::optional<ApiError> always;
    int calls = 0;
    Strings taken;

    Answered<void> operator()(Batch batch) {
        ++calls;
        if (always) return tl::unexpected(*always);
        if (most && batch.size() > *most) return tl::unexpected(ApiError{Cause::too_large, {Code::refused, "413"}});
        std::string named;
        for (const auto& change : batch) {
            if (bad.contains(change.text)) named += (named.empty() ? "" : ", ") + std::string(change.text);
        }
        if (!named.empty()) {
            return tl::unexpected(
                names ? ApiError{Cause::bad_entries, {Code::refused, "400"}, "Invalid urls [" + named + "]"}
                      : ApiError{unnamed, {Code::refused, "400"}, "no"});
        }
        for (const auto& change : batch) taken.emplace_back(change.text);
        return {};
    }
};

struct Case {
    Strings texts;
    std::vector<Change> changes;
    explicit Case(std::size_t count) {
        for (std::size_t i = 0; i < count; ++i) texts.push_back("e" + std::to_string(i));
        for (const auto& text : texts) changes.push_back({text, text, core::Side::plain});
    }
    BatchOutcome send(Server& server, std::size_t batch_size, const Search& search = {}) const {
        return send_in_batches(
            changes, batch_size, [&](Batch batch) { return server(batch); }, search);
    }
};

Strings refused_of(const BatchOutcome& outcome) {
    Strings texts;
    for (const auto& refused : outcome.refused) texts.emplace_back(refused.change.text);
    std::sort(texts.begin(), texts.end());
    return texts;
}

TEST(Batches, hold_at_most_the_batch_size_and_keep_the_order) {
    const Case input(25);
    Server server;
    const auto outcome = input.send(server, 10);
    EXPECT_EQ(server.calls, 3);
    EXPECT_EQ(server.taken, input.texts);
    EXPECT_EQ(outcome.accepted.size(), 25U);
    EXPECT_FALSE(outcome.failure);
}

TEST(Batches, of_nothing_send_nothing) {
    Server server;
    EXPECT_TRUE(Case(0).send(server, 10).accepted.empty());
    EXPECT_EQ(server.calls, 0);
}

TEST(Batches, leave_out_the_entries_that_a_refusal_names_and_go_again) {
    const Case input(100);
    Server server;
    server.bad = {"e3", "e77"};
    const auto outcome = input.send(server, 100);
    EXPECT_EQ(server.calls, 2);
    EXPECT_EQ(refused_of(outcome), (Strings{"e3", "e77"}));
    EXPECT_EQ(outcome.accepted.size(), 98U);
    EXPECT_FALSE(outcome.failure);
}

TEST(Batches, find_one_unnamed_bad_entry_in_logarithmically_many_calls) {
    for (const auto cause : {Cause::bad_entries, Cause::unclear}) {
        for (const std::size_t at : {0U, 1U, 511U, 512U, 777U, 1023U}) {
            const Case input(1024);
            Server server;
            server.bad = {"e" + std::to_string(at)};
            server.names = false;
            server.unnamed = cause;
            const auto outcome = input.send(server, 1024);
            EXPECT_EQ(refused_of(outcome), Strings{"e" + std::to_string(at)});
            EXPECT_EQ(outcome.accepted.size(), 1023U) << at;
            EXPECT_FALSE(outcome.failure);
            EXPECT_LE(server.calls, 2 * 10 + 2) << at;
        }
    }
}

TEST(Batches, find_several_unnamed_bad_entries) {
    const Case input(512);
    Server server;
    server.bad = {"e0", "e1", "e300", "e511"};
    server.names = false;
    const auto outcome = input.send(server, 512);
    EXPECT_EQ(refused_of(outcome), (Strings{"e0", "e1", "e300", "e511"}));
    EXPECT_EQ(outcome.accepted.size(), 508U);
}

TEST(Batches, blame_nobody_for_an_unclear_refusal_of_everything) {
    const Case input(1024);
    Server server;
    server.always = ApiError{Cause::unclear, {Code::refused, "something else"}, "something else"};
    const auto outcome = input.send(server, 1024);
    EXPECT_TRUE(outcome.refused.empty());
    EXPECT_TRUE(outcome.accepted.empty());
    ASSERT_TRUE(outcome.failure);
    EXPECT_LE(server.calls, 30);
}

TEST(Batches, blame_nobody_when_entries_are_called_invalid_but_none_is_taken) {
    const Case input(64);
    Server server;
    server.always = ApiError{Cause::bad_entries, {Code::refused, "no"}, "Invalid urls [elsewhere.example]"};
    const auto outcome = input.send(server, 64);
    EXPECT_TRUE(outcome.refused.empty());
    EXPECT_TRUE(outcome.failure);
}

TEST(Batches, believe_names_between_brackets_whatever_the_words_say) {
    const Case input(10);
    Server server;
    int calls = 0;
    const auto outcome = send_in_batches(input.changes, 10, [&](Batch batch) -> Answered<void> {
        if (++calls == 1) return tl::unexpected(ApiError{Cause::name, {Code::refused, "400"}, "Bad domain name [e3]"});
        return server(batch);
    });
    EXPECT_EQ(refused_of(outcome), Strings{"e3"});
    EXPECT_EQ(outcome.accepted.size(), 9U);
}

TEST(Batches, lost_without_a_time_out_go_again_as_they_are) {
    const Case input(64);
    Server server;
    int calls = 0;
    const auto outcome = send_in_batches(input.changes, 64, [&](Batch batch) -> Answered<void> {
        EXPECT_EQ(batch.size(), 64U);
        if (++calls < 3) return tl::unexpected(ApiError{Cause::lost, {Code::unreachable, "503"}});
        return server(batch);
    });
    EXPECT_EQ(outcome.accepted.size(), 64U);
}

TEST(Batches, blame_nobody_for_a_lone_entry_refused_unclearly) {
    const Case input(1);
    Server server;
    server.always = ApiError{Cause::unclear, {Code::refused, "something else"}, "something else"};
    const auto outcome = input.send(server, 10);
    EXPECT_TRUE(outcome.refused.empty());
    EXPECT_TRUE(outcome.failure);
}

TEST(Batches, find_a_lone_bad_entry_where_the_list_takes_what_it_holds_already) {
    for (const auto cause : {Cause::bad_entries, Cause::unclear}) {
        const Case input(11);  // the last batch is one entry
        Server server;
        server.bad = {"e10"};
        server.names = false;
        server.unnamed = cause;
        int unchanged = 0;
        const auto outcome =
            input.send(server, 10, {[&]() -> Answered<void> { return ++unchanged, Answered<void>{}; }});
        EXPECT_EQ(unchanged, 1);
        EXPECT_EQ(server.calls, 2);
        EXPECT_EQ(refused_of(outcome), Strings{"e10"});
        EXPECT_EQ(outcome.accepted.size(), 10U);
        EXPECT_FALSE(outcome.failure);
    }
}

TEST(Batches, blame_nobody_where_not_even_the_unchanged_list_is_taken) {
    const Case input(1);
    Server server;
    server.always = ApiError{Cause::unclear, {Code::refused, "something else"}, "something else"};
    int unchanged = 0;
    const auto outcome = input.send(server, 10, {[&]() -> Answered<void> {
                                        ++unchanged;
                                        return tl::unexpected(*server.always);
                                    }});
    EXPECT_EQ(unchanged, 1);
    EXPECT_TRUE(outcome.refused.empty());
    ASSERT_TRUE(outcome.failure);
    EXPECT_EQ(outcome.failure->error.message, "something else");
}

TEST(Batches, search_no_further_than_they_may_and_keep_what_was_found) {
    const Case input(256);
    Server server;
    server.names = false;
    for (int i = 0; i < 256; i += 16) server.bad.insert("e" + std::to_string(i));
    const auto outcome = input.send(server, 64, {{}, 40});
    EXPECT_LE(server.calls, 40 + 4);
    ASSERT_TRUE(outcome.failure);
    EXPECT_EQ(outcome.failure->error.code, Code::refused);
    EXPECT_NE(outcome.failure->error.message.find("40 requests"), std::string::npos);
    EXPECT_FALSE(outcome.refused.empty());
    for (const auto& text : refused_of(outcome)) EXPECT_TRUE(server.bad.contains(text)) << text;
}

TEST(Batches, that_are_refused_name_by_name_end_too) {
    const Case input(100);
    int calls = 0;
    const auto outcome =
        send_in_batches(input.changes, 100,
                        [&](Batch batch) -> Answered<void> {
                            ++calls;
                            const auto message = "Invalid urls [" + std::string(batch.front().text) + "]";
                            return tl::unexpected(ApiError{Cause::bad_entries, {Code::refused, "400"}, message});
                        },
                        {{}, 20});
    EXPECT_EQ(calls, 21);
    EXPECT_EQ(outcome.refused.size(), 21U);
    EXPECT_TRUE(outcome.failure);
}

TEST(Batches, give_up_when_an_unclear_refusal_seems_to_find_too_many) {
    const Case input(1024);
    Server server;
    server.names = false;
    server.unnamed = Cause::unclear;
    for (int i = 200; i < 400; ++i) server.bad.insert("e" + std::to_string(i));
    const auto outcome = input.send(server, 1024);
    EXPECT_TRUE(outcome.refused.empty());
    EXPECT_TRUE(outcome.failure);
}

TEST(Batches, stop_at_a_failure_that_is_about_something_else) {
    for (const auto cause : {Cause::quota, Cause::name, Cause::other, Cause::emptied, Cause::denied, Cause::locked}) {
        const Case input(30);
        Server server;
        server.always = ApiError{cause, {Code::refused, "no"}};
        const auto outcome = input.send(server, 10);
        EXPECT_EQ(server.calls, 1);
        EXPECT_TRUE(outcome.refused.empty());
        ASSERT_TRUE(outcome.failure);
        EXPECT_EQ(outcome.failure->cause, cause);
    }
}

TEST(Batches, are_halved_when_too_large_and_stay_small) {
    const Case input(100);
    Server server;
    server.most = 13;
    const auto outcome = input.send(server, 50);
    EXPECT_EQ(outcome.accepted.size(), 100U);
    EXPECT_EQ(server.taken, input.texts);
    EXPECT_LE(server.calls, 2 + 12);
}

TEST(Batches, a_single_entry_that_is_too_large_is_a_failure) {
    const Case input(3);
    Server server;
    server.most = 0;
    const auto outcome = input.send(server, 10);
    ASSERT_TRUE(outcome.failure);
    EXPECT_TRUE(outcome.refused.empty());
}

TEST(Batches, lost_and_not_applied_are_halved_a_few_times_and_then_given_up) {
    const Case input(64);
    Server server;
    server.always = ApiError{Cause::lost, {Code::unknown, "lost"}};
    server.always->is_timeout = true;
    const auto outcome = input.send(server, 64);
    ASSERT_TRUE(outcome.failure);
    EXPECT_EQ(outcome.failure->cause, Cause::lost);
    EXPECT_EQ(server.calls, 4);
}

}  // namespace
}  // namespace cordon::gateways::zia
