#pragma once

namespace cordon {

/// Lowers the priority of the calling thread, and of those that it starts from now on, below that of the process'
/// others: where the processors are busy, they come first. See setpriority(2): Linux keeps a nice value a thread.
void yield_to_others() noexcept;

}  // namespace cordon
