#include "sandbox/zia/classifier.hpp"

#include <array>
#include <utility>

#include "base/digest.hpp"
#include "base/text.hpp"
#include "sandbox/zia/entry_rules.hpp"

namespace cordon::sandbox::zia {
namespace {

constexpr std::array k_alerts{"MALWARE_SITE",           "PHISHING",         "BOTNET", "OTHER_THREAT",
                              "SUSPICIOUS_DESTINATION", "SPYWARE_OR_ADWARE"};
constexpr std::array k_classes{"PROFESSIONAL_SERVICES", "WEB_HOST", "FILE_HOST", "CORPORATE_MARKETING", "BLOG"};

constexpr double k_steps = 1'000'000.0;

}  // namespace

void Classifier::teach(std::string_view text, Classification classification) {
    taught_[to_lower(text)] = std::move(classification);
}

Classification Classifier::classify(std::string_view url, Knowledge knowledge) const {
    const auto text = to_lower(url);
    if (const auto found = taught_.find(text); found != taught_.end()) return found->second;
    if (const auto found = taught_.find(host_of(text)); found != taught_.end()) return found->second;
    const auto draw = hash64(text, seed_);
    const double share = static_cast<double>(draw % static_cast<std::uint64_t>(k_steps)) / k_steps;
    const auto kind = draw >> 32U;
    if (share < knowledge.alerted) return {{"OTHER_MISCELLANEOUS"}, {k_alerts[kind % k_alerts.size()]}};
    if (share < knowledge.alerted + knowledge.categorised) return {{k_classes[kind % k_classes.size()]}, {}};
    return {{"MISCELLANEOUS_OR_UNKNOWN"}, {}};
}

}  // namespace cordon::sandbox::zia
