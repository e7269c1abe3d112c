#pragma once

#include <string>
#include <utility>

#include <tl/expected.hpp>

namespace cordon {

/// What the caller can do next about a failure. A closed list: a code is chosen by the caller's next
/// move, not by where the failure came from.
enum class Code {
    invalid,      ///< input or settings are wrong: a person has to change something
    unreachable,  ///< no answer: try again later, nothing was applied
    throttled,    ///< a rate limit: wait, then the same request may be sent again
    refused,      ///< the other side understood and said no: repeating is useless
    unknown,      ///< the answer to a write was lost: read back before deciding anything
    blocked,      ///< something else holds what we need (another run, an edit lock)
    corrupt,      ///< data arrived or lies damaged: keep what was good before
    cancelled,    ///< a signal or a stop request
};

/// The name of `code` as reports and logs print it, e.g. "unreachable".
[[nodiscard]] const char* name_of(Code code) noexcept;

/// An expected failure. `message` is one or two sentences for the operator (what, where, what to do
/// next); it never holds a secret.
struct Error {
    Code code = Code::invalid;
    std::string message;

    bool operator==(const Error&) const = default;
};

/// A value or an Error. Ignoring one does not compile without a warning.
template <class T>
class [[nodiscard]] Result : public tl::expected<T, Error> {
public:
    using tl::expected<T, Error>::expected;
};

/// The failing Result: `return fail(Code::corrupt, fmt::format("...", x));`
[[nodiscard]] inline tl::unexpected<Error> fail(Code code, std::string message) {
    return tl::unexpected<Error>(Error{code, std::move(message)});
}

/// Passes a failure on unchanged: `return fail(other.error());`
[[nodiscard]] inline tl::unexpected<Error> fail(Error error) {
    return tl::unexpected<Error>(std::move(error));
}

}  // namespace cordon

/// Leaves the function with the failure of a Result<void>.
#define CORDON_TRY(expression)                                        \
    do {                                                              \
        if (auto cordon_result_ = (expression); !cordon_result_) {    \
            return ::cordon::fail(std::move(cordon_result_).error()); \
        }                                                             \
    } while (false)

#define CORDON_CONCAT_INNER(a, b) a##b
#define CORDON_CONCAT(a, b) CORDON_CONCAT_INNER(a, b)
// NOLINTBEGIN(bugprone-macro-parentheses): what is declared cannot stand in parentheses
#define CORDON_TRY_ASSIGN_INNER(holder, declaration, expression)     \
    auto holder = (expression);                                      \
    if (!(holder)) return ::cordon::fail(std::move(holder).error()); \
    declaration = std::move(*(holder))
// NOLINTEND(bugprone-macro-parentheses)

/// `CORDON_TRY_ASSIGN(const auto text, read_file(path));` leaves the function with the failure, else
/// declares and fills the variable.
#define CORDON_TRY_ASSIGN(declaration, expression) \
    CORDON_TRY_ASSIGN_INNER(CORDON_CONCAT(cordon_holder_, __LINE__), declaration, expression)
