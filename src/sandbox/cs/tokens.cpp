#include "sandbox/cs/tokens.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "base/digest.hpp"
#include "sandbox/oauth.hpp"

namespace cordon::sandbox::cs {

std::string Tokens::issue(const std::string& region, Time until) {
    const auto number = requests_.size();
    auto token = fmt::format("sandbox.{:x}.{}", number + 1, sha256_hex(fmt::format("{} {}", seed_, number + 1)));
    tokens_[token] = {region, until, number};
    requests_.push_back(0);
    return token;
}

bool Tokens::admits(const net::ServerRequest& request, const std::string& region, Time now) {
    const auto found = tokens_.find(std::string(bearer_of(request)));
    if (found != tokens_.end()) ++requests_[found->second.number];
    return found != tokens_.end() && found->second.region == region && now < found->second.until;
}

void Tokens::lose(const net::ServerRequest& request) {
    tokens_.erase(std::string(bearer_of(request)));
}

std::size_t Tokens::open_at(Time now) const {
    return static_cast<std::size_t>(
        std::count_if(tokens_.begin(), tokens_.end(), [now](const auto& each) { return now < each.second.until; }));
}

}  // namespace cordon::sandbox::cs
