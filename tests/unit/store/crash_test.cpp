// A process that is killed while it writes: at every single write that SQLite makes, also in the middle of one.

#include <algorithm>
#include <array>
#include <csignal>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sqlite3.h>

#include "base/text.hpp"
#include "tests/unit/store/store_factory.hpp"

namespace cordon::store {
namespace {

using Step = std::function<Result<void>(Store&)>;

std::string marker(int number) {
    return std::to_string(1'795'000'000 + number) + std::string(32, 'a');
}

/// A page of a provider's changes: new rows, others moved to the front, others deleted, and the cursor behind them.
Result<void> take_page(Store& store, int round) {
    core::MirrorRows rows;
    for (int i = 0; i < 200; ++i) {
        rows.append({"http://" + std::to_string((i * 37 + round * 60) % 300) + ".example/x", marker(round * 1'000 + i),
                     std::chrono::sys_seconds{std::chrono::seconds{1'795'000'000 + i}},
                     i % 2 == 0 ? core::Confidence::high : core::Confidence::low, "Malware/" + std::to_string(round),
                     round > 0 && i % 5 == 0});
    }
    const core::MirrorStep step{std::nullopt, round == 0 ? "" : marker(round), marker(round + 1)};
    CORDON_TRY_ASSIGN(const bool is_taken, store.take_mirror_step("falcon", step, rows, k_noon));
    return is_taken ? Result<void>{} : Result<void>{fail(Code::corrupt, "the cursor stands elsewhere")};
}

/// Calls of all kinds; each replaces much of what the one before wrote.
std::vector<Step> steps() {
    std::vector<Step> all;
    for (int round = 0; round < 4; ++round) {
        all.emplace_back([round](Store& store) {
            LedgerChange change{.list = "L", .object_id = std::to_string(round)};
            for (int i = 0; i < 120; ++i) {
                const std::string name = std::to_string((i * 37 + round * 50) % 200) + ".malware.example";
                if (i % 3 == 0)
                    change.erase.push_back(name);
                else
                    change.put.push_back(
                        {name, core::LedgerMark::intended, core::Side::plain, static_cast<std::uint32_t>(round)});
            }
            change.put_quarantine = {{std::to_string(round), k_noon, "refused"}};
            return store.change(change);
        });
        all.emplace_back([round](Store& store) { return store.set_activation_owed(round % 2 == 0); });
        all.emplace_back([round](Store& store) {
            core::IndicatorSet indicators;
            for (int i = 0; i < 500; ++i)
                indicators.append({std::to_string(i * (round + 7919)), i % 100, std::nullopt, "Rule"});
            return store.save_snapshot({"feed", "", std::to_string(round), k_noon, k_noon, 0}, indicators);
        });
        all.emplace_back([round](Store& store) { return take_page(store, round); });
        all.emplace_back([round](Store& store) {
            std::vector<core::LookedUp> answers;
            for (int i = 0; i < 150; ++i) {
                answers.push_back({std::to_string((i * 31 + round * 40) % 250) + ".example",
                                   {"NEWS " + std::to_string(round), i % 4 == 0 ? "PHISHING" : "", i % 3 == 0, ""}});
            }
            return store.keep_lookups(answers, k_noon + std::chrono::minutes(round));
        });
        all.emplace_back(
            [round](Store& store) { return record_request(store, "zia PUT", k_noon + std::chrono::seconds(round)); });
    }
    return all;
}

/// The mirror's rows with the cursor that they belong to.
std::string image_of_mirror(Store& store) {
    std::string image = "\ncursor " + store.mirror_progress("falcon").value().newest;
    const auto read = store.read_mirror({"falcon", core::Confidence::unverified, {}}, [&](const core::MirrorRow& row) {
        for (const auto& part : {row.value, row.marker, row.tags}) image += "\n" + std::string(part);
        return true;
    });
    EXPECT_TRUE(read);
    return image;
}

std::string image_of_lookups(Store& store) {
    std::vector<std::string> asked;
    for (int i = 0; i < 250; ++i) asked.push_back(std::to_string(i) + ".example");
    std::vector<std::string> lines;
    const auto found = store.lookups(asked, k_noon).value();
    for (const auto& kept : found) {
        const auto& [classes, alerts, is_uncategorised, refused] = kept.looked_up.classification;
        lines.push_back("\n" + kept.looked_up.value + " " + classes + " " + alerts + (is_uncategorised ? " ?" : "") +
                        " " + to_iso8601(kept.asked_at));
    }
    std::sort(lines.begin(), lines.end());
    return join(lines, "");
}

/// Everything that the steps touch, as text. A snapshot that cannot be loaded shows as such.
std::string image_of(Store& store) {
    std::string image;
    const auto ledger = store.ledger("L").value();
    image += ledger.object_id + (ledger.is_known ? " known" : " unknown");
    for (const auto& one : ledger.ours) image += "\n" + one.canonical + " " + std::to_string(one.tries);
    for (const auto& one : ledger.quarantine) image += "\nquarantine " + one.canonical;
    image += store.is_activation_owed().value() ? "\nowed" : "\nnot owed";
    const auto snapshots = store.snapshots("feed").value();
    for (const auto& snapshot : snapshots) {
        const auto loaded = store.load_snapshot(snapshot);
        image += "\nsnapshot " + snapshot.version +
                 (loaded && loaded->size() == snapshot.indicators ? " whole" : " damaged");
    }
    image += image_of_mirror(store) + image_of_lookups(store);
    image += "\n" + std::to_string(store.requests("zia PUT", k_noon).value().size()) + " requests";
    return image;
}

/// The image after each step; the first one is of the empty store.
std::vector<std::string> expected_images() {
    const TemporaryFolder folder;
    const auto store = open_store(folder.path / "state").value();
    std::vector<std::string> images{image_of(*store)};
    for (const auto& step : steps()) {
        EXPECT_TRUE(step(*store));
        images.push_back(image_of(*store));
    }
    return images;
}

// SQLite's unix layer lets its system calls be replaced (sqlite3_vfs.xSetSystemCall).
int g_writes_left = 0;

template <class Write>
ssize_t write_or_die(std::size_t size, Write write) {
    if (--g_writes_left > 0) return write(size);
    write(size / 2);  // torn in the middle
    ::kill(::getpid(), SIGKILL);
    return -1;
}
ssize_t counted_write(int file, const void* bytes, std::size_t size) {
    return write_or_die(size, [&](std::size_t part) { return ::write(file, bytes, part); });
}
ssize_t counted_pwrite(int file, const void* bytes, std::size_t size, off_t at) {
    return write_or_die(size, [&](std::size_t part) { return ::pwrite(file, bytes, part, at); });
}
int counted_truncate(int file, off_t size) {
    if (--g_writes_left <= 0) ::kill(::getpid(), SIGKILL);
    return ::ftruncate(file, size);
}

/// In the child: dies at the given write, or ends with status 0 when all steps are done. Each finished
/// step puts one byte into `done`.
[[noreturn]] void run_steps_and_die(const std::filesystem::path& state_dir, int at_write, int done) {
    g_writes_left = at_write;
    sqlite3_initialize();
    sqlite3_vfs* vfs = sqlite3_vfs_find(nullptr);
    vfs->xSetSystemCall(vfs, "write", reinterpret_cast<sqlite3_syscall_ptr>(counted_write));
    vfs->xSetSystemCall(vfs, "pwrite", reinterpret_cast<sqlite3_syscall_ptr>(counted_pwrite));
    vfs->xSetSystemCall(vfs, "pwrite64", reinterpret_cast<sqlite3_syscall_ptr>(counted_pwrite));
    vfs->xSetSystemCall(vfs, "ftruncate", reinterpret_cast<sqlite3_syscall_ptr>(counted_truncate));
    {
        const auto store = open_store(state_dir);
        if (!store) ::_exit(2);
        for (const auto& step : steps()) {
            if (!step(**store)) ::_exit(3);
            if (::write(done, "x", 1) != 1) ::_exit(4);
        }
    }
    ::_exit(0);
}

struct Death {
    int status = 0;            ///< as waitpid gives it
    std::size_t finished = 0;  ///< steps that answered before
};

Death run_child(const std::filesystem::path& state_dir, int at_write) {
    std::array<int, 2> ends{};
    if (::pipe(ends.data()) != 0) std::abort();
    const pid_t child = ::fork();
    if (child == 0) run_steps_and_die(state_dir, at_write, ends[1]);
    ::close(ends[1]);
    Death death;
    char byte = 0;
    while (::read(ends[0], &byte, 1) == 1) ++death.finished;
    ::close(ends[0]);
    ::waitpid(child, &death.status, 0);
    return death;
}

TEST(Crash, a_process_killed_at_any_write_leaves_each_call_done_or_not_done) {
    const auto images = expected_images();
    int at_write = 1, killed = 0;
    for (;; at_write += at_write < 40 ? 1 : 3) {
        const TemporaryFolder folder;
        const auto death = run_child(folder.path / "state", at_write);
        if (WIFEXITED(death.status)) {
            ASSERT_EQ(WEXITSTATUS(death.status), 0);
            ASSERT_EQ(death.finished, images.size() - 1);
            break;
        }
        ++killed;
        ASSERT_EQ(WTERMSIG(death.status), SIGKILL);
        const auto store = open_store(folder.path / "state");
        ASSERT_TRUE(store) << "killed at write " << at_write << ": " << store.error().message;
        const auto image = image_of(**store);
        const bool is_before = image == images.at(death.finished);
        const bool is_after = death.finished + 1 < images.size() && image == images.at(death.finished + 1);
        ASSERT_TRUE(is_before || is_after)
            << "killed at write " << at_write << " after " << death.finished << " steps:\n"
            << image;
        ASSERT_TRUE((*store)->hold("run", k_noon)) << "the dead hold nothing";
        ASSERT_TRUE(steps().back()(**store)) << "and the next run can write";
    }
    EXPECT_GT(killed, 50) << "the deaths must be spread over all steps";
}

TEST(Crash, a_full_disk_fails_the_call_and_keeps_the_state_before) {
    const TemporaryFolder folder;
    ASSERT_TRUE(open_store(folder.path / "state").value()->change({.list = "L", .put = {entry("a.example")}}));
    const pid_t child = ::fork();
    if (child == 0) {
        ::signal(SIGXFSZ, SIG_IGN);
        const rlimit limit{256U << 10, 256U << 10};
        ::setrlimit(RLIMIT_FSIZE, &limit);
        const auto store = open_store(folder.path / "state").value();
        LedgerChange change{.list = "L"};
        for (int i = 0; i < 20'000; ++i) change.put.push_back(entry(std::to_string(i) + ".malware.example"));
        const auto result = store->change(change);
        ::_exit(!result && result.error().code == Code::invalid ? 0 : 1);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    ASSERT_TRUE(WIFEXITED(status));
    EXPECT_EQ(WEXITSTATUS(status), 0);
    EXPECT_EQ(open_store(folder.path / "state").value()->ledger("L").value().ours.size(), 1U);
}

TEST(Crash, the_lock_of_a_killed_process_is_free_again) {
    const TemporaryFolder folder;
    std::array<int, 2> ready{};
    ASSERT_EQ(::pipe(ready.data()), 0);
    const pid_t child = ::fork();
    if (child == 0) {
        const auto store = open_store(folder.path / "state").value();
        const auto hold = store->hold("run", k_noon);
        if (!hold || ::write(ready[1], "x", 1) != 1) ::_exit(1);
        for (;;) ::pause();
    }
    char byte = 0;
    ASSERT_EQ(::read(ready[0], &byte, 1), 1);
    const auto store = open_store(folder.path / "state").value();
    const auto refused = store->hold("plan", k_noon);
    EXPECT_TRUE(store->ledger("L")) << "reading goes on while another process holds the lock";
    ::kill(child, SIGKILL);
    ::waitpid(child, nullptr, 0);
    ::close(ready[0]);
    ::close(ready[1]);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Code::blocked);
    EXPECT_THAT(refused.error().message,
                testing::HasSubstr("process " + std::to_string(child) + " (cordon run, since 2026-11-21"));
    EXPECT_TRUE(store->hold("plan", k_noon));
}

}  // namespace
}  // namespace cordon::store
