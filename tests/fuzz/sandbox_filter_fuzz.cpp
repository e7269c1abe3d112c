// Any bytes as a filter of CrowdStrike's query language, and as a query of the stand-in: read or refused; what was read
// is written and read again as the same.

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "net/http.hpp"
#include "sandbox/cs/filter.hpp"
#include "sandbox/cs/filter_match.hpp"
#include "sandbox/cs/query.hpp"
#include "tests/fuzz/require.hpp"

namespace {

using namespace cordon;
using namespace cordon::sandbox::cs;
using fuzz::require;

constexpr Time k_now{std::chrono::seconds{1'790'000'000}};

/// One record that has a text for every property.
class Record final : public Subject {
public:
    void add_texts(Property property, std::vector<std::string_view>& found) override {
        if (!is_date(property)) found.insert(found.end(), {"url", "evil.example/a*b", ""});
    }
    void add_numbers(Property property, std::vector<std::int64_t>& found) override {
        if (is_date(property)) found.push_back(1'745'519'529);
    }
};

void read_filter(std::string_view text) {
    const auto filter = parse_filter(text, k_now);
    if (!filter) {
        require(filter.error().code == Code::invalid && !filter.error().message.empty());
        return;
    }
    Record record;
    const bool fits = Matcher(*filter)(record);
    static_cast<void>(filter->conjuncts());
    const auto written = text_of(*filter);
    const auto again = parse_filter(written, k_now);
    if (written.find("unknown") != std::string::npos) return;  // a property that has no name
    require(again && text_of(*again) == written);
    require(Matcher(*again)(record) == fits);
}

void read_query(std::string_view text) {
    net::ServerRequest request;
    request.path = "/intel/combined/indicators/v1";
    while (!text.empty()) {
        const auto end = text.find('&');
        const auto field = text.substr(0, end);
        const auto sign = field.find('=');
        request.query.emplace_back(net::percent_decode(field.substr(0, sign)),
                                   sign == std::string_view::npos ? "" : net::percent_decode(field.substr(sign + 1)));
        text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    }
    const auto query = parse_query(request, 10'000, k_now);
    if (!query) return;
    const auto next = next_page(request.path, *query, "1745519529abc");
    require(next.starts_with(request.path + "?"));
    for (const char c : next) require(c > ' ' && c < '\x7f');
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string text(reinterpret_cast<const char*>(data), size);
    read_filter(text);
    read_query(text);
    return 0;
}
