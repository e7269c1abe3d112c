#include "sandbox/zia/tenant.hpp"

#include <algorithm>
#include <limits>
#include <utility>

namespace cordon::sandbox::zia {
namespace {

constexpr auto k_no_quota = std::numeric_limits<std::size_t>::max();

using Uses = std::unordered_map<std::string, std::size_t>;

void add_use(Uses& uses, const std::string& entry) {
    ++uses[entry];
}

void drop_use(Uses& uses, const std::string& entry) {
    const auto use = uses.find(entry);
    if (use != uses.end() && --use->second == 0) uses.erase(use);
}

void count_in(Uses& uses, const std::vector<const EntrySet*>& lists) {
    for (const auto* list : lists) list->for_each([&](const std::string& entry) { add_use(uses, entry); });
}

void count_out(Uses& uses, const std::vector<const EntrySet*>& lists) {
    for (const auto* list : lists) list->for_each([&](const std::string& entry) { drop_use(uses, entry); });
}

/// Counts what arrives and what leaves.
void count(Uses& uses, const EntryChange& change) {
    for (const auto& entry : change.arriving) add_use(uses, entry);
    for (const auto& entry : change.leaving) drop_use(uses, entry);
}

void apply(const EntryChange& change, EntrySet& entries) {
    for (const auto& text : change.leaving) entries.erase(text);
    for (const auto& text : change.arriving) entries.insert(text);
}

}  // namespace

Tenant::Tenant(Configuration seeded, std::chrono::milliseconds activation_takes)
    : saved_(std::move(seeded)), active_(saved_), activation_takes_(activation_takes) {
    for (const auto& category : saved_.categories) count_in(uses_, {&category.urls, &category.retaining_parent});
    count_in(uses_, {&saved_.denylist, &saved_.exempted});
}

bool Tenant::recount(const std::vector<const EntrySet*>& before, const std::vector<const EntrySet*>& after,
                     std::size_t quota) {
    const auto unique_before = uses_.size();
    count_in(uses_, after);
    count_out(uses_, before);
    // A quota that was lowered below what is there still lets lists shrink.
    if (uses_.size() <= quota || uses_.size() <= unique_before) return true;
    count_in(uses_, before);
    count_out(uses_, after);
    return false;
}

bool Tenant::put(const std::string& id, std::optional<Category> category, std::size_t quota) {
    auto& all = saved_.categories;
    const auto at = std::find_if(all.begin(), all.end(), [&](const Category& each) { return each.id == id; });
    std::vector<const EntrySet*> before;
    std::vector<const EntrySet*> after;
    if (at != all.end()) before = {&at->urls, &at->retaining_parent};
    if (category) after = {&category->urls, &category->retaining_parent};
    if (!recount(before, after, category ? quota : k_no_quota)) return false;
    if (!category) {
        if (at != all.end()) all.erase(at);
    } else if (at == all.end()) {
        all.push_back(std::move(*category));
    } else {
        *at = std::move(*category);
    }
    return true;
}

bool Tenant::revise(Category& category, CategoryAttributes attributes, const EntryChange& urls,
                    const EntryChange& retaining, std::size_t quota) {
    const auto unique_before = uses_.size();
    count(uses_, urls);
    count(uses_, retaining);
    if (uses_.size() > quota && uses_.size() > unique_before) {
        count(uses_, {urls.leaving, urls.arriving});
        count(uses_, {retaining.leaving, retaining.arriving});
        return false;
    }
    static_cast<CategoryAttributes&>(category) = std::move(attributes);
    apply(urls, category.urls);
    apply(retaining, category.retaining_parent);
    return true;
}

bool Tenant::put_list(EntrySet& list, EntrySet entries, std::size_t quota) {
    if (!recount({&list}, {&entries}, quota)) return false;
    list = std::move(entries);
    return true;
}

void Tenant::activate(const std::string& admin, Time now) {
    settle(now);
    pending_.erase(admin);
    if (!pending_.empty()) return;
    if (activation_takes_.count() == 0) {
        active_ = saved_;
    } else {
        publishing_ = Publication{now + activation_takes_, saved_};
    }
}

void Tenant::settle(Time now) {
    if (!publishing_ || publishing_->ready > now) return;
    active_ = std::move(publishing_->configuration);
    publishing_.reset();
}

const char* Tenant::status() const noexcept {
    if (publishing_) return "INPROGRESS";
    return pending_.empty() ? "ACTIVE" : "PENDING";
}

}  // namespace cordon::sandbox::zia
