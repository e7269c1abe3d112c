#pragma once

#include <filesystem>
#include <fstream>
#include <memory>
#include <sstream>

#include <unistd.h>

#include <gtest/gtest.h>

#include "cli/arguments.hpp"
#include "store/sql_store.hpp"

namespace cordon::cli {

/// A settings file and the store beside it.
class StoredThings : public testing::Test {
protected:
    StoredThings() {
        std::filesystem::create_directories(folder_);
        std::ofstream(folder_ / "settings.ini") << "[cordon]\nstate_dir = state\n";
        arguments_.common.settings = folder_ / "settings.ini";
    }
    ~StoredThings() override { std::filesystem::remove_all(folder_); }

    [[nodiscard]] std::unique_ptr<store::Store> store() const { return store::open_store(folder_ / "state").value(); }

    std::filesystem::path folder_ =
        std::filesystem::temp_directory_path() / ("cordon-stored-" + std::to_string(::getpid()) + "-" +
                                                  testing::UnitTest::GetInstance()->current_test_info()->name());
    Arguments arguments_;
    std::ostringstream out_, err_;
};

}  // namespace cordon::cli
