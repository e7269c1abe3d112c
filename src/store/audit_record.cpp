#include "store/audit_record.hpp"

#include <algorithm>

#include <nlohmann/json.hpp>

namespace cordon::store {
namespace {

/// Takes the parser's events: texts at the top, and the arrays "added" and "removed". Their names are the library's.
class RecordEvents final : public nlohmann::json_sax<nlohmann::json> {
public:
    explicit RecordEvents(const std::function<void(AuditChange, std::string&&)>& take) : take_(take) {}

    [[nodiscard]] std::optional<AuditFacts> facts() {
        if (!is_whole_) return std::nullopt;
        return std::move(facts_);
    }

    bool null() override { return true; }
    bool boolean(bool) override { return true; }
    bool number_integer(number_integer_t) override { return true; }
    bool number_unsigned(number_unsigned_t value) override {
        if (depth_ != 1 || key_ != "number") return true;
        facts_.number = value;
        has_number_ = true;
        return true;
    }
    bool number_float(number_float_t, const string_t&) override { return true; }
    bool string(string_t& text) override {
        if (depth_ == 2 && change_) {
            if (take_) take_(*change_, std::move(text));
        } else if (depth_ == 1) {
            put(std::move(text));
        }
        return true;
    }
    bool binary(binary_t&) override { return true; }
    bool start_object(std::size_t) override { return ++depth_ == 1; }  // a record holds no object
    bool key(string_t& key) override {
        key_ = key;
        return true;
    }
    bool end_object() override {
        is_whole_ = --depth_ == 0 && has_number_ && has_previous_;
        return true;
    }
    bool start_array(std::size_t) override {
        if (++depth_ != 2) return false;
        change_.reset();
        if (key_ == "added") change_ = AuditChange::added;
        if (key_ == "removed") change_ = AuditChange::removed;
        return true;
    }
    bool end_array() override {
        --depth_;
        change_.reset();
        return true;
    }
    bool parse_error(std::size_t, const std::string&, const nlohmann::detail::exception&) override {
        is_whole_ = false;
        return false;
    }

private:
    void put(std::string text) {
        if (key_ == "previous") {
            facts_.previous = std::move(text);
            has_previous_ = true;
        } else if (key_ == "at") {
            facts_.at = std::move(text);
        } else if (key_ == "who") {
            facts_.who = std::move(text);
        } else if (key_ == "act") {
            facts_.act = std::move(text);
        } else if (key_ == "run") {
            facts_.run = std::move(text);
        } else if (key_ == "list") {
            facts_.list = std::move(text);
        } else if (key_ == "why") {
            facts_.why = std::move(text);
        } else if (key_ == "hash") {
            facts_.hash = std::move(text);
        }
    }

    const std::function<void(AuditChange, std::string&&)>& take_;
    AuditFacts facts_;
    std::string key_;
    std::optional<AuditChange> change_;
    int depth_ = 0;
    bool has_number_ = false;
    bool has_previous_ = false;
    bool is_whole_ = false;
};

}  // namespace

std::optional<AuditFacts> read_audit_record(std::string_view line,
                                            const std::function<void(AuditChange, std::string&&)>& take) {
    RecordEvents events(take);
    if (!nlohmann::json::sax_parse(line, &events)) return std::nullopt;
    return events.facts();
}

std::optional<KeptAuditRecord> read_kept_record(std::string_view line, AuditDetail detail) {
    KeptAuditRecord kept;
    std::function<void(AuditChange, std::string &&)> take;
    if (detail == AuditDetail::whole) {
        take = [&](AuditChange change, std::string&& entry) {
            (change == AuditChange::added ? kept.record.added : kept.record.removed).push_back(std::move(entry));
        };
    }
    auto facts = read_audit_record(line, take);
    if (!facts) return std::nullopt;
    kept.number = facts->number;
    kept.at = std::move(facts->at);
    kept.record.who = std::move(facts->who);
    kept.record.act = std::move(facts->act);
    kept.record.run = std::move(facts->run);
    kept.record.list = std::move(facts->list);
    kept.record.why = std::move(facts->why);
    return kept;
}

void append_json_string(std::string& json, std::string_view text) {
    const auto is_plain = [](char c) { return c >= ' ' && c < '\x7f' && c != '"' && c != '\\'; };
    if (std::all_of(text.begin(), text.end(), is_plain)) {
        json += '"';
        json += text;
        json += '"';
        return;
    }
    json += nlohmann::json(std::string(text)).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace cordon::store
