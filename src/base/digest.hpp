#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace cordon {

/// SHA-256 over bytes that come in pieces.
class Sha256 {
public:
    Sha256();
    ~Sha256();
    Sha256(Sha256&&) noexcept;
    Sha256& operator=(Sha256&&) noexcept;

    void update(std::string_view bytes);

    /// 64 lower-case hex digits of everything so far; ends the computation.
    [[nodiscard]] std::string hex();

private:
    struct State;
    std::unique_ptr<State> state_;
};

/// 64 lower-case hex digits.
[[nodiscard]] std::string sha256_hex(std::string_view bytes);

/// XXH3, 64 bits. For tables in memory only: never stored, no protection against an adversary, so equal
/// hashes are settled by comparing the text.
[[nodiscard]] std::uint64_t hash64(std::string_view bytes, std::uint64_t seed = 0) noexcept;

}  // namespace cordon
