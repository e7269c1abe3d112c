#pragma once

#include <cstdint>
#include <string>

#include "base/result.hpp"
#include "base/secret.hpp"

namespace cordon::console {

/// How dear one look at a password is (scrypt, RFC 7914): 128 * n * r bytes of memory, p times.
struct PasswordCost {
    std::uint64_t n = 1U << 15U;  ///< OWASP's Password Storage Cheat Sheet (2023): 2^15 with r = 8 and p = 3
    std::uint32_t r = 8;
    std::uint32_t p = 3;
};

/// What is kept of a password: "scrypt$N$r$p$salt$hash", salt and hash in hexadecimal digits.
[[nodiscard]] Result<std::string> hash_password(const Secret& password, const PasswordCost& cost = {});

/// False also where `kept` is none of ours. Takes the time of one hash whatever comes out. One look at a time in the
/// whole process, since each takes 32 MiB: a flood of sign-ins waits in line.
[[nodiscard]] bool is_password(const Secret& password, const std::string& kept);

/// `invalid`: fewer than 12 characters, or more than 1,024 bytes.
[[nodiscard]] Result<void> check_new_password(const Secret& password);

/// `bytes` random bytes of the system in hexadecimal digits.
[[nodiscard]] std::string random_hex(std::size_t bytes);

/// In a time that depends on the lengths alone.
[[nodiscard]] bool equals_in_constant_time(std::string_view a, std::string_view b) noexcept;

}  // namespace cordon::console
