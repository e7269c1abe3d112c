// What we keep ourselves, after a disk or a hand changed it: list notes, reports, kept rules, snapshots and the audit
// log. Read or refused, never believed in part; what was read is written and read again as the same.

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

#include <sys/mman.h>
#include <unistd.h>

#include "core/enforcement.hpp"
#include "core/report.hpp"
#include "engine/run.hpp"
#include "store/audit_log.hpp"
#include "store/packed.hpp"
#include "tests/fuzz/require.hpp"

namespace {

using namespace cordon;
using fuzz::require;

/// Bytes that have a path.
class MemoryFile {
public:
    explicit MemoryFile(std::string_view bytes) : number_(::memfd_create("audit", MFD_CLOEXEC)) {
        require(number_ >= 0 && ::write(number_, bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size()));
    }
    MemoryFile(const MemoryFile&) = delete;
    MemoryFile& operator=(const MemoryFile&) = delete;
    ~MemoryFile() { ::close(number_); }

    [[nodiscard]] std::string path() const { return "/proc/self/fd/" + std::to_string(number_); }

private:
    int number_;
};

void read_note(const std::string& text) {
    const auto note = engine::list_note_from_json(text);
    if (!note) return;
    const auto written = engine::to_json(*note);
    const auto again = engine::list_note_from_json(written);
    require(again && engine::to_json(*again) == written);
}

void read_report(const std::string& text) {
    const auto report = core::report_from_json(text);
    if (!report) {
        require(report.error().code == Code::corrupt && !report.error().message.empty());
        return;
    }
    const auto written = core::to_json(*report);
    const auto again = core::report_from_json(written);
    require(again && core::to_json(*again) == written);
    static_cast<void>(core::to_text(*report));
}

void read_enforcement(const std::string& text) {
    const auto kept = core::enforcement_from_json(text);
    if (!kept) return;
    const auto written = core::to_json(*kept);
    const auto again = core::enforcement_from_json(written);
    require(again && core::to_json(*again) == written);
}

void read_snapshot(std::string_view bytes) {
    const auto set = store::unpack(bytes);
    if (!set) return;
    const auto again = store::unpack(store::pack(*set));
    require(again && again->size() == set->size());
}

/// Where the log ends, whether the answer is that alone or more.
template <class Appended>
store::AuditHead head_of(const Appended& appended) {
    if constexpr (requires { appended.head; }) {
        return appended.head;
    } else {
        return appended;
    }
}

/// Whoever changed the log: what is appended is a sound record behind it, and the break in front of it stays visible.
void read_audit_log(std::string_view bytes) {
    const MemoryFile file(bytes);
    std::size_t taken = 0;
    const auto before = store::verify_audit(file.path(), {}, [&](std::string_view) { ++taken; });
    require(before.has_value());
    const auto appended = store::append_audit(
        file.path(), {"fuzz", "pause", {}, "TI Block"}, Time{}, [] { return store::AuditMark{}; },
        [](const store::AuditAppended&) { return Result<void>{}; });
    require(appended.has_value());
    const auto head = head_of(*appended);
    const auto after = store::verify_audit(file.path(), {head.records, store::anchor_of(head)}, {});
    require(after && after->head.records == head.records && after->head.hash == head.hash);
    const bool was_sound = !before->problem && bytes.ends_with('\n');
    if (was_sound) require(!after->problem);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string text(reinterpret_cast<const char*>(data), size);
    read_note(text);
    read_report(text);
    read_enforcement(text);
    read_snapshot(text);
    read_audit_log(text);
    return 0;
}
