#include "base/private_memory.hpp"

#include <gtest/gtest.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

namespace cordon {
namespace {

TEST(PrivateMemory, is_neither_dumped_nor_shown_to_others) {
    const auto child = ::fork();
    if (child == 0) {
        keep_memory_private();
        rlimit limit{1, 1};
        const bool is_private = ::getrlimit(RLIMIT_CORE, &limit) == 0 && limit.rlim_cur == 0 && limit.rlim_max == 0 &&
                                ::prctl(PR_GET_DUMPABLE, 0UL, 0UL, 0UL, 0UL) == 0;
        ::_exit(is_private ? 0 : 1);
    }
    int status = -1;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    EXPECT_EQ(status, 0);
}

}  // namespace
}  // namespace cordon
