// The dialect of the Intel Bridge's config.ini: configparser's, where a lone % is no mistake.

#include <gtest/gtest.h>

#include "config/ini.hpp"

namespace cordon::config {
namespace {

struct Value {
    std::string written, read;
};
void PrintTo(const Value& value, std::ostream* out) {
    *out << value.written;
}

class AValueWithPercentSigns : public testing::TestWithParam<Value> {};

TEST_P(AValueWithPercentSigns, is_read_as_its_writer_meant_it) {
    const auto document =
        parse_ini("[a]\nother = x\nkey = " + GetParam().written + "\n", "config.ini", LonePercent::itself);
    ASSERT_TRUE(document.problems.empty()) << document.problems.front().text();
    EXPECT_EQ(document.find("a")->find("key")->value, GetParam().read);
}

INSTANTIATE_TEST_SUITE_P(Each, AValueWithPercentSigns,
                         testing::Values(Value{"50%", "50%"}, Value{"%", "%"}, Value{"%%", "%"}, Value{"a%%b", "a%b"},
                                         Value{"a%b%%c", "a%b%c"}, Value{"%(", "%("}, Value{"%(other)s", "x"},
                                         Value{"%(nothing)s", "%(nothing)s"}, Value{"%(other)d", "%(other)d"},
                                         Value{"%()s", "%()s"}, Value{"%%(other)s", "%(other)s"}));

TEST(ALonePercent, is_a_mistake_in_a_file_of_ours) {
    EXPECT_FALSE(parse_ini("[a]\nkey = 50%\n", "settings.ini").problems.empty());
}

TEST(ALonePercent, does_not_let_a_value_refer_to_itself_without_end) {
    EXPECT_FALSE(parse_ini("[a]\nkey = %(key)s%(key)s\n", "config.ini", LonePercent::itself).problems.empty());
}

}  // namespace
}  // namespace cordon::config
