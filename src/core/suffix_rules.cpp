#include "core/suffix_rules.hpp"

#include <algorithm>
#include <cstdint>
#include <string_view>
#include <utility>

#include "base/file.hpp"
#include "core/public_suffix.hpp"

namespace cordon::core {
namespace {

constexpr std::string_view k_head = ".DAFSA@PSL_0   \n";
constexpr std::size_t k_longest_name = 255;
constexpr unsigned k_exception = 1;
constexpr unsigned k_wildcard = 2;

/// The names of a DAFSA: a graph whose nodes are strings, each followed by the offsets of the nodes behind it or by
/// a value. The last byte of a string has its highest bit set; a value is 0x80 and four bits.
class SuffixGraph {
public:
    explicit SuffixGraph(std::string_view bytes) noexcept : bytes_(bytes) {}

    /// Empty where the graph is damaged.
    [[nodiscard]] std::vector<SuffixRule> rules() {
        if (!visit_children(0) || is_damaged_) rules_.clear();
        return std::move(rules_);
    }

private:
    [[nodiscard]] unsigned byte(std::size_t at) noexcept {
        if (at < bytes_.size()) return static_cast<unsigned char>(bytes_[at]);
        is_damaged_ = true;
        return 0x80;  // ends strings and lists
    }

    /// The nodes that the list at `at` names: steps of one to three bytes, the highest bit marks the last.
    bool visit_children(std::size_t at) {  // NOLINT(misc-no-recursion): as deep as a name is long
        std::size_t node = at;
        for (bool is_last = false; !is_last && !is_damaged_;) {
            const unsigned lead = byte(at);
            is_last = (lead & 0x80U) != 0;
            std::size_t size = 1;
            std::size_t step = lead & 0x3FU;
            if ((lead & 0x60U) == 0x60U) {
                size = 3;
                step = (lead & 0x1FU) << 16U | byte(at + 1) << 8U | byte(at + 2);
            } else if ((lead & 0x60U) == 0x40U) {
                size = 2;
                step = (lead & 0x1FU) << 8U | byte(at + 1);
            }
            if (step == 0) return false;
            node += step;
            at += size;
            visit(node);
        }
        return true;
    }

    void visit(std::size_t at) {  // NOLINT(misc-no-recursion)
        const std::size_t size = name_.size();
        for (; byte(at) < 0x80U; ++at) name_.push_back(static_cast<char>(byte(at)));
        if (name_.size() > k_longest_name) is_damaged_ = true;
        if (is_damaged_) return;
        if ((byte(at) & 0xE0U) == 0x80U) {
            add(byte(at) & 0x0FU);
        } else {
            name_.push_back(static_cast<char>(byte(at) & 0x7FU));
            if (!visit_children(at + 1)) is_damaged_ = true;
        }
        name_.resize(size);
    }

    void add(unsigned value) {
        // Unicode names, written with control characters, stand there in their ASCII form, too.
        if (name_.empty() || std::ranges::any_of(name_, [](char c) { return c <= ' '; })) return;
        const bool is_wildcard = (value & k_wildcard) != 0;
        const bool is_plain = !is_wildcard && (value & k_exception) == 0;
        rules_.push_back({name_, is_plain || is_suffix_by_the_list(name_), is_wildcard});
    }

    std::string_view bytes_;
    std::string name_;
    std::vector<SuffixRule> rules_;
    bool is_damaged_ = false;
};

[[nodiscard]] std::vector<SuffixRule> read_rules() {
    const std::string path = suffix_list_file();
    if (path.empty()) return {};
    const auto file = MappedFile::open(path);
    if (!file || !file->bytes().starts_with(k_head)) return {};
    return SuffixGraph(file->bytes().substr(k_head.size())).rules();
}

}  // namespace

const std::vector<SuffixRule>& suffix_rules() {
    static const auto rules = read_rules();
    return rules;
}

}  // namespace cordon::core
