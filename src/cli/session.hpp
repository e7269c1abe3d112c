#pragma once

#include <functional>
#include <iosfwd>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "cli/settings.hpp"
#include "core/protection.hpp"
#include "engine/entry_table.hpp"
#include "engine/indicator_log.hpp"
#include "engine/rejected_csv.hpp"
#include "engine/run.hpp"
#include "net/http.hpp"
#include "net/rate_budget.hpp"
#include "store/sql_store.hpp"

namespace cordon::cli {

/// Whether a command can do without any enabled feed section.
enum class Feeds { needed, optional };

/// The settings that a command names and the store that they name, for commands that need nothing else.
struct OpenedStore {
    std::unique_ptr<Settings> settings;
    std::unique_ptr<store::Store> store;  ///< nullptr where that failed, which was printed
    int status = 0;                       ///< to leave with then

    [[nodiscard]] std::filesystem::path state_dir() const { return settings->resolved(settings->places.state_dir); }
};
[[nodiscard]] OpenedStore open_store_of(const Arguments& arguments, store::OpenMode mode, std::ostream& err);

/// What a session takes from outside of the program beside its clock; a simulation puts its own in.
struct Outside {
    std::function<std::unique_ptr<net::HttpClient>(net::Connection)> connect = net::make_curl_client;
    /// Seeds differ between runs and need not be secret: they spread retries.
    std::function<std::mt19937_64()> random = [] { return std::mt19937_64(std::random_device{}()); };
};

/// Whether what the feeds name and no list gets is written to rejected.csv: by runs and by what shows a run beforehand.
enum class Rejects { written, passed_over };

/// Everything that one command works with, wired from the settings. The only place that knows which
/// feeds, gateway and store there are.
class Session {
public:
    /// Wires what works without the network or the store: protection, feeds, lists, gateway. `invalid` with
    /// every problem found, a line each.
    /// `clock` must outlive the session. The settings may wire one session after another, never two at once.
    [[nodiscard]] static Result<std::unique_ptr<Session>> wire(std::shared_ptr<Settings> settings, Clock& clock,
                                                               Feeds feeds = Feeds::needed, Outside outside = {});

    /// Opens log and store; needed before ports(). With OpenMode::reading nothing is written but rate budgets and
    /// the mirror of a provider's indicators.
    Result<void> open(LogLevel level, store::OpenMode mode = store::OpenMode::writing,
                      Rejects rejects = Rejects::written);

    [[nodiscard]] engine::Ports ports(std::function<void(std::string_view)> progress);
    /// What is known of the lists now; needs open().
    [[nodiscard]] engine::EntrySources entry_sources() const {
        return {sections, jobs, *protection, *store, clock.now()};
    }
    [[nodiscard]] engine::RunOptions run_options(const std::string& command) const;
    /// The configured list of this name; nullptr where there is none.
    [[nodiscard]] const engine::ListJob* job(const std::string& list) const noexcept;

    Clock& clock;
    std::shared_ptr<Settings> settings;
    std::unique_ptr<store::Store> store;
    std::optional<net::RateBudget> budget;
    feeds::LocalState local;  ///< the two above, once they are open
    std::optional<core::Protection> protection;
    std::vector<engine::FeedSection> sections;
    std::vector<engine::ListJob> jobs;
    std::unique_ptr<gateways::Gateway> gateway;
    std::unique_ptr<engine::RejectedCsv> rejected;     ///< nullptr where they are passed over
    std::unique_ptr<engine::IndicatorLog> indicators;  ///< nullptr unless log_indicators is on

private:
    Session(Clock& the_clock, Outside outside) : clock(the_clock), outside_(std::move(outside)) {}

    /// Takes what is passed over.
    class Nowhere final : public engine::RejectedValues {
        void begin_list(const std::string& /*list*/) override {}
        void take(std::string_view /*value*/, core::Reason /*reason*/, std::string_view /*feed*/,
                  std::string_view /*detail*/) override {}
    };

    Outside outside_;
    Nowhere nowhere_;
};

}  // namespace cordon::cli
