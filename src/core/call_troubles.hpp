#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <string>

namespace cordon::core {

/// What went wrong with the requests of one endpoint class, beside how many there were.
struct CallTroubles {
    std::uint64_t errors = 0;             ///< requests without an answer, or with one that is no success
    std::uint64_t waits = 0;              ///< times that a rate limit, or the repeat of a request, kept us waiting
    std::chrono::milliseconds waited{0};  ///< how long, all of these together

    bool operator==(const CallTroubles&) const = default;

    void wait(std::chrono::milliseconds length) noexcept {
        if (length.count() <= 0) return;
        ++waits;
        waited += length;
    }
    void add(const CallTroubles& other) noexcept {
        errors += other.errors;
        waits += other.waits;
        waited += other.waited;
    }
};

/// By endpoint class, "PUT /urlCategories/{id}"; those without any trouble are left out.
using TroublesByEndpoint = std::map<std::string, CallTroubles>;

}  // namespace cordon::core
