#pragma once

#include <memory>
#include <utility>

#include "store/store.hpp"

namespace cordon::simulation {

/// A store that passes everything on; a planted bug changes one method.
class PassingStore : public store::Store {
public:
    explicit PassingStore(std::unique_ptr<store::Store> real) : real_(std::move(real)) {}
    Result<std::unique_ptr<Hold>> hold(const std::string& command, Time now) override {
        return real_->hold(command, now);
    }
    Result<core::ListLedger> ledger(const std::string& list) override { return real_->ledger(list); }
    Result<core::ListLedger> ledger_head(const std::string& list) override { return real_->ledger_head(list); }
    Result<std::optional<store::Arrival>> arrival(const std::string& list, const std::string& canonical) override {
        return real_->arrival(list, canonical);
    }
    Result<void> change(const store::LedgerChange& change) override { return real_->change(change); }
    Result<std::vector<std::string>> known_lists() override { return real_->known_lists(); }
    Result<std::string> list_note(const std::string& list) override { return real_->list_note(list); }
    Result<void> change_list_note(const std::string& list,
                                  const std::function<std::string(const std::string& before)>& change) override {
        return real_->change_list_note(list, change);
    }
    Result<std::vector<store::Snapshot>> snapshots(const std::string& feed) override { return real_->snapshots(feed); }
    Result<void> save_snapshot(const store::Snapshot& snapshot, const core::IndicatorSet& indicators) override {
        return real_->save_snapshot(snapshot, indicators);
    }
    Result<core::IndicatorSet> load_rows(const store::Snapshot& snapshot, const store::RowFilter& takes) override {
        return real_->load_rows(snapshot, takes);
    }
    Result<void> confirm_snapshot(const std::string& feed, Time confirmed_at) override {
        return real_->confirm_snapshot(feed, confirmed_at);
    }
    Result<void> save_run(const core::RunReport& report) override { return real_->save_run(report); }
    Result<std::vector<store::RunSummary>> runs(std::size_t most) override { return real_->runs(most); }
    Result<std::string> run(const std::string& id) override { return real_->run(id); }
    Result<bool> is_activation_owed() override { return real_->is_activation_owed(); }
    Result<void> set_activation_owed(bool is_owed) override { return real_->set_activation_owed(is_owed); }
    Result<std::optional<store::GuardStopRecord>> guard_stop(const std::string& list) override {
        return real_->guard_stop(list);
    }
    Result<void> put_guard_stop(const store::GuardStopRecord& record) override { return real_->put_guard_stop(record); }
    Result<void> clear_guard_stop(const std::string& list) override { return real_->clear_guard_stop(list); }
    Result<void> audit(const store::AuditRecord& record, Time at) override { return real_->audit(record, at); }
    Result<store::AuditFindings> verify_audit(const std::function<void(std::string_view line)>& take) override {
        return real_->verify_audit(take);
    }
    Result<store::AuditFindings> read_audit(store::AuditDetail detail,
                                            const std::function<void(store::KeptAuditRecord&& record)>& take) override {
        return real_->read_audit(detail, take);
    }
    Result<store::AuditEnd> audit_end() override { return real_->audit_end(); }
    Result<store::AuditRestart> restart_audit(const store::AuditRecord& record, Time at) override {
        return real_->restart_audit(record, at);
    }
    Result<std::vector<core::Override>> overrides() override { return real_->overrides(); }
    Result<void> put_override(const core::Override& one) override { return real_->put_override(one); }
    Result<void> erase_override(core::OverrideKind kind, const std::string& value, const std::string& list) override {
        return real_->erase_override(kind, value, list);
    }
    Result<void> erase_overrides_until(Time moment) override { return real_->erase_overrides_until(moment); }
    Result<std::vector<store::KeptLookup>> lookups(std::span<const std::string> values, Time since) override {
        return real_->lookups(values, since);
    }
    Result<void> keep_lookups(std::span<const core::LookedUp> answers, Time now) override {
        return real_->keep_lookups(answers, now);
    }
    Result<std::string> memo(const std::string& name) override { return real_->memo(name); }
    Result<void> put_memo(const std::string& name, const std::string& text) override {
        return real_->put_memo(name, text);
    }
    Result<void> drop_lookups(Time since, std::size_t most) override { return real_->drop_lookups(since, most); }

    Result<std::vector<Time>> requests(const std::string& key, Time since) override {
        return real_->requests(key, since);
    }
    Result<std::optional<net::UsedUp>> try_take(const std::string& key, const std::vector<net::RateWindow>& windows,
                                                const Clock& clock) override {
        return real_->try_take(key, windows, clock);
    }
    Result<core::MirrorProgress> mirror_progress(const std::string& stream) override {
        return real_->mirror_progress(stream);
    }
    Result<bool> take_mirror_step(const std::string& stream, const core::MirrorStep& step, const core::MirrorRows& rows,
                                  Time now) override {
        return real_->take_mirror_step(stream, step, rows, now);
    }
    Result<void> restart_mirror(const std::string& stream, Time now) override {
        return real_->restart_mirror(stream, now);
    }
    Result<void> read_mirror(const core::MirrorQuery& query,
                             const std::function<bool(const core::MirrorRow&)>& take) override {
        return real_->read_mirror(query, take);
    }

protected:
    std::unique_ptr<store::Store> real_;  // NOLINT
};

}  // namespace cordon::simulation
