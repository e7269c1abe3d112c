// What the program leaves on the disk is its user's alone, whatever the umask.

#include <csignal>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "tests/secrets/house.hpp"

namespace cordon::secrets {
namespace {

namespace fs = std::filesystem;

class UmaskOf {
public:
    explicit UmaskOf(mode_t mask) : before_(::umask(mask)) {}
    UmaskOf(const UmaskOf&) = delete;
    UmaskOf& operator=(const UmaskOf&) = delete;
    ~UmaskOf() { ::umask(before_); }

private:
    mode_t before_;
};

mode_t mode_of(const fs::path& path) {
    struct stat facts {};
    EXPECT_EQ(::lstat(path.c_str(), &facts), 0) << path;
    return facts.st_mode & 07777U;
}

/// Names of the files below `folder`, each of which is 0600 in folders of 0700.
std::set<std::string> private_files(const fs::path& folder) {
    std::set<std::string> names;
    EXPECT_EQ(mode_of(folder), 0700U) << folder;
    for (const auto& item : fs::recursive_directory_iterator(folder)) {
        EXPECT_EQ(mode_of(item.path()), item.is_directory() ? 0700U : 0600U) << item.path();
        names.insert(item.path().filename());
    }
    return names;
}

TEST(Files, are_the_users_alone_also_with_an_umask_of_zero) {
    const UmaskOf none(0);
    House house(Way::legacy, Given::environment);
    std::set<std::string> seen;
    house.look_at_what_is_left = [&](const fs::path& folder) {
        for (const char* own : {"state", "logs"}) seen.merge(private_files(folder / own));
    };
    for (const char* name : {"run", "plan", "lookup", "pause", "adopt", "retire"}) {
        house.call(name, calls().at(name));
    }
    house.signal = SIGKILL;
    for (house.killed_at = 1; house.killed_at < 12; ++house.killed_at) house.call("run", calls().at("run"));
    for (const char* file :
         {"cordon.db", "cordon.db-wal", "audit.jsonl", "cordon.log", "rejected.csv", "indicators.csv"}) {
        EXPECT_TRUE(seen.contains(file)) << file << " was never seen";
    }
}

TEST(Files, are_made_private_in_a_folder_that_is_new) {
    const UmaskOf none(0);
    House house(Way::legacy, Given::environment);
    house.changed["cordon.state_dir"] = "other/deep/state";
    house.changed["cordon.log_dir"] = "other/deep/logs";
    house.look_at_what_is_left = [](const fs::path& folder) {
        EXPECT_THAT(private_files(folder / "other" / "deep" / "state"), testing::Contains("cordon.db"));
        EXPECT_THAT(private_files(folder / "other" / "deep" / "logs"), testing::Contains("cordon.log"));
    };
    house.call("run", calls().at("run"));
}

}  // namespace
}  // namespace cordon::secrets
