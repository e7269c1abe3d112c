#pragma once

#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>

#include <gtest/gtest.h>

#include "store/sql_store.hpp"

namespace cordon::store {

/// A folder that is gone at the end of the scope.
class TemporaryFolder {
public:
    TemporaryFolder() {
        std::string pattern = (std::filesystem::temp_directory_path() / "cordon-store-XXXXXX").string();
        if (::mkdtemp(pattern.data()) == nullptr) std::abort();
        path = pattern;
    }
    TemporaryFolder(const TemporaryFolder&) = delete;
    TemporaryFolder& operator=(const TemporaryFolder&) = delete;
    ~TemporaryFolder() { std::filesystem::remove_all(path); }
    std::filesystem::path path;
};

/// One engine of the store, for the suite that every one of them has to pass.
class StoreFactory {
public:
    virtual ~StoreFactory() = default;
    /// The same store each time: what one object wrote, the next one reads.
    virtual std::unique_ptr<Store> open() = 0;
};

class SqliteFactory final : public StoreFactory {
public:
    std::unique_ptr<Store> open() override {
        auto store = open_store(folder_.path / "state");
        EXPECT_TRUE(store) << store.error().message;
        return std::move(*store);
    }

private:
    TemporaryFolder folder_;
};

inline constexpr auto k_noon = Time{std::chrono::milliseconds{1'795'262'400'123}};

inline core::LedgerEntry entry(std::string canonical, core::LedgerMark mark = core::LedgerMark::seen) {
    return {std::move(canonical), mark, core::Side::plain, 0};
}

/// Records a request at `moment`; `throttled` where it does not fit.
inline Result<void> record_request(Store& store, const std::string& key, Time moment,
                                   net::RateWindow window = {1000, std::chrono::hours(24)}) {
    CORDON_TRY_ASSIGN(const auto full, store.try_take(key, {window}, ManualClock(moment)));
    if (full) return fail(Code::throttled, "free at " + to_iso8601(full->free_at));
    return {};
}

}  // namespace cordon::store
