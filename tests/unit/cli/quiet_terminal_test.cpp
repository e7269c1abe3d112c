#include "cli/quiet_terminal.hpp"

#include <pty.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include <cstdlib>

#include <gtest/gtest.h>

namespace cordon::cli {
namespace {

bool shows_what_is_typed(int terminal) {
    termios state{};
    EXPECT_EQ(::tcgetattr(terminal, &state), 0);
    return (state.c_lflag & static_cast<tcflag_t>(ECHO)) != 0;
}

/// A child at a terminal of its own goes quiet, and ends with 0 where that could be seen.
void end_quietly(int terminal) {
    ::dup2(terminal, STDIN_FILENO);
    const QuietTerminal quiet;
    if (!quiet.is_terminal() || shows_what_is_typed(STDIN_FILENO)) std::_Exit(1);
    std::quick_exit(0);  // as a second Ctrl-C does
}

TEST(QuietTerminal, leaves_the_terminal_as_it_was_when_the_process_ends_on_the_spot) {
    int ours = -1;
    int theirs = -1;
    ASSERT_EQ(::openpty(&ours, &theirs, nullptr, nullptr, nullptr), 0);
    const auto child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) end_quietly(theirs);
    int status = -1;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    EXPECT_EQ(status, 0);
    EXPECT_TRUE(shows_what_is_typed(theirs));
    ::close(ours);
    ::close(theirs);
}

}  // namespace
}  // namespace cordon::cli
