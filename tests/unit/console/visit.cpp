#include "tests/unit/console/visit.hpp"

#include <gtest/gtest.h>

#include "base/text.hpp"
#include "engine/explaining.hpp"
#include "engine/rejected_csv.hpp"

namespace cordon::console {
namespace {

/// The world's sections belong to it: a wiring has its own, of the same feeds.
engine::FeedSection copy_of(const engine::FeedSection& section) {
    auto feed = std::make_unique<engine::FakeFeed>(section.section, section.feed->entity());
    return {section.section, section.list, std::move(feed)};
}

std::string encoded(const Pairs& fields) {
    std::string body;
    for (const auto& [name, value] : fields) {
        body += (body.empty() ? "" : "&") + net::percent_encode(name) + "=" + net::percent_encode(value);
    }
    return body;
}

constexpr std::string_view k_token_mark = "name=\"form_token\" value=\"";

std::string form_token_at(const std::string& page, std::size_t mark) {
    if (mark == std::string::npos) return {};
    const auto begin = mark + k_token_mark.size();
    return page.substr(begin, page.find('"', begin) - begin);
}

}  // namespace

std::shared_ptr<const Wiring> FakeDesk::wiring() {
    if (wiring_) return wiring_;
    const std::shared_ptr<Wiring> made(new Wiring{{}, {}, protection_, {}, {}});
    for (const auto& section : world_.sections) made->sections.push_back(copy_of(section));
    made->jobs = world_.jobs();
    made->settings = settings;
    made->rejected_csv = world_.folder / "logs" / "rejected.csv";
    wiring_ = made;
    return wiring_;
}

Result<void> FakeDesk::take(const Wish& wish) {
    if (refusal) return fail(*refusal);
    wishes.push_back(wish);
    return {};
}

Result<void> FakeDesk::record(const store::AuditRecord& record) {
    if (record_failure) return fail(*record_failure);
    records.push_back(record);
    return world_.store->audit(record, world_.clock.now());
}

Visit::Visit() = default;

net::ServerResponse Visit::get(const std::string& target) {
    net::ServerRequest request;
    request.method = "GET";
    request.target = target;
    return send(std::move(request));
}

net::ServerResponse Visit::post(const std::string& target, const Pairs& fields) {
    net::ServerRequest request;
    request.method = "POST";
    request.target = target;
    request.headers = {{"content-type", "application/x-www-form-urlencoded"}, {"origin", "http://" + host}};
    request.body = encoded(fields);
    return send(std::move(request));
}

net::ServerResponse Visit::post_json(const std::string& target, const Json& body) {
    net::ServerRequest request;
    request.method = "POST";
    request.target = target;
    request.headers = {{"content-type", "application/json"}};
    request.body = body.dump();
    return send(std::move(request));
}

net::ServerResponse Visit::send(net::ServerRequest request) {
    if (!console) console = std::make_unique<Console>(desk, options, world.folder, [] { return "cordon_up 1\n"; });
    const auto question = request.target.find('?');
    request.path = net::percent_decode(request.target.substr(0, question));
    if (question != std::string::npos) {
        for (const auto piece : split(std::string_view(request.target).substr(question + 1), '&')) {
            const auto equals = piece.find('=');
            if (equals == std::string_view::npos) continue;
            request.query.emplace_back(net::percent_decode(piece.substr(0, equals)),
                                       net::percent_decode(piece.substr(equals + 1)));
        }
    }
    request.remote_address = address;
    request.headers.emplace_back("host", host);
    for (const auto& [name, value] : cookies) request.headers.emplace_back("cookie", name + "=" + value);
    request.headers.insert(request.headers.end(), more_headers.begin(), more_headers.end());
    auto response = console->answer(request, world.clock.now());
    for (const auto& [name, value] : response.headers) {
        if (name != "Set-Cookie") continue;
        const auto pair = value.substr(0, value.find(';'));
        const auto equals = pair.find('=');
        cookies[pair.substr(0, equals)] = pair.substr(equals + 1);
    }
    return response;
}

Json Visit::json(const std::string& target) {
    const auto response = get("/api/v1" + target);
    EXPECT_EQ(response.status, 200) << target << ": " << response.body;
    return Json::parse(response.body);
}

core::RunReport Visit::run(engine::RunOptions run_options) {
    const auto report = world.run(std::move(run_options)).report;
    auto csv = engine::RejectedCsv::create(world.folder / "logs" / "rejected.csv").value();
    for (const auto& value : world.rejected.values) {
        csv->begin_list(value.list);
        csv->take(value.value, value.reason, "domains", "");
    }
    EXPECT_TRUE(csv->finish());
    return report;
}

void Visit::add_user(const std::string& name, Role role) {
    const PasswordCost cheap{16, 1, 1};
    ASSERT_TRUE(accounts().put_account(name, role, Secret(k_password), cheap));
}

net::ServerResponse Visit::sign_in(const std::string& name, const std::string& password, const std::string& next) {
    const auto page = get("/sign-in").body;
    const auto token = form_token_at(page, page.rfind(k_token_mark));  // behind the one that signs out
    EXPECT_NE(token, "") << page;
    return post("/sign-in", {{"form_token", token}, {"user", name}, {"password", password}, {"next", next}});
}

std::string Visit::form_token(const std::string& target) {
    const auto page = get(target).body;
    return form_token_at(page, page.find(k_token_mark));
}

std::string header_of(const net::ServerResponse& response, const std::string& name) {
    for (const auto& [header, value] : response.headers) {
        if (header == name) return value;
    }
    return {};
}

}  // namespace cordon::console
