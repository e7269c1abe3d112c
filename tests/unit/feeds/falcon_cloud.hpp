#pragma once

// A Falcon cloud for tests: answers from a table of rows, by the clauses of the query that we send.

#include <algorithm>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "base/text.hpp"
#include "core/indicator_mirror.hpp"
#include "net/http.hpp"
#include "net/rate_budget.hpp"

namespace cordon::feeds {

struct CloudRow {
    std::string value;
    std::string marker;
    std::string confidence = "high";
    std::string label = "Malware/Test";
    bool deleted = false;
    std::string type = "url";
};

inline std::string marker_of(std::uint64_t seconds, int number = 0) {
    return fmt::format("{:010}{:032x}", seconds, number);
}

/// Serves /oauth2/token and the combined endpoint. What it was asked is in `requests`.
class CannedFalcon {
public:
    std::vector<CloudRow> rows;
    std::vector<std::string> requests;  ///< "GET host/path?query", escapes undone
    bool gives_next_page = true;
    std::size_t page_cap = 10'000;    ///< a higher limit is refused
    std::size_t silent_cap = 10'000;  ///< more rows are not given, whatever the limit
    /// Looks at a request first; an answer of its own wins.
    std::function<std::optional<Result<net::Response>>(const net::Request&)> meddle;
    /// Called before each page is answered.
    std::function<void()> before_page;

    Result<net::Response> answer(const net::Request& request) {
        requests.push_back(request.method + " " + net::percent_decode(request.url));
        if (meddle) {
            if (auto own = meddle(request)) return std::move(*own);
        }
        if (request.url.find("/oauth2/token") != std::string::npos) {
            return net::Response{
                201, {}, R"({"access_token":"token-of-tests","expires_in":1799,"token_type":"bearer"})", false};
        }
        if (request.url.find("/oauth2/revoke") != std::string::npos) return net::Response{200, {}, "{}", false};
        if (before_page) before_page();
        return page(net::percent_decode(request.url), request.url.substr(0, request.url.find('/', 8)));
    }

    [[nodiscard]] std::size_t count(std::string_view text) const {
        return static_cast<std::size_t>(std::count_if(requests.begin(), requests.end(), [&](const std::string& one) {
            return one.find(text) != std::string::npos;
        }));
    }

private:
    static std::string between(const std::string& text, std::string_view from, std::string_view to) {
        const auto at = text.find(from);
        if (at == std::string::npos) return {};
        const auto begin = at + from.size();
        return text.substr(begin, text.find(to, begin) - begin);
    }

    Result<net::Response> page(const std::string& url, const std::string& origin) {
        const auto limit =
            static_cast<std::size_t>(parse_whole_number(between(url + "&", "limit=", "&")).value_or(100));
        if (limit > page_cap)
            return net::Response{400, {}, R"({"errors":[{"code":400,"message":"limit too large"}]})", false};
        const auto type = between(url, "type:'", "'");
        const auto confidence = between(url, "malicious_confidence:'", "'");
        const auto label = between(url, "labels:'", "'");
        const auto after = between(url, "_marker:>'", "'");
        const auto before = between(url, "_marker:<'", "'");
        const bool ascends = url.find("_marker.asc") != std::string::npos;
        const bool with_deleted = url.find("include_deleted=true") != std::string::npos;
        std::vector<const CloudRow*> found;
        for (const auto& row : rows) {
            const bool fits = row.type == type && (confidence.empty() || row.confidence == confidence) &&
                              (label.empty() || row.label == label) && (after.empty() || row.marker > after) &&
                              (before.empty() || row.marker < before) && (with_deleted || !row.deleted);
            if (fits) found.push_back(&row);
        }
        std::sort(found.begin(), found.end(), [&](const auto* a, const auto* b) {
            return ascends ? a->marker < b->marker : a->marker > b->marker;
        });
        const auto total = found.size();
        found.resize(std::min({found.size(), limit, silent_cap}));
        const bool has_more = total > found.size();
        std::string body = fmt::format(R"({{"meta":{{"pagination":{{"total":{}}}}},"errors":[],"resources":[)", total);
        for (const auto* row : found) {
            if (body.back() == '}') body += ',';
            body += fmt::format(
                R"({{"id":"{0}_{1}","indicator":"{1}","type":"{0}","deleted":{2},"last_updated":{3},"_marker":"{4}",)"
                R"("malicious_confidence":"{5}","labels":[{{"name":"{6}","created_on":1}}]}})",
                row->type, row->value, row->deleted, std::stoull(row->marker.substr(0, 10)), row->marker,
                row->confidence, row->label);
        }
        body += "]}";
        std::vector<net::Header> headers;
        if (gives_next_page && has_more)
            headers.emplace_back("next-page", next_page(url.substr(origin.size()), found.back()->marker, ascends));
        return net::Response{200, std::move(headers), std::move(body), false};
    }

    /// The same query with its marker clause replaced.
    static std::string next_page(const std::string& target, const std::string& marker, bool ascends) {
        const auto query = target.substr(target.find('?') + 1);
        auto filter = between(query, "filter=", "&");
        if (const auto at = filter.find("+_marker"); at != std::string::npos) filter.resize(at);
        filter += fmt::format("+_marker:{}'{}'", ascends ? '>' : '<', marker);
        return fmt::format("{}?filter={}{}", target.substr(0, target.find('?')), net::percent_encode(filter),
                           query.substr(query.find('&')));
    }
};

class FalconHttp final : public net::HttpClient {
public:
    explicit FalconHttp(CannedFalcon& cloud) : cloud_(cloud) {}
    Result<net::Response> send(const net::Request& request, const std::stop_token&) override {
        return cloud_.answer(request);
    }

private:
    CannedFalcon& cloud_;
};

/// A mirror in memory.
class MemoryMirror final : public core::IndicatorMirror {
public:
    struct Row {
        std::string marker, tags;
        core::Confidence confidence = core::Confidence::high;
        std::chrono::sys_seconds last_updated;
        int walk = 0;
    };
    std::map<std::string, core::MirrorProgress> progresses;
    std::map<std::string, std::map<std::string, Row>> streams;
    std::map<std::string, int> walks;
    std::size_t most_rows_a_step = 0;

    Result<core::MirrorProgress> mirror_progress(const std::string& stream) override { return progresses[stream]; }
    Result<bool> take_mirror_step(const std::string& stream, const core::MirrorStep& step, const core::MirrorRows& rows,
                                  Time now) override {
        auto& progress = progresses[stream];
        auto& cursor = step.pass ? progress.passes[static_cast<std::size_t>(*step.pass)].oldest : progress.newest;
        if (cursor != step.before) return false;
        if (step.pass &&
            (progress.newest != step.newest || progress.passes[static_cast<std::size_t>(*step.pass)].is_complete))
            return false;
        cursor = step.reached;
        if (!progress.passes_began) progress.passes_began = now;
        most_rows_a_step = std::max(most_rows_a_step, rows.size());
        for (std::size_t i = 0; i < rows.size(); ++i) take(stream, rows[i]);
        if (step.pass && step.is_last) {
            progress.passes[static_cast<std::size_t>(*step.pass)].is_complete = true;
            if (step.is_end_certain)
                std::erase_if(streams[stream], [&](const auto& row) {
                    return row.second.confidence == *step.pass && row.second.walk < walks[stream];
                });
        }
        return true;
    }
    Result<void> restart_mirror(const std::string& stream, Time now) override {
        progresses[stream].passes = {};
        progresses[stream].passes_began = now;
        ++walks[stream];
        return {};
    }
    Result<void> read_mirror(const core::MirrorQuery& query,
                             const std::function<bool(const core::MirrorRow&)>& take) override {
        std::vector<std::pair<std::string, Row>> rows(streams[query.stream].begin(), streams[query.stream].end());
        std::erase_if(rows, [&](const auto& row) {
            return row.second.confidence < query.least || row.second.last_updated < query.not_before;
        });
        std::sort(rows.begin(), rows.end(), [](const auto& a, const auto& b) {
            return std::pair(a.second.confidence, a.second.marker) > std::pair(b.second.confidence, b.second.marker);
        });
        for (const auto& [value, row] : rows) {
            if (!take({value, row.marker, row.last_updated, row.confidence, row.tags, false})) break;
        }
        return {};
    }

private:
    void take(const std::string& stream, const core::MirrorRow& row) {
        if (row.is_deleted) {
            streams[stream].erase(std::string(row.value));
        } else {
            streams[stream][std::string(row.value)] = {std::string(row.marker), std::string(row.tags), row.confidence,
                                                       row.last_updated, walks[stream]};
        }
    }
};

/// Has room for everything.
class NoJournal final : public net::BudgetJournal {
public:
    Result<std::vector<Time>> requests(const std::string&, Time) override { return std::vector<Time>{}; }
    Result<std::optional<net::UsedUp>> try_take(const std::string&, const std::vector<net::RateWindow>&,
                                                const Clock&) override {
        return std::optional<net::UsedUp>{};
    }
};

}  // namespace cordon::feeds
