// The sandbox's Recorded Future against exchanges of the real service (shared/data/rf, HEAD of a risk list and of a
// Fusion file): status, and which of the headers that a client decides by are there, in which shape.
#include <fstream>
#include <map>
#include <optional>
#include <regex>
#include <set>

#include <gtest/gtest.h>

#include "base/text.hpp"
#include "tests/unit/sandbox/client.hpp"

namespace cordon::sandbox {
namespace {

using Headers = std::map<std::string, std::string>;  // names in lower case

struct Recorded {
    std::string method;
    std::string target;  ///< path and query
    Headers headers;
    int status = 0;
};

std::size_t indent_of(const std::string& line) {
    return std::min(line.find_first_not_of(' '), line.size());
}

std::string value_of(const std::string& line) {
    return std::string(trim(std::string_view(line).substr(line.find(':') + 1)));
}

/// Reads the first exchange of a vcrpy cassette: as much of YAML as those two files hold. A header stands as a name,
/// 6 spaces in, with a list of one text below that may go on in further lines.
std::optional<Recorded> read_cassette(const std::string& path) {
    std::ifstream file(path);
    if (!file) return std::nullopt;
    Recorded recorded;
    bool is_response = false;
    std::string header;
    for (std::string line; std::getline(file, line);) {
        const auto text = std::string(trim(line));
        if (text == "response:") is_response = true;
        if (text.starts_with("method:")) recorded.method = value_of(line);
        if (text.starts_with("uri:")) {
            const auto uri = value_of(line);
            recorded.target = uri.substr(uri.find('/', std::string_view("https://").size()));
        }
        if (is_response && text.starts_with("code:")) recorded.status = std::stoi(value_of(line));
        if (indent_of(line) < 6 || text == "string: ''") {
            header.clear();
        } else if (is_response && !text.starts_with("- ") && indent_of(line) == 6 && text.ends_with(':')) {
            header = to_lower(text.substr(0, text.size() - 1));
        } else if (!header.empty()) {
            auto& value = recorded.headers[header];
            value += text.starts_with("- ") ? text.substr(2) : " " + text;
            if (value.size() > 1 && value.front() == '\'' && value.back() == '\'') {
                value = value.substr(1, value.size() - 2);
            }
        }
    }
    return recorded;
}

/// What tells one version of a list from another, and what the body is. Others (cookies, policies, the CDN's) decide
/// nothing.
bool matters(const std::string& name) {
    static const std::set<std::string> names{
        "etag",    "last-modified", "content-disposition", "content-encoding", "content-type", "cache-control",
        "expires", "pragma"};
    return names.contains(name) || name.starts_with("x-rf-");
}

Headers those_that_matter(const Headers& headers) {
    Headers some;
    for (const auto& [name, value] : headers) {
        if (matters(name)) some.emplace(name, value);
    }
    return some;
}

/// Hashes and times as what they are; everything else as it stands.
std::string shape_of(const std::string& value) {
    static const std::regex hash("[0-9a-f]{32,}");
    static const std::regex date("[A-Z][a-z]{2}, [0-9]{2} [A-Z][a-z]{2} [0-9]{4} [0-9]{2}:[0-9]{2}:[0-9]{2} GMT");
    if (std::regex_match(value, hash)) return fmt::format("{} hexadecimal digits", value.size());
    return std::regex_match(value, date) ? "an HTTP date" : value;
}

Headers shapes_of(const Headers& headers) {
    Headers shapes;
    for (const auto& [name, value] : those_that_matter(headers)) shapes.emplace(name, shape_of(value));
    return shapes;
}

class RecordedFutureAgainstRecordings : public testing::TestWithParam<const char*> {};

TEST_P(RecordedFutureAgainstRecordings, is_answered_as_recorded) {
    const std::string path = std::string(CORDON_SHARED_DIR "/data/rf/banshee_cassette_test_") + GetParam() + ".yaml";
    const auto recorded = read_cassette(path);
    if (!recorded) GTEST_SKIP() << path << " is not on this machine";
    ASSERT_EQ(recorded->method, "HEAD");
    ASSERT_EQ(recorded->status, 200);
    ASSERT_TRUE(recorded->headers.contains("etag")) << "the cassette is read wrongly";

    ManualClock clock{test_start()};
    Sandbox clouds{Options{}, clock};
    clouds.put_feed_file("/public/prevent/c2_communicating_ips_list.csv", "Name\n198.51.100.7\n");
    auto request = request_to(recorded->method, recorded->target);
    request.headers.emplace_back("x-rftoken", Credentials{}.rf_token);
    const auto answer = clouds.answer(request);
    EXPECT_EQ(answer.status, recorded->status);
    EXPECT_EQ(answer.body, "");
    Headers answered;
    for (const auto& [name, value] : answer.headers) answered.emplace(to_lower(name), value);
    EXPECT_EQ(shapes_of(answered), shapes_of(recorded->headers));
}

INSTANTIATE_TEST_SUITE_P(Cassettes, RecordedFutureAgainstRecordings,
                         testing::Values("risklist_stat", "risklist_stat_fusion"),
                         [](const auto& cassette) { return std::string(cassette.param); });

}  // namespace
}  // namespace cordon::sandbox
