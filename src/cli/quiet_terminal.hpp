#pragma once

namespace cordon::cli {

/// What is typed does not show for as long as it lives. One at a time; a std::quick_exit() meanwhile leaves the
/// terminal as it was too.
class QuietTerminal {
public:
    QuietTerminal();
    QuietTerminal(const QuietTerminal&) = delete;
    QuietTerminal& operator=(const QuietTerminal&) = delete;
    ~QuietTerminal();
    [[nodiscard]] bool is_terminal() const noexcept { return is_terminal_; }

private:
    bool is_terminal_;
};

}  // namespace cordon::cli
