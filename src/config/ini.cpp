#include "config/ini.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "base/text.hpp"
#include "config/interpolation.hpp"
#include "config/lines.hpp"
#include "config/unicode.hpp"

namespace cordon::config {
namespace {

bool is_comment(std::string_view stripped) noexcept {
    return stripped.starts_with('#') || stripped.starts_with(';');
}

/// The name in "[name] anything": as in configparser up to the *last* bracket; empty where it is no header.
std::string_view header_name(std::string_view stripped) noexcept {
    const auto closing = stripped.rfind(']');
    if (!stripped.starts_with('[') || closing == std::string_view::npos || closing < 2) return {};
    return stripped.substr(1, closing - 1);
}

/// Reads line by line, the way configparser's RawConfigParser._read does (CPython 3.11).
class IniReader {
public:
    explicit IniReader(std::string file) { document_.file = std::move(file); }

    void take_line(std::string_view line) {
        ++line_;
        if (line_ == 1 && line.starts_with(k_byte_order_mark)) {
            line.remove_prefix(k_byte_order_mark.size());
            report("the file begins with a byte order mark; save it as UTF-8 without BOM");
        }
        if (!is_utf8(line)) report("these bytes are no UTF-8; save the file as UTF-8");
        const std::string_view text = strip(line);
        if (is_comment(text)) {
            last_comment_ = line_;
            return;
        }
        if (text.empty()) {
            if (key_ != nullptr) key_->value += '\n';
            return;
        }
        const std::size_t indent = indentation(line);
        if (key_ != nullptr && indent > indent_) {
            key_->value += '\n';
            key_->value += text;
            last_value_ = line_;
            return;
        }
        indent_ = indent;
        if (const auto name = header_name(text); !name.empty()) return open_section(name);
        if (section_ == nullptr) return refuse_headless();
        take_key(text);
    }

    IniDocument finish(LonePercent lone_percent) {
        const auto drop_trailing_space = [](IniSection& section) {
            for (auto& key : section.keys) key.value = strip_end(key.value);
        };
        std::for_each(sections_.begin(), sections_.end(), drop_trailing_space);
        drop_trailing_space(document_.defaults);
        document_.sections.assign(std::make_move_iterator(sections_.begin()), std::make_move_iterator(sections_.end()));
        inherit_and_interpolate(document_, lone_percent);
        std::stable_sort(document_.problems.begin(), document_.problems.end(),
                         [](const Problem& a, const Problem& b) { return a.line < b.line; });
        return std::move(document_);
    }

    /// A line that cannot be read names no section: its number is enough.
    void report(std::string message, const std::string& section = {}, const std::string& key = {}) {
        document_.problems.push_back({document_.file, line_, section, key, std::move(message), true});
    }

private:
    void open_section(std::string_view name) {
        key_ = nullptr;
        last_key_ = {};
        if (name == "DEFAULT") {
            section_ = &document_.defaults;
            section_->name = name;
            if (section_->line == 0) section_->line = line_;
            return;
        }
        const auto [found, is_new] = section_ids_.emplace(std::string(name), sections_.size());
        if (is_new) {
            sections_.push_back({std::string(name), line_, {}});
            section_ = &sections_.back();
        } else {
            section_ = &sections_[found->second];
            report(fmt::format("this section is there already, in line {}; put its keys together", section_->line),
                   section_->name);
        }
    }

    void refuse_headless() {
        if (std::exchange(was_headless_, true)) return;
        report("there is text before the first section; a key stands below a line like [zscaler]");
    }

    void take_key(std::string_view text) {
        const auto delimiter = text.find_first_of("=:");
        if (delimiter == std::string_view::npos) return report(explain_bare_line(text));
        const std::string name = to_lower(strip_end(text.substr(0, delimiter)));
        if (name.empty()) {
            key_ = nullptr;
            return report("a key is missing before the delimiter; write key = value");
        }
        IniKey key{name, std::string(strip(text.substr(delimiter + 1))), line_, false, false, {}, {}};
        key.hint = explain_wrapped_line();
        const auto [first, is_new] = key_lines_.emplace(std::pair(section_->name, name), line_);
        if (is_new) {
            section_->keys.push_back(std::move(key));
            key_ = &section_->keys.back();
        } else {
            report(fmt::format("this key is there already, in line {}; keep one", first->second), section_->name, name);
            doubled_ = std::move(key);  // its continuation lines go nowhere
            key_ = &doubled_;
        }
        last_key_ = {name, line_};
        last_value_ = line_;
    }

    /// Empty where the line before is neither a comment nor part of a value.
    [[nodiscard]] std::string explain_wrapped_line() const {
        if (last_comment_ + 1 == line_ && last_comment_ > last_value_) {
            return fmt::format("this line continues the comment of line {}; begin it with #", last_comment_);
        }
        if (last_key_.second == 0) return {};
        return fmt::format("this line continues {} of line {}; indent it by a space", printable(last_key_.first),
                           last_key_.second);
    }

    /// Never with the line's own text, which may be a secret that was pasted.
    [[nodiscard]] std::string explain_bare_line(std::string_view text) const {
        std::string wrapped = explain_wrapped_line();
        const bool is_one_word = text.find_first_of(" \t") == std::string_view::npos;
        if (wrapped.empty()) return "this line is no section, key or comment; write key = value";
        if (is_one_word) wrapped += ", or, if it is a key, write key = value";
        return wrapped;
    }

    IniDocument document_;
    std::vector<IniSection> sections_;
    std::map<std::string, std::size_t, std::less<>> section_ids_;
    std::map<std::pair<std::string, std::string>, std::size_t> key_lines_;
    IniSection* section_ = nullptr;
    IniKey* key_ = nullptr;  // whose value may go on
    IniKey doubled_;
    std::pair<std::string, std::size_t> last_key_;
    std::size_t line_ = 0, indent_ = 0, last_comment_ = 0, last_value_ = 0;
    bool was_headless_ = false;
};

template <class Named>
const Named* find_named(const std::vector<Named>& all, std::string_view name) noexcept {
    const auto found = std::find_if(all.begin(), all.end(), [&](const Named& one) { return one.name == name; });
    return found != all.end() ? &*found : nullptr;
}

}  // namespace

const IniKey* IniSection::find(std::string_view key) const noexcept {
    return find_named(keys, key);
}

const IniSection* IniDocument::find(std::string_view section) const noexcept {
    return find_named(sections, section);
}

IniDocument parse_ini(std::string_view text, std::string file, LonePercent lone_percent) {
    IniReader reader(std::move(file));
    if (text.size() > k_most_settings_bytes) {
        reader.report("the file is larger than 1 MiB: this is no settings file");
        return reader.finish(lone_percent);
    }
    for_each_line(text, [&](std::string_view line) { reader.take_line(line); });
    return reader.finish(lone_percent);
}

}  // namespace cordon::config
