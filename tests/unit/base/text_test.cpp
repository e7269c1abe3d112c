#include "base/text.hpp"

#include <chrono>
#include <limits>

#include <gtest/gtest.h>

#include "base/digest.hpp"
#include "base/guarded.hpp"
#include "base/result.hpp"
#include "base/secret.hpp"

namespace cordon {
namespace {

TEST(Text, trim_takes_ascii_white_space_only) {
    EXPECT_EQ(trim(" \t\r\n\v\fa b\n "), "a b");
    EXPECT_EQ(trim(" \n"), "");
    EXPECT_EQ(trim(""), "");
    EXPECT_EQ(trim("\xc2\xa0x"), "\xc2\xa0x");
}

TEST(Text, case_is_folded_for_ascii_only) {
    EXPECT_EQ(to_lower("AZaz09\xc3\x84[@"), "azaz09\xc3\x84[@");
    EXPECT_TRUE(equals_ignoring_case("ETag", "eTAG"));
    EXPECT_FALSE(equals_ignoring_case("ETag", "eTAGs"));
    EXPECT_FALSE(equals_ignoring_case("@", "`"));
}

TEST(Text, split_keeps_empty_pieces) {
    using Pieces = std::vector<std::string_view>;
    EXPECT_EQ(split("a,,b,", ','), (Pieces{"a", "", "b", ""}));
    EXPECT_EQ(split("", ','), Pieces{""});
    EXPECT_EQ(split("abc", ','), Pieces{"abc"});
    const std::vector<std::string> pieces{"a", "", "b"};
    EXPECT_EQ(join(pieces, ", "), "a, , b");
    EXPECT_EQ(join(std::vector<std::string>{}, ","), "");
}

TEST(Text, whole_numbers_are_digits_and_fit) {
    EXPECT_EQ(parse_whole_number("0"), 0U);
    EXPECT_EQ(parse_whole_number("007"), 7U);
    EXPECT_EQ(parse_whole_number("18446744073709551615"), std::numeric_limits<std::uint64_t>::max());
    for (const auto* text : {"", " 1", "1 ", "+1", "-1", "1.0", "1e3", "0x1", "18446744073709551616", "a", "1,000"}) {
        EXPECT_EQ(parse_whole_number(text), std::nullopt) << text;
    }
}

TEST(Text, the_nearest_word_is_the_one_that_was_probably_meant) {
    const std::vector<std::string> words{"max_domains", "max_ips", "base_uri", "key"};
    EXPECT_EQ(nearest_word("max_domain", words), "max_domains");
    EXPECT_EQ(nearest_word("base_url", words), "base_uri");
    EXPECT_EQ(nearest_word("ky", words), "key");
    EXPECT_EQ(nearest_word("key", words), "key");
    EXPECT_EQ(nearest_word("something_else", words), std::nullopt);
    EXPECT_EQ(nearest_word("", words), std::nullopt);
    EXPECT_EQ(nearest_word("key", {}), std::nullopt);
}

struct ShownFact {
    std::string text;
    std::size_t most;
    const char* shown;
};

TEST(Text, hostile_text_becomes_printable_valid_utf_8) {
    const ShownFact facts[] = {
        {"plain", 120, "plain"},
        {"", 120, ""},
        {std::string("a\0b\n\t\x1b[31m\x7f", 11), 120, "a?b???[31m?"},
        {"caf\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80", 120, "caf\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80"},
        {"\xc2\x9b"
         "31m",
         120, "??31m"},  // CSI of the C1 controls
        {"\xff\xfe\x80", 120, "???"},
        {"\xc0\xaf\xe0\x80\xaf", 120, "?????"},  // overlong
        {"\xed\xa0\x80", 120, "???"},            // a surrogate
        {"\xf4\x90\x80\x80", 120, "????"},       // beyond Unicode
        {"a\xe2\x80\xae"
         "cod.exe",
         120, "a???cod.exe"},  // right-to-left override
        {"x\xe2\x81\xa6y\xe2\x80\xa8z", 120, "x???y???z"},
        {"cut \xe2\x82", 120, "cut ??"},
        {"12345", 5, "12345"},
        {"123456", 5, "12345..."},
        {"1234\xc3\xa9", 5, "1234..."},  // not within a character
        {"abc", 0, "..."},
    };
    for (const auto& fact : facts) EXPECT_EQ(printable(fact.text, fact.most), fact.shown);
}

TEST(Text, thousands_are_grouped) {
    EXPECT_EQ(with_thousands(0), "0");
    EXPECT_EQ(with_thousands(999), "999");
    EXPECT_EQ(with_thousands(1000), "1,000");
    EXPECT_EQ(with_thousands(25000), "25,000");
    EXPECT_EQ(with_thousands(1234567), "1,234,567");
    EXPECT_EQ(with_thousands(std::numeric_limits<std::uint64_t>::max()), "18,446,744,073,709,551,615");
}

TEST(Digest, sha_256_agrees_with_fips_180) {
    EXPECT_EQ(sha256_hex(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    EXPECT_EQ(sha256_hex("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    Sha256 pieces;
    pieces.update("a");
    pieces.update("");
    Sha256 moved(std::move(pieces));
    moved.update("bc");
    EXPECT_EQ(moved.hex(), sha256_hex("abc"));
}

TEST(Digest, hash64_depends_on_bytes_and_seed) {
    EXPECT_EQ(hash64("abc"), hash64(std::string("abc")));
    EXPECT_NE(hash64("abc"), hash64("abd"));
    EXPECT_NE(hash64("abc"), hash64("abc", 1));
    EXPECT_EQ(hash64(""), 0x2d06800538d394c2U);  // XXH3_64bits of nothing, xxHash's own test vector
}

TEST(Secret, leaves_nothing_behind_when_it_dies_or_moves) {
    for (const std::string& bytes : {std::string("short-secret"), std::string(15, 's')}) {  // kept inside the object
        alignas(Secret) unsigned char place[sizeof(Secret)] = {};
        const auto shows = [&] {
            const volatile unsigned char* seen = place;
            std::string copy;
            for (std::size_t i = 0; i < sizeof(place); ++i) copy += static_cast<char>(seen[i]);
            return copy.find(bytes.substr(1)) != std::string::npos;
        };
        auto* secret = new (place) Secret(bytes);
        EXPECT_TRUE(shows());
        const Secret moved(std::move(*secret));
        EXPECT_FALSE(shows());
        EXPECT_FALSE(secret->is_set());  // NOLINT: a moved-from secret is empty
        EXPECT_EQ(moved.reveal(), bytes);
        *secret = moved;
        EXPECT_TRUE(shows());
        secret->~Secret();
        EXPECT_FALSE(shows());
    }
}

TEST(Secret, copies_and_compares_as_a_value) {
    Secret a(std::string(100, 'a'));
    Secret b = a;
    EXPECT_EQ(a, b);
    b = Secret("b");
    EXPECT_NE(a, b);
    EXPECT_EQ(b.reveal(), "b");
    a = *&a;
    EXPECT_EQ(a.reveal(), std::string(100, 'a'));
    EXPECT_FALSE(Secret().is_set());
}

TEST(Secret, is_hidden_in_the_words_of_others) {
    std::string text = "hunter2 and hunter2hunter2";
    hide_secret(text, "hunter2");
    EXPECT_EQ(text, "*** and ******");
    hide_secret(text, "");
    EXPECT_EQ(text, "*** and ******");
    hide_secret(text, "*");
    EXPECT_EQ(text, "********* and ******************");
}

TEST(Secret, is_hidden_in_what_json_makes_of_it) {
    const std::vector<std::pair<std::string, std::string>> facts = {
        {R"({"is":"a\"b\\c\/d=e"})", R"({"is":"***"})"},
        {R"(\n a\"b\\c/d\u003de\u003Da\u0022b\u005cc\/d=e")", R"(\n ***\u003D***")"},
        {R"(aa\"b\\c/d=e)", R"(a***)"},
        {R"(a\"b\\c/d=)", R"(a\"b\\c/d=)"},
        {R"(a\"b\\c/d\u003)", R"(a\"b\\c/d\u003)"},
        {R"(a"b\c/d=e\)", R"(***\)"},
    };
    for (const auto& [before, after] : facts) {
        std::string text = before;
        hide_secret(text, R"(a"b\c/d=e)");
        EXPECT_EQ(text, after) << before;
    }
}

TEST(Secret, is_hidden_in_what_urls_and_forms_make_of_it) {
    const std::vector<std::pair<std::string, std::string>> facts = {
        {"client_secret=a%2Bb%2fc%20%25&x=1", "client_secret=***&x=1"},
        {"a%2Bb%2Fc+%25", "***"},
        {"a+b/c %", "***"},
        {"a%2Bb/c %25 100% %zz", "*** 100% %zz"},
        {"a%2Bb%2Fc%2", "a%2Bb%2Fc%2"},
    };
    for (const auto& [before, after] : facts) {
        std::string text = before;
        hide_secret(text, "a+b/c %");
        EXPECT_EQ(text, after) << before;
    }
}

TEST(Secret, is_hidden_in_time_however_often_it_stands_there) {
    const auto began = std::chrono::steady_clock::now();
    for (const char* piece : {"hunter2", "hunter%32", "\\u0068unter2", "hunter%3", "%", "\\"}) {
        std::string text;
        while (text.size() < (1U << 20)) text += piece;
        hide_secret(text, "hunter2");
        EXPECT_EQ(text.find("hunter2"), std::string::npos);
    }
    EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::seconds(10));
}

TEST(Secret, wiping_overwrites_all_the_room) {
    std::string text(100, 'x');
    text.resize(3);
    const char* begin = text.data();
    wipe_text(text);
    EXPECT_TRUE(text.empty());
    EXPECT_EQ(text.data(), begin);
    char bytes[] = "abc";
    wipe_bytes(bytes, 3);
    EXPECT_EQ(std::string(bytes, 3), std::string(3, '\0'));
    wipe_bytes(nullptr, 0);
}

Result<int> half(int number) {
    if (number % 2 != 0) return fail(Code::invalid, "odd");
    return number / 2;
}
Result<int> quarter(int number) {
    CORDON_TRY_ASSIGN(const int halved, half(number));
    CORDON_TRY_ASSIGN(const int quartered, half(halved));
    return quartered;
}
Result<void> check_even(int number) {
    CORDON_TRY(half(number));
    return {};
}

TEST(Result, failures_pass_through_unchanged) {
    EXPECT_EQ(*quarter(12), 3);
    EXPECT_EQ(quarter(6).error(), (Error{Code::invalid, "odd"}));
    EXPECT_TRUE(check_even(2).has_value());
    EXPECT_EQ(check_even(3).error().message, "odd");
    const Result<int> again = fail(quarter(1).error());
    EXPECT_EQ(again.error().code, Code::invalid);
}

TEST(Result, every_code_has_its_own_name) {
    std::vector<std::string> names;
    for (const auto code : {Code::invalid, Code::unreachable, Code::throttled, Code::refused, Code::unknown,
                            Code::blocked, Code::corrupt, Code::cancelled}) {
        names.emplace_back(name_of(code));
    }
    EXPECT_EQ(names, (std::vector<std::string>{"invalid", "unreachable", "throttled", "refused", "unknown", "blocked",
                                               "corrupt", "cancelled"}));
}

TEST(Guarded, gives_what_the_action_gives) {
    Guarded<int> number(3);
    EXPECT_EQ(number.with([](int& value) { return ++value; }), 4);
    const auto& constant = number;
    EXPECT_EQ(constant.with([](const int& value) { return value; }), 4);
}

}  // namespace
}  // namespace cordon
