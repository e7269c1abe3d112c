#include "cli/serve_desk.hpp"

#include <utility>

#include "engine/explaining.hpp"

namespace cordon::cli {

std::filesystem::path ServeDesk::state_dir() const {
    const auto settings = work_.settings();
    return settings->resolved(settings->places.state_dir);
}

Result<std::unique_ptr<ServeDesk>> ServeDesk::open(const CommonArguments& common, DaemonWork& work,
                                                   daemon::Service& service, Clock& clock) {
    std::unique_ptr<ServeDesk> desk(new ServeDesk(common, work, service, clock));
    { CORDON_TRY(store::open_store(desk->state_dir())); }  // made, or brought to this version
    CORDON_TRY_ASSIGN(desk->store_, store::open_store(desk->state_dir(), store::OpenMode::looking));
    CORDON_TRY_ASSIGN(desk->wired_, desk->wire());
    desk->wired_from_ = work.settings();
    return desk;
}

Result<std::shared_ptr<ServeDesk::Wired>> ServeDesk::wire() const {
    CORDON_TRY_ASSIGN(auto read, load_settings(common_));
    std::shared_ptr<Settings> settings = std::move(read);
    CORDON_TRY_ASSIGN(auto session, Session::wire(settings, clock_));
    console::Wiring wiring{std::move(session->sections),
                           std::move(session->jobs),
                           std::move(*session->protection),
                           settings->effective,
                           "",
                           settings->resolved(settings->places.log_dir) / "rejected.csv"};
    return std::make_shared<Wired>(Wired{std::move(session), std::move(wiring)});
}

std::shared_ptr<const console::Wiring> ServeDesk::wiring() {
    const auto problem = service_.status().settings_problem;
    const std::scoped_lock lock(mutex_);
    const auto current = work_.settings();
    if (current != wired_from_ || problem != wired_->wiring.settings_problem) {
        // While the file is wrong, what is shown stays what is in force.
        auto again = problem.empty() ? wire() : fail(Code::invalid, problem);
        if (again) wired_ = std::move(*again);
        wired_->wiring.settings_problem = problem;
        wired_from_ = current;
    }
    return {wired_, &wired_->wiring};
}

console::Pace ServeDesk::pace() {
    const auto status = service_.status();
    return {status.running_since, status.next_start, status.asked_by, status.readiness};
}

Result<engine::Explanation> ServeDesk::explain(const std::string& value) {
    CORDON_TRY_ASSIGN(auto settings, load_settings(common_));
    CORDON_TRY_ASSIGN(const auto session, Session::wire(std::move(settings), clock_));
    CORDON_TRY(session->open(common_.log_level, store::OpenMode::reading));
    return engine::explain(value, session->sections, session->jobs, session->ports({}));
}

Result<void> ServeDesk::take(const console::Wish& wish) {
    daemon::RunWish asked;
    asked.who = wish.user;
    asked.kind = wish.kind == console::WishKind::plan ? daemon::WishKind::plan : daemon::WishKind::run;
    asked.because = wish.because;
    if (wish.kind == console::WishKind::approve) {
        asked.list = wish.list;
        asked.digest = wish.digest;
        asked.rule = wish.rule;
    }
    return service_.ask_for(std::move(asked));
}

Result<void> ServeDesk::record(const store::AuditRecord& record) {
    CORDON_TRY_ASSIGN(const auto store, store::open_store(state_dir()));
    return store->audit(record, clock_.now());
}

}  // namespace cordon::cli
