#include "feeds/catalog.hpp"

#include <array>
#include <map>

#include <fmt/format.h>

#include "base/digest.hpp"
#include "feeds/falcon.hpp"
#include "feeds/recorded_future.hpp"

namespace cordon::feeds {
namespace {

class RecordedFutureProvider final : public Provider {
public:
    std::vector<Setting> account_settings() override { return settings_of(account_); }

    std::vector<Setting> feed_settings(const std::string& section) override {
        RfList& list = lists_[section];  // a map's values stay where they are
        list.section = section;
        return settings_of(list);
    }

    std::string api_host() const override {
        const auto base = net::parse_base_url(account_.api_url);
        return base ? base->host : std::string{};
    }

    core::EntityType entity_of(const std::string& section) const override { return lists_.at(section).entity; }

    std::vector<FeedFault> faults_of(const std::string& section) const override {
        return feeds::faults_of(account_, lists_.at(section));
    }

    Result<std::unique_ptr<Feed>> make(const std::string& section, const FeedParts& parts) override {
        const auto list = lists_.find(section);
        if (list == lists_.end()) {
            return fail(Code::invalid, fmt::format("there is no section [{}] in the settings", section));
        }
        // Each feed draws its own waits, so that feeds that fail together do not come back together.
        std::mt19937_64 random = parts.random;
        random.seed(random() ^ hash64(section));
        return make_recorded_future(list->second, account_, parts.connect(connection_of(account_)), parts.clock,
                                    parts.retry, random);
    }

private:
    RfAccount account_;
    std::map<std::string, RfList> lists_;
};

/// All lists of the account share one pull, made with the first of them.
class FalconProvider final : public Provider {
public:
    std::vector<Setting> account_settings() override { return settings_of(account_); }

    std::vector<Setting> feed_settings(const std::string& section) override {
        FalconList& list = lists_[section];  // a map's values stay where they are
        list.section = section;
        return settings_of(list);
    }

    std::string api_host() const override {
        const auto base = net::parse_base_url(first_origin(account_));
        return base ? base->host : std::string{};
    }

    core::EntityType entity_of(const std::string& section) const override {
        return feeds::entity_of(lists_.at(section));
    }

    std::vector<FeedFault> faults_of(const std::string& section) const override {
        return feeds::faults_of(account_, lists_.at(section));
    }

    Result<std::unique_ptr<Feed>> make(const std::string& section, const FeedParts& parts) override {
        const auto list = lists_.find(section);
        if (list == lists_.end()) {
            return fail(Code::invalid, fmt::format("there is no section [{}] in the settings", section));
        }
        auto pull = pull_.lock();
        if (pull == nullptr) {
            pull = std::make_shared<FalconPull>(parts.connect(connection_of(account_)), account_, parts.clock,
                                                parts.retry, parts.random, parts.local);
            pull_ = pull;
        }
        return make_falcon(list->second, account_, std::move(pull), parts.clock, parts.local, parts.most_entries);
    }

private:
    FalconAccount account_;
    std::map<std::string, FalconList> lists_;
    std::weak_ptr<FalconPull> pull_;  ///< its feeds hold it: the feeds of a later run get one of their own
};

}  // namespace

std::span<const FeedKind> feed_kinds() {
    static const std::array<FeedKind, 2> kinds = {{
        {"recorded_future", "Risk lists and Fusion files of Recorded Future", "rfapi", "risklist_*", "", 0,
         []() -> std::unique_ptr<Provider> { return std::make_unique<RecordedFutureProvider>(); }},
        {"crowdstrike", "Indicators of CrowdStrike Falcon Intelligence", "falcon", "falcon_*", k_falcon_category,
         k_falcon_most_entries, []() -> std::unique_ptr<Provider> { return std::make_unique<FalconProvider>(); }},
    }};
    return kinds;
}

}  // namespace cordon::feeds
