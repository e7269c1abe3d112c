#include <filesystem>
#include <fstream>

#include <unistd.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/text.hpp"
#include "cli/session.hpp"
#include "cli/settings.hpp"

namespace cordon::cli {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

/// What a command says of a settings file with these sections and a good [zscaler], without the folder in front.
std::vector<std::string> refused(const std::string& sections) {
    std::string pattern = (std::filesystem::temp_directory_path() / "cordon-faults-XXXXXX").string();
    const std::filesystem::path folder = ::mkdtemp(pattern.data());
    std::ofstream(folder / "s.ini") << "[zscaler]\nbase_uri = zsapi.example.net\napi_key = abcdefghijkl\n"
                                       "username = svc@example.com\npassword = p\n"
                                    << sections;
    CommonArguments common;
    common.settings = folder / "s.ini";
    std::shared_ptr<Settings> settings = load_settings(common).value();
    SystemClock clock;
    const auto session = Session::wire(settings, clock);
    std::filesystem::remove_all(folder);
    if (session) return {};
    std::vector<std::string> lines;
    for (const auto line : split(session.error().message, '\n')) {
        lines.emplace_back(line.starts_with(folder.string()) ? line.substr(folder.string().size() + 1) : line);
    }
    return lines;
}

constexpr const char* k_falcon = "[falcon]\nclient_id = 0123456789abcdef\nclient_secret = s\n";
constexpr const char* k_rf = "[rfapi]\ntoken = facade0ffacade0f\n";

TEST(FeedFaults, of_mixed_types_and_of_two_sources_have_their_line) {
    EXPECT_THAT(refused(std::string(k_falcon) + "[falcon_a]\ncategory_name = A\ntypes = url, ip_address\n"),
                ElementsAre("s.ini line 11: [falcon_a] types: addresses stand beside URLs or domains, and an IP group "
                            "cannot hold both: make two sections"));
    EXPECT_THAT(refused(std::string(k_rf) + "[risklist_a]\nentity_type = domain\ncategory_name = A\n"
                                            "list = large\nfusion_file = /public/x.json\n"),
                ElementsAre("s.ini line 12: [risklist_a] fusion_file: list = large stands beside it, and a section has "
                            "one source: remove one of them"));
}

TEST(FeedFaults, of_the_account_are_told_once_for_all_its_sections) {
    const std::string sections =
        "[falcon_a]\ncategory_name = A\ntypes = url\n[falcon_b]\ncategory_name = B\ntypes = domain\n";
    EXPECT_THAT(refused(k_falcon + sections), IsEmpty());
    EXPECT_THAT(refused(std::string(k_falcon) + "proxy_enabled = true\nproxy_servers = []\n" + sections),
                ElementsAre("s.ini line 9: [falcon] proxy_enabled: this is true, but proxy_servers names no proxy"));
}

}  // namespace
}  // namespace cordon::cli
