#include "console/accounts.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/digest.hpp"
#include "base/file.hpp"
#include "base/json.hpp"
#include "base/text.hpp"

namespace cordon::console {

using Json = nlohmann::ordered_json;

namespace {

constexpr std::array<const char*, 3> k_role_names{"viewer", "operator", "admin"};
constexpr std::size_t k_most_file_bytes = 1U << 20U;
constexpr std::chrono::hours k_usage_step{1};
constexpr const char* k_token_mark = "cordon_";  // so that scanners for lost secrets know one

/// Holds the lock file beside the accounts for as long as it lives.
class AccountsLock {
public:
    explicit AccountsLock(const std::filesystem::path& file)
        : file_(::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, S_IRUSR | S_IWUSR)) {
        while (file_ >= 0 && ::flock(file_, LOCK_EX) != 0) {
            if (errno != EINTR) break;
        }
    }
    AccountsLock(const AccountsLock&) = delete;
    AccountsLock& operator=(const AccountsLock&) = delete;
    ~AccountsLock() {
        if (file_ >= 0) ::close(file_);
    }
    [[nodiscard]] bool is_open() const noexcept { return file_ >= 0; }

private:
    int file_;
};

Role role_from(const Json& json) {
    const auto role = role_of(json.get<std::string>());
    if (!role) throw std::invalid_argument("no such role");
    return *role;
}

std::optional<Time> moment_from(const Json& json) {
    if (json.is_null()) return std::nullopt;
    const auto moment = parse_iso8601(json.get<std::string>());
    if (!moment) throw std::invalid_argument("no such time");
    return *moment;
}

AccountBook book_from(const Json& json) {
    AccountBook book;
    for (const auto& one : json.at("accounts"))
        book.accounts.push_back({one.at("name"), role_from(one.at("role")), one.at("password")});
    for (const auto& one : json.at("tokens")) {
        book.tokens.push_back({one.at("name"), role_from(one.at("role")), one.at("sha256"),
                               moment_from(one.at("made")).value_or(Time{}), moment_from(one.at("last_used"))});
    }
    return book;
}

std::string text_of(const AccountBook& book) {
    auto accounts = Json::array();
    for (const auto& one : book.accounts)
        accounts.push_back({{"name", one.name}, {"role", name_of(one.role)}, {"password", one.password}});
    auto tokens = Json::array();
    for (const auto& one : book.tokens) {
        tokens.push_back({{"name", one.name},
                          {"role", name_of(one.role)},
                          {"sha256", one.sha256},
                          {"made", to_iso8601(one.made)},
                          {"last_used", one.last_used ? Json(to_iso8601(*one.last_used)) : Json()}});
    }
    return Json{{"accounts", std::move(accounts)}, {"tokens", std::move(tokens)}}.dump(2) + "\n";
}

template <class Row>
auto named(std::vector<Row>& rows, std::string_view name) {
    return std::find_if(rows.begin(), rows.end(), [&](const Row& row) { return row.name == name; });
}

template <class Row>
void sort_by_name(std::vector<Row>& rows) {
    std::sort(rows.begin(), rows.end(), [](const Row& a, const Row& b) { return a.name < b.name; });
}

/// What a name that nobody has is held against, so that it costs what a known one costs.
const std::string& nobodys_password() {
    static const std::string kept =
        fmt::format("scrypt${}${}${}${:032}${:064}", PasswordCost{}.n, PasswordCost{}.r, PasswordCost{}.p, 0, 0);
    return kept;
}

}  // namespace

const char* name_of(Role role) noexcept {
    return k_role_names[static_cast<std::size_t>(role)];
}

std::optional<Role> role_of(std::string_view name) noexcept {
    for (std::size_t i = 0; i < k_role_names.size(); ++i) {
        if (name == k_role_names[i]) return static_cast<Role>(i);
    }
    return std::nullopt;
}

Result<void> check_account_name(std::string_view name) {
    const bool is_plain = !name.empty() && name.size() <= 64 && std::all_of(name.begin(), name.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '_' ||
               c == '-' || c == '@';
    });
    if (is_plain) return {};
    return fail(Code::invalid,
                fmt::format("{} is no name: 1 to 64 letters, digits, '.', '_', '-' and '@'", printable(name, 80)));
}

Accounts::Accounts(std::filesystem::path state_dir) : folder_(std::move(state_dir)), file_(folder_ / "console.json") {}

std::optional<Accounts::Stamp> Accounts::stamp() const {
    struct stat found {};
    if (::stat(file_.c_str(), &found) != 0) return std::nullopt;
    return Stamp{found.st_ino, found.st_mtim.tv_sec, found.st_mtim.tv_nsec};
}

Result<AccountBook> Accounts::read() const {
    std::error_code unseen;
    if (!std::filesystem::exists(file_, unseen) && !unseen) return AccountBook{};
    CORDON_TRY_ASSIGN(const auto text, read_file(file_, k_most_file_bytes));
    try {
        return book_from(parse_json<Json>(text));
    } catch (const std::exception&) {
        // The library's words may quote the file.
        return fail(Code::corrupt, fmt::format("{} does not hold the console's accounts; take it away and add them "
                                               "again with 'cordon user add'",
                                               file_.string()));
    }
}

Result<std::shared_ptr<const AccountBook>> Accounts::book() {
    const std::scoped_lock lock(mutex_);
    const auto now = stamp();
    if (book_ && now == read_at_) return book_;
    CORDON_TRY_ASSIGN(auto read_book, read());
    book_ = std::make_shared<const AccountBook>(std::move(read_book));
    read_at_ = now;
    return book_;
}

Result<void> Accounts::change(const std::function<Result<void>(AccountBook& book)>& change) {
    const AccountsLock lock(folder_ / "console.lock");
    if (!lock.is_open()) {
        return fail(Code::invalid, fmt::format("cannot write in {}: {}; the first 'cordon run' makes the state folder",
                                               folder_.string(), std::strerror(errno)));
    }
    CORDON_TRY_ASSIGN(auto changed, read());
    CORDON_TRY(change(changed));
    sort_by_name(changed.accounts);
    sort_by_name(changed.tokens);
    return write_file_atomically(file_, text_of(changed));
}

Result<void> Accounts::put_account(const std::string& name, Role role, const Secret& password,
                                   const PasswordCost& cost) {
    CORDON_TRY(check_account_name(name));
    CORDON_TRY(check_new_password(password));
    CORDON_TRY_ASSIGN(auto hash, hash_password(password, cost));
    return change([&](AccountBook& book) -> Result<void> {
        const auto known = named(book.accounts, name);
        if (known == book.accounts.end()) {
            book.accounts.push_back({name, role, hash});
        } else {
            *known = {name, role, hash};
        }
        return {};
    });
}

Result<void> Accounts::remove_account(const std::string& name) {
    return change([&](AccountBook& book) -> Result<void> {
        const auto known = named(book.accounts, name);
        if (known == book.accounts.end())
            return fail(Code::invalid, fmt::format("there is no user {}", printable(name)));
        book.accounts.erase(known);
        return {};
    });
}

Result<Secret> Accounts::add_token(const std::string& name, Role role, Time now) {
    CORDON_TRY(check_account_name(name));
    auto token = k_token_mark + random_hex(32);
    const auto hash = sha256_hex(token);
    Secret shown(std::move(token));
    CORDON_TRY(change([&](AccountBook& book) -> Result<void> {
        if (named(book.tokens, name) != book.tokens.end())
            return fail(Code::invalid, fmt::format("there is a token {} already; remove it first", printable(name)));
        book.tokens.push_back({name, role, hash, now, std::nullopt});
        return {};
    }));
    return shown;
}

Result<void> Accounts::remove_token(const std::string& name) {
    return change([&](AccountBook& book) -> Result<void> {
        const auto known = named(book.tokens, name);
        if (known == book.tokens.end())
            return fail(Code::invalid, fmt::format("there is no token {}", printable(name)));
        book.tokens.erase(known);
        return {};
    });
}

Result<std::optional<Account>> Accounts::check(const std::string& name, const Secret& password) {
    CORDON_TRY_ASSIGN(const auto known, book());
    const Account* found = nullptr;
    for (const auto& account : known->accounts) {
        if (account.name == name) found = &account;
    }
    const bool is_right = is_password(password, found == nullptr ? nobodys_password() : found->password);
    if (found == nullptr || !is_right) return std::nullopt;
    return *found;
}

Result<std::optional<ApiToken>> Accounts::find_token(std::string_view token, Time now) {
    CORDON_TRY_ASSIGN(const auto known, book());
    const auto hash = sha256_hex(token);
    std::optional<ApiToken> found;
    for (const auto& one : known->tokens) {
        if (equals_in_constant_time(one.sha256, hash)) found = one;
    }
    if (!found || (found->last_used && now - *found->last_used < k_usage_step)) return found;
    // Where it cannot be noted, the token holds all the same.
    [[maybe_unused]] const auto noted = change([&](AccountBook& book) -> Result<void> {
        const auto row = named(book.tokens, found->name);
        if (row != book.tokens.end()) row->last_used = now;
        return {};
    });
    return found;
}

}  // namespace cordon::console
