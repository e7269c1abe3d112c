#pragma once

#include <string>
#include <utility>
#include <vector>

#include "sandbox/options.hpp"

namespace cordon::scenario {

/// How these tests sign in to ZIA. All of them run in each way; one that speaks of what only one way has says so.
enum class SignIn { legacy, oneapi, bearer };

/// What the environment variable CORDON_REHEARSAL_AUTH says; legacy where it is not set.
[[nodiscard]] SignIn sign_in();

using Keys = std::vector<std::pair<std::string, std::string>>;
/// The keys of [zscaler] that lead to the sandbox at `url`.
[[nodiscard]] Keys place_keys(const std::string& url);
/// Those that say who signs in.
[[nodiscard]] Keys credential_keys(const sandbox::Credentials& known);
/// The same as NAME=value of the environment.
[[nodiscard]] std::vector<std::string> credential_variables(const sandbox::Credentials& known);
/// "key = value" lines.
[[nodiscard]] std::string lines_of(const Keys& keys);

/// What no message may hold: the two that go over the wire when signing in, or one of them twice.
[[nodiscard]] std::vector<std::string> sign_in_secrets(const sandbox::Credentials& known);
/// The key of the last of them, and what a refusal of a wrong one says.
[[nodiscard]] std::string secret_key();
[[nodiscard]] std::string wrong_secret_words();

/// Method and path of the request that signs in; a bearer makes none, so that its first request stands here.
[[nodiscard]] std::string sign_in_method();
[[nodiscard]] std::string sign_in_path();

}  // namespace cordon::scenario
