#include "engine/rejected_csv.hpp"

#include <sys/stat.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/file.hpp"
#include "tests/unit/engine/world.hpp"

namespace cordon::engine {
namespace {

using core::Reason;

struct Files {
    World world;  // for its folder
    std::filesystem::path path = world.folder / "logs" / "rejected.csv";
    [[nodiscard]] std::string text() const { return read_file(path).value_or(""); }
};

TEST(RejectedCsv, has_a_row_for_each_value_with_class_reason_and_feed) {
    Files files;
    auto csv = RejectedCsv::create(files.path).value();
    csv->begin_list("First");
    csv->take("evil.example", Reason::popular, "feed", "the list");
    csv->begin_list("Second, quoted");
    csv->take("a\"b\nc", Reason::not_an_indicator, "feed", "");
    csv->take("x.example", Reason::duplicate, "feed", "y");
    csv->take("z.example", Reason::over_capacity, "feed", "");
    ASSERT_TRUE(csv->finish());
    EXPECT_EQ(files.text(),
              "list,value,class,reason,feed,detail\n"
              "First,evil.example,rejected,popular,feed,the list\n"
              "\"Second, quoted\",\"a\"\"b\nc\",rejected,not_an_indicator,feed,\n"
              "\"Second, quoted\",x.example,merged,duplicate,feed,y\n"
              "\"Second, quoted\",z.example,waiting,over_capacity,feed,\n");
}

TEST(RejectedCsv, is_read_again_as_it_was_written) {
    Files files;
    std::vector<std::string> seen;
    const auto take = [&](const RejectedRow& row) {
        seen.push_back(row.list + "|" + row.value + "|" + row.reason_class + "|" + row.reason + "|" + row.feed + "|" +
                       row.detail);
    };
    ASSERT_TRUE(read_rejected(files.path, take));
    EXPECT_THAT(seen, testing::IsEmpty());
    auto csv = RejectedCsv::create(files.path).value();
    csv->begin_list("Second, quoted");
    csv->take("a\"b\nc", Reason::not_an_indicator, "feed", "say \"x\"");
    csv->take("x.example", Reason::duplicate, "feed", "");
    ASSERT_TRUE(csv->finish());
    ASSERT_TRUE(read_rejected(files.path, take));
    EXPECT_THAT(seen, testing::ElementsAre("Second, quoted|a\"b\nc|rejected|not_an_indicator|feed|say \"x\"",
                                           "Second, quoted|x.example|merged|duplicate|feed|"));
}

TEST(RejectedCsv, of_a_question_beside_a_run_leaves_the_runs_alone) {
    Files files;
    auto of_run = RejectedCsv::create(files.path).value();
    of_run->take("x.example", Reason::duplicate, "feed", "");
    { const auto of_question = RejectedCsv::create(files.path).value(); }  // the same process: never finished
    of_run->take("y.example", Reason::duplicate, "feed", "");
    ASSERT_TRUE(of_run->finish());
    EXPECT_THAT(files.text(), testing::AllOf(testing::HasSubstr("x.example"), testing::HasSubstr("y.example")));
}

TEST(RejectedCsv, that_is_torn_or_another_file_is_corrupt) {
    Files files;
    ASSERT_TRUE(RejectedCsv::create(files.path).value()->finish());
    const auto whole = files.text();
    for (const auto& text : {whole + "L,a.example,rejec", whole + "\"L", std::string("a,b\n1,2\n")}) {
        ASSERT_TRUE(write_file_atomically(files.path, text));
        const auto read = read_rejected(files.path, [](const RejectedRow&) {});
        ASSERT_FALSE(read);
        EXPECT_EQ(read.error().code, Code::corrupt);
    }
}

TEST(RejectedCsv, is_readable_by_its_owner_alone) {
    Files files;
    auto csv = RejectedCsv::create(files.path).value();
    ASSERT_TRUE(csv->finish());
    struct stat status {};
    ASSERT_EQ(::stat(files.path.c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777U, 0600U);
    ASSERT_EQ(::stat(files.path.parent_path().c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777U, 0700U);
}

TEST(RejectedCsv, replaces_the_old_file_only_when_it_is_finished) {
    Files files;
    ASSERT_TRUE(RejectedCsv::create(files.path).value()->finish());
    const auto before = files.text();
    {
        auto csv = RejectedCsv::create(files.path).value();
        csv->take("evil.example", Reason::popular, "feed", "");
    }
    EXPECT_EQ(files.text(), before);
    std::size_t count = 0;
    for ([[maybe_unused]] const auto& file : std::filesystem::directory_iterator(files.path.parent_path())) ++count;
    EXPECT_EQ(count, 1U) << "nothing is left beside it";
}

TEST(RejectedCsv, says_where_it_cannot_write) {
    const auto csv = RejectedCsv::create("/proc/nowhere/rejected.csv");
    ASSERT_FALSE(csv);
    EXPECT_EQ(csv.error().code, Code::invalid);
    EXPECT_THAT(csv.error().message, testing::HasSubstr("log_dir"));
}

}  // namespace
}  // namespace cordon::engine
