#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace cordon::sandbox::zia {

/// What Zscaler's own database says of a URL (zia-api.md 4.14).
struct Classification {
    std::vector<std::string> classes;  ///< urlClassifications
    std::vector<std::string> alerts;   ///< urlClassificationsWithSecurityAlert
};

/// How much of what is asked about the database knows; the rest is MISCELLANEOUS_OR_UNKNOWN.
struct Knowledge {
    double alerted = 0.0;      ///< share with a security alert
    double categorised = 0.0;  ///< share in a category without one
};

/// A stand-in for that database: by the hash of the URL, unless it was told otherwise.
class Classifier {
public:
    explicit Classifier(std::uint64_t seed) : seed_(seed) {}

    /// `text` is a URL without scheme, or a host: then the answer stands for all below it too.
    void teach(std::string_view text, Classification classification);
    [[nodiscard]] Classification classify(std::string_view url, Knowledge knowledge) const;

private:
    std::uint64_t seed_;
    std::map<std::string, Classification, std::less<>> taught_;
};

}  // namespace cordon::sandbox::zia
