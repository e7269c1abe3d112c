#pragma once

#include <functional>
#include <memory>
#include <random>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

#include "core/notice.hpp"
#include "net/http.hpp"
#include "notify/notifier.hpp"
#include "notify/settings.hpp"
#include "store/store.hpp"

namespace cordon::notify {

/// One enabled section and the way to its people.
struct Receiver {
    std::string name;  ///< "ops" of [notify_ops]
    core::NoticeRules rules;
    std::unique_ptr<Notifier> notifier;
};

/// What receivers take from outside of the program.
struct World {
    std::function<std::unique_ptr<net::HttpClient>(net::Connection)> connect = net::make_curl_client;
    Clock& clock;
    Teller teller;
    std::mt19937_64 random;
};

/// `options` has a kind and no faults; `ca_file` and `socket` are resolved.
[[nodiscard]] Receiver make_receiver(const NotifierOptions& options, World& world);

/// The name of this machine.
[[nodiscard]] std::string host_name();

/// Tells each receiver what follows from a run, and notes in the store what arrived: what did not is due again in the
/// next run. Gives a sentence for each thing that went wrong; nothing else becomes of it. `report` may be in the store
/// already.
[[nodiscard]] std::vector<std::string> tell(std::span<const Receiver> receivers, const core::RunReport& report,
                                            store::Store& store, const std::stop_token& stop);

}  // namespace cordon::notify
