#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "console/password.hpp"

namespace cordon::console {

/// What somebody may do; each may do what the ones before it may.
enum class Role : std::uint8_t {
    viewer,     ///< looks
    operator_,  ///< and starts runs, lets stopped plans through
    admin,      ///< and sees who has an account or a token
};
[[nodiscard]] const char* name_of(Role role) noexcept;
[[nodiscard]] std::optional<Role> role_of(std::string_view name) noexcept;

/// Somebody who signs in with a password.
struct Account {
    std::string name;
    Role role = Role::viewer;
    std::string password;  ///< see hash_password()
};

/// What a program shows instead; only its hash is kept.
struct ApiToken {
    std::string name;
    Role role = Role::viewer;
    std::string sha256;  ///< 64 hex digits of the token
    Time made;
    std::optional<Time> last_used;  ///< to the hour
};

/// Who may do what, as console.json in the state folder has it.
struct AccountBook {
    std::vector<Account> accounts;  ///< by name
    std::vector<ApiToken> tokens;   ///< by name
};

/// The file console.json of the state folder (0600, replaced as a whole). The commands `cordon user` and `cordon token`
/// write it while the daemon reads it: what changed is read again, and who changes it holds a lock meanwhile.
class Accounts {
public:
    explicit Accounts(std::filesystem::path state_dir);

    /// As the file is now; a file that is not there is an empty book. `corrupt` names it.
    [[nodiscard]] Result<std::shared_ptr<const AccountBook>> book();

    /// Reads, changes and writes under the lock.
    Result<void> change(const std::function<Result<void>(AccountBook& book)>& change);

    /// A new account or another password and role of a known one.
    Result<void> put_account(const std::string& name, Role role, const Secret& password, const PasswordCost& cost = {});
    /// `invalid` where there is none of this name.
    Result<void> remove_account(const std::string& name);
    /// Gives the token: it is shown once. `invalid` where the name is taken.
    [[nodiscard]] Result<Secret> add_token(const std::string& name, Role role, Time now);
    Result<void> remove_token(const std::string& name);

    /// The account, where the password is its own; the same time is spent on a name that nobody has.
    [[nodiscard]] Result<std::optional<Account>> check(const std::string& name, const Secret& password);
    /// The token that was shown; notes when it was used, at most once an hour.
    [[nodiscard]] Result<std::optional<ApiToken>> find_token(std::string_view token, Time now);

private:
    struct Stamp {
        std::uint64_t inode = 0;
        std::int64_t seconds = 0, nanoseconds = 0;
        bool operator==(const Stamp&) const = default;
    };
    [[nodiscard]] std::optional<Stamp> stamp() const;
    [[nodiscard]] Result<AccountBook> read() const;

    std::filesystem::path folder_;
    std::filesystem::path file_;
    std::mutex mutex_;  // of what follows
    std::shared_ptr<const AccountBook> book_;
    std::optional<Stamp> read_at_;
};

/// `invalid`: a name has 1 to 64 of a-z, A-Z, 0-9, '.', '_', '-' and '@'.
[[nodiscard]] Result<void> check_account_name(std::string_view name);

}  // namespace cordon::console
