// Pages over what the whole program left behind: settings file, sandbox, real gateway client, store and logs.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/settings.hpp"
#include "console/console.hpp"
#include "store/sql_store.hpp"
#include "tests/scenario/rehearsal.hpp"

namespace cordon::console {
namespace {

using scenario::Rehearsal;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

/// A desk as the daemon has one: the settings wired, and the store opened for looking.
class RehearsedDesk final : public Desk {
public:
    explicit RehearsedDesk(Rehearsal& rehearsal) {
        cli::CommonArguments common;
        common.settings = rehearsal.settings_file();
        auto loaded = cli::load_settings(common).value();
        auto session = cli::Session::wire(std::move(loaded), rehearsal.clock).value();
        const auto& settings = *session->settings;
        store_ = store::open_store(settings.resolved(settings.places.state_dir), store::OpenMode::looking).value();
        wiring_.reset(new Wiring{std::move(session->sections), std::move(session->jobs), *session->protection,
                                 settings.effective, settings.resolved(settings.places.log_dir) / "rejected.csv"});
        session_ = std::move(session);  // what the feeds were made from
    }

    [[nodiscard]] store::Store& store() override { return *store_; }
    [[nodiscard]] std::shared_ptr<const Wiring> wiring() override { return wiring_; }
    [[nodiscard]] Pace pace() override { return {}; }
    [[nodiscard]] std::optional<KeptPlan> kept_plan() override { return std::nullopt; }
    [[nodiscard]] Result<void> take(const Wish&) override { return {}; }
    [[nodiscard]] Result<void> record(const store::AuditRecord&) override { return {}; }

private:
    std::unique_ptr<cli::Session> session_;
    std::unique_ptr<store::Store> store_;
    std::shared_ptr<const Wiring> wiring_;
};

struct Rehearsed {
    Rehearsal rehearsal;
    std::string last;
    std::unique_ptr<RehearsedDesk> desk;
    std::unique_ptr<Console> console;

    Rehearsed() {
        rehearsal.put_domains(scenario::hosts(60));
        rehearsal.put_ips(scenario::addresses(5));
        EXPECT_EQ(rehearsal.run().status, 0);
        rehearsal.clock.advance(std::chrono::hours{1});
        auto more = scenario::united(scenario::hosts(61), {"not an indicator", "localhost"});
        rehearsal.put_domains(scenario::without(more, {"host-00001.example"}));
        const auto ending = rehearsal.run();
        EXPECT_EQ(ending.status, 0) << ending.said();
        last = ending.report.id;
        desk = std::make_unique<RehearsedDesk>(rehearsal);
        console = std::make_unique<Console>(*desk, AccessOptions{}, rehearsal.folder() / "state");
    }

    std::string body(const std::string& path, const std::vector<std::pair<std::string, std::string>>& query = {}) {
        net::ServerRequest request;
        request.method = "GET";
        request.path = request.target = path;
        request.query = query;
        request.headers = {{"host", "localhost:8470"}};
        request.remote_address = "127.0.0.1";
        const auto response = console->answer(request, rehearsal.clock.now());
        EXPECT_EQ(response.status, 200) << path << ": " << response.body;
        for (const auto& secret : rehearsal.secrets()) EXPECT_THAT(response.body, Not(HasSubstr(secret))) << path;
        return response.body;
    }
};

TEST(TheConsoleAfterARehearsal, shows_what_the_program_did_on_every_page_and_no_secret) {
    Rehearsed made;
    EXPECT_THAT(made.body("/"), AllOf(HasSubstr("65 entries of the feeds are on lists, but no rule blocks"),
                                      HasSubstr(Rehearsal::k_domains), HasSubstr(Rehearsal::k_ips)));
    EXPECT_THAT(made.body("/feeds"), AllOf(HasSubstr("risklist_domains"), HasSubstr("62")));
    EXPECT_THAT(made.body("/lists"), HasSubstr(Rehearsal::k_domains));
    EXPECT_THAT(made.body("/lists/entries", {{"list", Rehearsal::k_domains}, {"q", "host-00061"}}),
                AllOf(HasSubstr("1 of 60 entries"), HasSubstr("host-00061.example"), HasSubstr("on the list")));
    EXPECT_THAT(made.body("/runs"), HasSubstr(made.last));
    EXPECT_THAT(made.body("/runs/" + made.last),
                AllOf(HasSubstr("host-00061.example"), HasSubstr("host-00001.example"), HasSubstr("urlCategories")));
    EXPECT_THAT(made.body("/explain", {{"value", "http://host-00002.example/x"}}), HasSubstr("on it as its entry"));
    EXPECT_THAT(made.body("/plan"), HasSubstr("Nothing is stopped"));
    EXPECT_THAT(made.body("/rejected"), AllOf(HasSubstr("not_an_indicator"), HasSubstr("not an indicator")));
    EXPECT_THAT(made.body("/settings"), AllOf(HasSubstr("[zscaler]"), HasSubstr("set")));
    EXPECT_THAT(made.body("/audit"), AllOf(HasSubstr("activate"), HasSubstr(made.last)));
    for (const auto* path : {"/overview", "/feeds", "/lists", "/runs", "/plan", "/rejected", "/settings", "/audit"})
        EXPECT_TRUE(Json::accept(made.body(std::string("/api/v1") + path))) << path;
}

TEST(TheConsoleAfterARehearsal, lets_a_run_go_on_beside_it) {
    Rehearsed made;
    (void)made.body("/lists/entries", {{"list", Rehearsal::k_domains}});
    made.rehearsal.put_domains(scenario::hosts(70));
    made.rehearsal.clock.advance(std::chrono::hours{1});
    EXPECT_EQ(made.rehearsal.run().status, 0);
    EXPECT_THAT(made.body("/lists/entries", {{"list", Rehearsal::k_domains}}), HasSubstr("70 of 70 entries"));
    EXPECT_THAT(made.body("/"), HasSubstr("75 entries of the feeds"));
}

}  // namespace
}  // namespace cordon::console
