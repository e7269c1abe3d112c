#pragma once

#include <span>
#include <string>

#include "engine/enforcing.hpp"

namespace cordon::engine {

/// Writes down in the audit log what one run does: each list's entries as the gateway's answers come, rules,
/// activations, and what the operator let through. A record that cannot be written stops nothing, since protection does
/// not wait for it; it makes the run `partial`.
class Audit final : public ChangeSink {
public:
    /// All of it must outlive this. Changes are passed on to the ports' own sink.
    Audit(const Ports& ports, const RunOptions& options, core::RunReport& report)
        : ports_(ports), options_(options), report_(report) {}

    /// The run's ports, which tell this of changes.
    [[nodiscard]] Ports ports();

    void take(const std::string& list, std::span<const std::string> added,
              std::span<const std::string> removed) override;
    /// At the end of a run that wrote: what it did beside the lists' entries, and what the operator let through.
    /// `enforcer` may be null.
    void note_deeds(std::span<const ListRun> runs, const Enforcer* enforcer);

    /// What the read before the plan showed: changes of an earlier run whose answer was lost, and what others took out.
    /// Before the list is written.
    void take_what_was_seen(const ListRun& run);
    /// At the end of any run: says that the log was changed from outside, where it was, and makes the run `partial`.
    void tell_of_changes();

private:
    void note_list(const ListRun& run);
    void note_gone(const ListRun& run);
    void note(const std::string& act, const std::string& list, const std::string& why);
    void write(store::AuditRecord record);

    const Ports& ports_;
    const RunOptions& options_;
    core::RunReport& report_;
};

/// What a log's end that is not as the store left it means; "" where it is.
[[nodiscard]] std::string sentence_on(store::AuditEnd end);

/// Says once in the report that records could not be written, and makes it `partial`; nothing where `why` is empty.
void tell_of_lacking_records(const std::string& why, core::RunReport& report);

}  // namespace cordon::engine
