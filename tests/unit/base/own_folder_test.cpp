#include "base/own_folder.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <fstream>

#include <gtest/gtest.h>

#include "tests/unit/base/folder.hpp"

namespace cordon {
namespace {

constexpr uid_t k_nobody = 65534;

uid_t owner_of(const std::filesystem::path& file) {
    struct stat facts {};
    EXPECT_EQ(::stat(file.c_str(), &facts), 0);
    return facts.st_uid;
}

TEST(GoingOnAsTheOwner, leaves_files_that_the_owner_of_the_folder_can_use) {
    if (::geteuid() != 0) GTEST_SKIP() << "only root can go on as somebody else";
    const Folder folder;
    std::filesystem::permissions(folder / "", std::filesystem::perms(0755));
    const auto state = folder / "state";
    std::filesystem::create_directories(state);
    ASSERT_EQ(::chown(state.c_str(), k_nobody, k_nobody), 0);
    const auto went = go_on_as_owner_of(state);
    std::ofstream(state / "file") << "x";
    EXPECT_EQ(::seteuid(0), 0);
    EXPECT_EQ(::setegid(0), 0);
    EXPECT_TRUE(went);
    EXPECT_EQ(owner_of(state / "file"), k_nobody);
}

TEST(GoingOnAsTheOwner, changes_nothing_where_the_folder_is_ones_own_or_not_there) {
    const Folder folder;
    const auto before = ::geteuid();
    EXPECT_TRUE(go_on_as_owner_of(folder / ""));
    EXPECT_TRUE(go_on_as_owner_of(folder / "missing"));
    EXPECT_EQ(::geteuid(), before);
}

}  // namespace
}  // namespace cordon
