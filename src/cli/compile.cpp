#include "cli/compile.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <fstream>
#include <iostream>
#include <optional>
#include <random>
#include <string_view>
#include <utility>
#include <vector>

#include "base/file.hpp"
#include "base/result.hpp"
#include "base/text.hpp"
#include "base/workers.hpp"
#include "cli/entry_writer.hpp"
#include "cli/exit_status.hpp"
#include "compile/compile.hpp"
#include "core/protection.hpp"

namespace cordon::cli {
namespace {

/// Everything up to the end; `invalid` on a read error.
[[nodiscard]] Result<std::string> read_stream(std::istream& stream, const std::string& name) {
    std::string bytes;
    std::vector<char> piece(std::size_t{1} << 20U);
    while (stream.read(piece.data(), static_cast<std::streamsize>(piece.size())), stream.gcount() > 0) {
        bytes.append(piece.data(), static_cast<std::size_t>(stream.gcount()));
    }
    if (stream.bad() || !stream.eof()) return fail(Code::invalid, fmt::format("{} cannot be read", name));
    return bytes;
}

/// The bytes of one input: a mapping where it is a regular file, else a copy (pipes, standard input).
class Input {
public:
    [[nodiscard]] static Result<Input> open(const std::string& name) {
        Input input;
        std::error_code ignored;
        const std::filesystem::path path = name;
        if (name == "-") {
            CORDON_TRY_ASSIGN(input.copy_, read_stream(std::cin, "the standard input"));
        } else if (std::filesystem::is_fifo(path, ignored) || std::filesystem::is_character_file(path, ignored)) {
            std::ifstream stream(path, std::ios::binary);
            CORDON_TRY_ASSIGN(input.copy_, read_stream(stream, name));
        } else {
            CORDON_TRY_ASSIGN(auto mapped, MappedFile::open(path));
            input.mapped_ = std::move(mapped);
        }
        return input;
    }

    [[nodiscard]] std::string_view bytes() const noexcept {
        return mapped_ ? mapped_->bytes() : std::string_view(copy_);
    }

private:
    std::optional<MappedFile> mapped_;
    std::string copy_;
};

/// What a list can be mistaken for; nullptr for text.
[[nodiscard]] const char* foreign_format(std::string_view bytes) noexcept {
    if (bytes.starts_with("\x1F\x8B")) return "gzip data: decompress it first (zcat FILE | cordon compile -)";
    if (bytes.starts_with("\x28\xB5\x2F\xFD"))
        return "zstd data: decompress it first (zstdcat FILE | cordon compile -)";
    const auto text = trim(bytes.substr(0, 4096));
    if (text.starts_with('{') || text.starts_with("[{") || text.starts_with("[\"")) return "JSON, not one value a line";
    if (text.starts_with('<')) return "HTML or XML, not one value a line";
    if (text.find('\0') != std::string_view::npos) return "binary data, not one value a line";
    return nullptr;
}

[[nodiscard]] Result<Input> open_list(const std::string& name) {
    CORDON_TRY_ASSIGN(auto input, Input::open(name));
    if (const char* const format = foreign_format(input.bytes())) {
        return fail(Code::invalid, fmt::format("{} is {}", name, format));
    }
    return input;
}

[[nodiscard]] Result<core::Protection> load_protection(const std::vector<std::string>& allow) {
    core::ProtectionBuilder builder;
    builder.add_builtin_lock_out();
    builder.add_builtin_popular();
    for (const std::string& name : allow) {
        CORDON_TRY_ASSIGN(const auto input, Input::open(name));
        CORDON_TRY(builder.add_never_file(input.bytes(), name));
    }
    return builder.build();
}

/// Nobody's to foresee: see CompileRules::seed.
[[nodiscard]] std::uint64_t random_number() {
    std::random_device device;
    return std::uint64_t{device()} << 32U | device();
}

constexpr std::size_t k_few_strangers = 20;  // one value in twenty may be of another type than was guessed

std::string shown_name(const std::string& name) {
    return name == "-" ? "the standard input" : name;
}

/// The type of every file's first lines, which must agree.
[[nodiscard]] Result<core::EntityType> detect_type(const std::vector<Input>& inputs,
                                                   const std::vector<std::string>& names) {
    std::optional<core::EntityType> type;
    std::string first;
    for (std::size_t i = 0; i < inputs.size(); ++i) {
        const auto guess = compile::detect_entity(inputs[i].bytes());
        if (guess.is_mixed) {
            return fail(Code::invalid,
                        fmt::format("{} mixes domains, URLs and addresses: say with --type domain, url or ip "
                                    "which of them you want; the rest is counted as rejected",
                                    shown_name(names[i])));
        }
        if (!guess.type) continue;
        if (type && *type != *guess.type) {
            return fail(
                Code::invalid,
                fmt::format("{} holds values of type {} and {} of type {}: compile them one after the other, or "
                            "say with --type which of them you want; the rest is counted as rejected",
                            first, core::name_of(*type), shown_name(names[i]), core::name_of(*guess.type)));
        }
        if (!type) first = shown_name(names[i]);
        type = guess.type;
    }
    if (type) return *type;
    return fail(Code::invalid, fmt::format("{} {} no domains, URLs or addresses, one a line; say --type where that "
                                           "is wrong",
                                           join(names, ", "), names.size() == 1 ? "holds" : "hold"));
}

/// "   such as evil.com, 8.8.8.8": a few of what was rejected; "" where there is nothing to show.
[[nodiscard]] std::string samples_of(const compile::Tally& tally, core::Reason reason) {
    constexpr std::size_t k_widest = 60;
    std::vector<std::string> shown;
    for (const auto& value : tally.samples[static_cast<std::size_t>(reason)])
        shown.push_back(printable(value, k_widest));
    return shown.empty() ? std::string{} : "   such as " + join(shown, ", ");
}

void print_counts(std::ostream& err, const compile::CompiledList& list, core::EntityType type, bool was_detected) {
    const auto& tally = list.tally();
    err << fmt::format("{} values of type {}{}\n", with_thousands(tally.fetched), core::name_of(type),
                       was_detected ? " (told from the first lines)" : "");
    const auto print_class = [&](core::ReasonClass wanted) {
        err << fmt::format("  {:<10}{:>14}\n", core::name_of(wanted), with_thousands(tally.counts.of(wanted)));
        for (std::size_t i = 0; i < core::k_reason_count; ++i) {
            const auto reason = static_cast<core::Reason>(i);
            if (core::class_of(reason) != wanted || tally.counts.of(reason) == 0) continue;
            err << fmt::format("    {:<24}{:>12}{}\n", core::name_of(reason), with_thousands(tally.counts.of(reason)),
                               samples_of(tally, reason));
        }
    };
    print_class(core::ReasonClass::rejected);
    print_class(core::ReasonClass::merged);
    err << fmt::format("  {:<10}{:>14}\n", "accepted", with_thousands(tally.accepted()));
    if (tally.over_capacity > 0) {
        err << fmt::format("    {:<24}{:>12}\n", "over_capacity", with_thousands(tally.over_capacity));
    }
    err << fmt::format("  {:<10}{:>14}\n", "entries", with_thousands(list.size()));
}

[[nodiscard]] Result<void> check(const CompileArguments& arguments) {
    if (arguments.files.empty()) return fail(Code::invalid, "name at least one FILE, or - for the standard input");
    return {};
}

[[nodiscard]] Result<void> compile_lists(const CompileArguments& arguments, std::ostream& out, std::ostream& err) {
    CORDON_TRY(check(arguments));
    CORDON_TRY_ASSIGN(const auto protection, load_protection(arguments.allow));
    std::vector<Input> inputs;
    for (const std::string& name : arguments.files) {
        CORDON_TRY_ASSIGN(auto input, open_list(name));
        inputs.push_back(std::move(input));
    }
    compile::CompileRules rules;
    if (arguments.type) {
        rules.entity = *arguments.type;
    } else {
        CORDON_TRY_ASSIGN(rules.entity, detect_type(inputs, arguments.files));
    }
    if (arguments.subdomains && rules.entity != core::EntityType::domain) {
        return fail(Code::invalid, fmt::format("--subdomains is for domains, and these lists are of type {}",
                                               core::name_of(rules.entity)));
    }
    rules.include_subdomains = arguments.subdomains;
    rules.max_entries = arguments.max;

    rules.seed = random_number();

    std::vector<std::string_view> lists;
    for (const Input& input : inputs) lists.push_back(input.bytes());
    const auto workers = arguments.threads == 0 ? Workers::of_this_machine() : Workers(arguments.threads);
    const auto list = compile::compile(lists, rules, protection, workers);
    const auto& tally = list.tally();
    const auto strangers = tally.counts.of(core::Reason::wrong_type);
    if (!arguments.type && strangers * k_few_strangers > tally.fetched) {
        return fail(
            Code::invalid,
            fmt::format("{} of the {} values are not of type {}, as the first lines are{}: say with --type domain, "
                        "url or ip which of them you want; the rest is counted as rejected",
                        with_thousands(strangers), with_thousands(tally.fetched), core::name_of(rules.entity),
                        samples_of(tally, core::Reason::wrong_type)));
    }
    write_entries(out, list, arguments.format, core::target_of(rules.entity), workers);
    if (!out.flush()) return fail(Code::invalid, "the result could not be written: is the disk full?");
    print_counts(err, list, rules.entity, !arguments.type);
    return {};
}

}  // namespace

int compile(const CompileArguments& arguments, std::ostream& out, std::ostream& err) {
    const auto done = compile_lists(arguments, out, err);
    if (done) return k_exit_done;
    err << "cordon compile: " << done.error().message << "\n";
    return k_exit_usage;
}

}  // namespace cordon::cli
