#pragma once

#include <memory>
#include <random>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "feeds/feed.hpp"
#include "feeds/recorded_future_settings.hpp"
#include "net/http.hpp"
#include "net/retry.hpp"

namespace cordon::feeds {

/// The feed of one [risklist_*] section. `http` is its own client (feeds are fetched side by side);
/// `clock` must outlive it. `invalid` where the settings do not go together (check_together).
[[nodiscard]] Result<std::unique_ptr<Feed>> make_recorded_future(RfList list, const RfAccount& account,
                                                                 std::unique_ptr<net::HttpClient> http, Clock& clock,
                                                                 net::RetryRule retry, std::mt19937_64 random);

}  // namespace cordon::feeds
