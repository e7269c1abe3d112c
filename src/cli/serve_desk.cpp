#include "cli/serve_desk.hpp"

#include <utility>

namespace cordon::cli {

std::filesystem::path ServeDesk::state_dir() const {
    const auto settings = work_.settings();
    return settings->resolved(settings->places.state_dir);
}

Result<std::unique_ptr<ServeDesk>> ServeDesk::open(DaemonWork& work, daemon::Service& service, Clock& clock) {
    std::unique_ptr<ServeDesk> desk(new ServeDesk(work, service, clock));
    CORDON_TRY_ASSIGN(desk->store_, store::open_store(desk->state_dir(), store::OpenMode::looking));
    return desk;
}

std::shared_ptr<const console::Wiring> ServeDesk::wiring() {
    const auto looking = work_.looking();
    return {looking, &looking->wiring};
}

console::Pace ServeDesk::pace() {
    const auto status = service_.status();
    const auto never_began = status.last_run.empty() ? status.last_problem : std::string{};
    return {status.running_since, status.next_start, status.asked_by,
            status.readiness,     never_began,       status.settings_problem};
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
