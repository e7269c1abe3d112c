#include "cli/quiet_terminal.hpp"

#include <termios.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>

namespace cordon::cli {
namespace {

termios terminal_before{};
std::atomic<bool> is_echo_off{false};

void restore_terminal() {
    if (is_echo_off.exchange(false)) ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &terminal_before);
}

}  // namespace

QuietTerminal::QuietTerminal() : is_terminal_(::tcgetattr(STDIN_FILENO, &terminal_before) == 0) {
    if (!is_terminal_) return;
    [[maybe_unused]] static const int known = std::at_quick_exit(restore_terminal);
    is_echo_off = true;
    auto quiet = terminal_before;
    quiet.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &quiet);
}

QuietTerminal::~QuietTerminal() {
    restore_terminal();
}

}  // namespace cordon::cli
