// The readers of ZIA's answers over hostile bodies: no crash, no endless loop, and the one promise that
// everything rests on: what cannot be read is an error, never an empty list.

#include <cstdint>
#include <cstdlib>
#include <string>
#include <utility>
#include <vector>

#include "gateways/zia/answers.hpp"
#include "gateways/zia/api_error.hpp"
#include "gateways/zia/enforcement.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace cordon;
    using namespace cordon::gateways::zia;
    const std::string body(reinterpret_cast<const char*>(data), size);
    const std::vector<std::string> names{"a", "TI Block"};

    const auto categories = read_categories(body, names);
    if (categories && body.find('[') == std::string::npos) std::abort();
    const auto groups = read_groups(body, names);
    if (groups && groups->wanted.size() > groups->group_count) std::abort();
    static_cast<void>(read_category(body));
    static_cast<void>(read_group(body));
    static_cast<void>(read_quota(body));
    static_cast<void>(read_denylist(body));
    static_cast<void>(read_status(body));
    static_cast<void>(has_auth_type(body));

    for (const auto kind : {core::TargetKind::url_category, core::TargetKind::ipv4_group}) {
        auto rules = read_policy_rules(policy_of(kind), body);
        if (!rules) continue;
        if (body.find('[') == std::string::npos) std::abort();
        const auto judged = judge_enforcement(in_order(std::move(*rules)), {"L", kind, {"CUSTOM_07", "7"}});
        if (judged.sentence.empty()) std::abort();
    }

    const std::vector<std::string_view> batch{"a.example", "b.example/x,y", "c.example/[1]", ""};
    for (const auto index : named_entries(body, batch)) {
        if (index >= batch.size()) std::abort();
    }
    for (const int status : {302, 400, 401, 403, 404, 409, 412, 429, 500}) {
        const auto error = judge(net::Response{status, {}, body}, Endpoint::change_category, Time{});
        if (error.error.message.empty()) std::abort();
    }
    return 0;
}
