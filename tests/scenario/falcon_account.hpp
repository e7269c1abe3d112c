#pragma once

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "tests/scenario/rehearsal.hpp"

namespace cordon::scenario {

/// What the sandbox's CrowdStrike account asks to block, read without any of Cordon's code.

/// Live, of high confidence and without a label of caution: what a [falcon_*] list takes by default.
[[nodiscard]] bool is_to_be_blocked(const sandbox::cs::Indicator& one);

/// The category entry that a generated URL must become (zia-api.md 5.1: no scheme, no default port; everything else as
/// it is), and for the difficult URLs what was written down by hand: nullopt where none may come of it. A test failure
/// where it is neither.
[[nodiscard]] std::optional<std::string> entry_of_generated_url(const std::string& url);

/// The entries that a list of `types = url` must hold exactly: those of all URLs that are to be blocked, with
/// permit_reserved and while max_entries leaves room for them.
[[nodiscard]] Entries wanted_urls(sandbox::Sandbox& clouds);

/// Which hosts, as a browser reads them, stand before a path and query, so that an entry is held against the indicators
/// that it may come from. Texts are compared with their percent-escapes decoded, since entries have more of them.
class HostsByTail {
public:
    void add(std::string_view url);
    /// The host of the entry is that of an indicator with the same path and query.
    [[nodiscard]] bool have(const std::string& entry) const;

private:
    std::set<std::pair<std::string, std::string>> tails_and_hosts_;
};

}  // namespace cordon::scenario
