#include "console/password.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rand.h>

#include <algorithm>
#include <array>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <vector>

#include <fmt/format.h>

#include "base/text.hpp"

namespace cordon::console {
namespace {

constexpr std::size_t k_hash_bytes = 32;
constexpr std::size_t k_salt_bytes = 16;
constexpr std::uint64_t k_most_memory = 256U << 20U;  // what a file may ask for
constexpr std::size_t k_least_characters = 12;
constexpr std::size_t k_most_password_bytes = 1024;

struct Kept {
    PasswordCost cost;
    std::string salt;  ///< hexadecimal digits, as they are
    std::string hash;
};

std::string hex_of(const unsigned char* bytes, std::size_t size) {
    std::string text;
    for (std::size_t i = 0; i < size; ++i) text += fmt::format("{:02x}", bytes[i]);
    return text;
}

std::optional<Kept> read_kept(const std::string& text) {
    const auto parts = split(text, '$');
    if (parts.size() != 6 || parts[0] != "scrypt") return std::nullopt;
    const auto n = parse_whole_number(parts[1]);
    const auto r = parse_whole_number(parts[2]);
    const auto p = parse_whole_number(parts[3]);
    const bool is_sane = n && r && p && *n >= 2 && *n <= (1U << 20U) && *r >= 1 && *r <= 32 && *p >= 1 && *p <= 16 &&
                         *n * *r * 128 <= k_most_memory;
    if (!is_sane || parts[4].empty() || parts[5].size() != 2 * k_hash_bytes) return std::nullopt;
    return Kept{{*n, static_cast<std::uint32_t>(*r), static_cast<std::uint32_t>(*p)},
                std::string(parts[4]),
                std::string(parts[5])};
}

/// "" where the library refuses.
std::string scrypt(const Secret& password, const std::string& salt, const PasswordCost& cost) {
    static std::mutex one_at_a_time;
    const std::scoped_lock lock(one_at_a_time);
    std::array<unsigned char, k_hash_bytes> hash{};
    const auto bytes = password.reveal();
    const int done =
        ::EVP_PBE_scrypt(bytes.data(), bytes.size(), reinterpret_cast<const unsigned char*>(salt.data()), salt.size(),
                         cost.n, cost.r, cost.p, k_most_memory + (1U << 20U), hash.data(), hash.size());
    return done == 1 ? hex_of(hash.data(), hash.size()) : std::string{};
}

}  // namespace

Result<std::string> hash_password(const Secret& password, const PasswordCost& cost) {
    const auto salt = random_hex(k_salt_bytes);
    const auto hash = scrypt(password, salt, cost);
    if (hash.empty()) return fail(Code::invalid, "the password could not be hashed: not enough memory");
    return fmt::format("scrypt${}${}${}${}${}", cost.n, cost.r, cost.p, salt, hash);
}

bool is_password(const Secret& password, const std::string& kept) {
    const auto known = read_kept(kept);
    const auto hash = scrypt(password, known ? known->salt : "no salt", known ? known->cost : PasswordCost{});
    return known && !hash.empty() && equals_in_constant_time(hash, known->hash);
}

Result<void> check_new_password(const Secret& password) {
    const auto bytes = password.reveal();
    const auto characters = static_cast<std::size_t>(std::count_if(
        bytes.begin(), bytes.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xc0U) != 0x80U; }));
    if (characters < k_least_characters)
        return fail(Code::invalid, fmt::format("a password has at least {} characters", k_least_characters));
    if (bytes.size() > k_most_password_bytes)
        return fail(Code::invalid, fmt::format("a password has at most {} bytes", k_most_password_bytes));
    return {};
}

std::string random_hex(std::size_t bytes) {
    std::vector<unsigned char> random(bytes);
    // Nothing may go on with a guessable secret.
    if (::RAND_bytes(random.data(), static_cast<int>(random.size())) != 1)
        throw std::runtime_error("the system gives no random bytes");
    return hex_of(random.data(), random.size());
}

bool equals_in_constant_time(std::string_view a, std::string_view b) noexcept {
    return a.size() == b.size() && ::CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace cordon::console
