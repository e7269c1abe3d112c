#pragma once

#include <memory>
#include <random>

#include "net/http.hpp"
#include "notify/notifier.hpp"
#include "notify/settings.hpp"

namespace cordon::notify {

/// Posts to `options.url`. Repeats twice what was not taken: rather told twice than not at all.
[[nodiscard]] std::unique_ptr<Notifier> make_webhook(const NotifierOptions& options,
                                                     std::unique_ptr<net::HttpClient> client, Teller teller,
                                                     Clock& clock, std::mt19937_64 random);

}  // namespace cordon::notify
