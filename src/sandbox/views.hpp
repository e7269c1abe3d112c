#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

namespace cordon::sandbox {

/// What is saved, or what is in force.
enum class Side { saved, active };

/// One custom URL category or destination group of the tenant.
struct ListView {
    std::string kind;  ///< "category" or "group"
    std::string id;
    std::string name;
    std::string type;
    std::optional<std::string> description;
    std::string super_category;
    std::set<std::string> urls;              ///< of a category
    std::set<std::string> retaining_parent;  ///< of a category: dbCategorizedUrls
    std::set<std::string> addresses;         ///< of a group
    std::vector<std::string> keywords;

    /// Whatever kind of entries it has.
    [[nodiscard]] std::set<std::string> entries() const;
};

/// An entry in force that blocks a request (zia-api.md 5.2).
struct Blocking {
    std::string list;
    std::string entry;
};

}  // namespace cordon::sandbox
