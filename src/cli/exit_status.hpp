#pragma once

namespace cordon::cli {

/// Exit statuses beside those of a report (core::exit_status_of).
inline constexpr int k_exit_done = 0;
inline constexpr int k_exit_failed = 1;
inline constexpr int k_exit_usage = 2;
inline constexpr int k_exit_pending = 3;
inline constexpr int k_exit_other_run = 5;
inline constexpr int k_exit_bug = 70;
inline constexpr int k_exit_interrupted = 130;

}  // namespace cordon::cli
