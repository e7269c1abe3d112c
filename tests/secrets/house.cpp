#include "tests/secrets/house.hpp"

#include <algorithm>
#include <chrono>
#include <csignal>
#include <fstream>
#include <iterator>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "cli/arguments.hpp"

namespace cordon::secrets {
namespace {

namespace fs = std::filesystem;

constexpr std::chrono::seconds k_longest{60};

/// Files that were given and hold secrets by right.
bool is_input(const fs::path& file) {
    return file.filename() == "settings.ini" || file.filename() == "config.ini" ||
           file.parent_path().filename() == "given";
}

std::string bytes_of(const fs::path& file) {
    std::ifstream stream(file, std::ios::binary);  // /proc has no sizes
    return {std::istreambuf_iterator<char>(stream), {}};
}

std::string feed(std::string_view stem) {
    std::string rows;
    for (int i = 0; i < 12; ++i) {
        rows += fmt::format(R"({}{{"domain":"{}{}.example","Risk":{}}})", i == 0 ? "" : ",", stem, i, 90 - i);
    }
    // One that no list takes, for rejected.csv.
    return fmt::format(R"({{"count":13,"results":[{},{{"domain":"google.com","Risk":99}}]}})", rows);
}

}  // namespace

const std::map<std::string, Call>& calls() {
    static const std::map<std::string, Call> all = [] {
        std::map<std::string, Call> known{
            {"adopt", {{"adopt", "Prevent Domains", "--yes"}}},
            {"audit restart", {{"audit", "restart", "--because", "a test"}, true, std::nullopt}},
            {"audit show", {{"audit", "show"}}},
            {"audit verify", {{"audit", "verify"}}},
            {"block", {{"block", "b.example", "--list", "Prevent Domains", "--for", "1h", "--because", "x", "--yes"}}},
            {"check", {{"check", "--online"}}},
            {"compile", {{"compile", "list.txt"}, false}},
            {"config import", {{"config", "import", "config.ini"}, false}},
            {"exceptions clear", {{"exceptions", "clear", "Prevent Domains"}, true, 2}},
            {"exceptions list", {{"exceptions", "list"}}},
            {"explain", {{"explain", "a0.example", "--lookup"}, true, std::nullopt}},
            {"export", {{"export", "state.export"}}},
            {"import", {{"import", "none.export", "--replace"}, true, std::nullopt}},
            {"lookup", {{"lookup", "a0.example"}}},
            {"move", {{"move", "Prevent Domains", "--yes"}}},
            {"notify test", {{"notify", "test"}, true, 1}},
            {"overrides", {{"overrides"}}},
            {"pause", {{"pause", "Prevent Domains", "--for", "1h", "--because", "a test"}}},
            {"plan", {{"plan", "--json"}}},
            {"resume", {{"resume", "Prevent Domains"}, true, 2}},
            {"retire", {{"retire", "Old Addresses", "--yes"}}},
            {"rollback", {{"rollback", "last", "--because", "a test", "--yes"}, true, std::nullopt}},
            {"run", {{"run"}}},
            {"runs list", {{"runs", "list"}}},
            {"runs show", {{"runs", "show", "last", "--json"}}},
            {"sandbox", {{"sandbox", "--write-settings", "written.ini"}, false, 0, "These settings use it"}},
            {"serve", {{"serve", "--listen", "127.0.0.1:0"}, true, 0, "listening on"}},
            {"settings", {{"settings"}, false}},
            {"token add", {{"token", "add", "robot", "--role", "viewer"}}},
            {"token list", {{"token", "list"}}},
            {"token remove", {{"token", "remove", "robot"}, true, 2}},
            {"unblock", {{"unblock", "a0.example", "--for", "1h", "--because", "a test", "--yes"}}},
            // Its standard input is empty, so there is no password.
            {"user add", {{"user", "add", "alice"}, true, 2}},
            {"user list", {{"user", "list"}}},
            {"user remove", {{"user", "remove", "alice"}, true, 2}},
            {"version", {{"version"}, false}},
        };
        const auto names = cli::command_names();
        std::erase_if(known,
                      [&](const auto& call) { return !std::binary_search(names.begin(), names.end(), call.first); });
        return known;
    }();
    return all;
}

House::House(Way way, Given given) : marked_(way), given_(given) {
    sandbox::Options options;
    options.credentials = marked_.credentials();
    options.has_rate_limits = false;
    options.cs_rows = 200;
    options.on_request = [this](const sandbox::JournalEntry&) { on_request(); };
    clouds_ = sandbox::Sandbox::start(options, clock_).value();
    webhook_ = net::HttpServer::start("127.0.0.1", 0, [](const net::ServerRequest& request) {
                   return net::ServerResponse{404, {{"Location", request.target}}, "no hook at " + request.target, {}};
               }).value();
    marked_.lead_webhook_to("http://127.0.0.1:" + std::to_string(webhook_->port()));
    clouds_->put_feed_file("/public/prevent/weaponized_domains.json", feed("a"));
    clouds_->put_feed_file("/public/prevent/old.json", R"({"count":1,"results":[{"ip":"198.51.100.7","Risk":90}]})");
    // One list of each kind to create: ZIA takes one such request a second (zia-api.md 9.1).
    clouds_->create_category_by_hand("Falcon URLs", {"own.example"}, {});
    appended =
        "[risklist_old]\nentity_type = ip\nfusion_file = public/prevent/old.json\n"
        "category_name = Old Addresses\ncategory_description = Old -\n";
    write_inputs(folder_.path());
    const auto first = scenario::run_program(folder_.path(), words_of({{"run"}}), environment_of(folder_.path()));
    EXPECT_EQ(first.status, 0) << first.err << first.out;
    check("the first run", first, folder_.path());
    appended.clear();
    is_set_up_ = true;
}

House::~House() = default;

scenario::Ran House::call(const std::string& name, const Call& call) {
    const scenario::TemporaryFolder copy;
    fs::copy(folder_.path(), copy.path(), fs::copy_options::recursive | fs::copy_options::overwrite_existing);
    write_inputs(copy.path());
    scenario::Program program(copy.path(), words_of(call), environment_of(copy.path()));
    const auto pid = program.pid();
    {
        const std::scoped_lock lock(mutex_);
        running_.push_back(pid);
        requests_ = 0;
    }
    if (!call.serves_until.empty()) {
        // On a bad day it may end instead; on a good one its status says that it should not have.
        const bool serves = program.prints(call.serves_until, k_longest);
        EXPECT_TRUE(serves || program.ends_within(std::chrono::milliseconds{0}));
        if (serves) ::kill(pid, SIGTERM);
    }
    if (!program.ends_within(patience)) ::kill(pid, SIGTERM);
    const bool has_ended = program.ends_within(k_longest);
    EXPECT_TRUE(has_ended) << name << " does not end when it is told to";
    if (!has_ended) ::kill(pid, SIGKILL);
    {
        const std::scoped_lock lock(mutex_);
        std::erase(running_, pid);
        for (const auto& what : seen_) ADD_FAILURE() << name << ": " << what;
        seen_.clear();
    }
    auto ran = program.wait();
    check(name, ran, copy.path());
    if (look_at_what_is_left) look_at_what_is_left(copy.path());
    return ran;
}

void House::check_records() {
    for (const auto& entry : clouds_->journal()) {
        const auto text = entry.target + " " + entry.client + " " + entry.fault;
        EXPECT_EQ(marked_.trace_in(text), "") << "a cloud's journal holds it: " << entry.method << " " << entry.target;
    }
    for (const auto& violation : clouds_->violations()) EXPECT_EQ(marked_.trace_in(violation), "") << violation;
}

void House::on_request() {
    const std::scoped_lock lock(mutex_);
    ++requests_;
    for (const auto pid : running_) {
        if (killed_at == requests_) ::kill(pid, signal);
        if (is_one_at_a_time) look_at(pid);
    }
}

void House::look_at(pid_t pid) {
    const auto proc = fmt::format("/proc/{}/", pid);
    if (const auto trace = marked_.trace_in(bytes_of(proc + "cmdline")); !trace.empty()) {
        seen_.push_back("the process list shows " + trace);
    }
    if (given_ != Given::environment) {
        const auto trace = marked_.trace_in(bytes_of(proc + "environ"));
        if (!trace.empty()) seen_.push_back("its environment, which had none, holds " + trace);
    }
    if (!bytes_of(fmt::format("{}task/{}/children", proc, pid)).empty()) seen_.push_back("it has children");
    const auto limits = bytes_of(proc + "limits");
    const auto core = limits.find("Max core file size        0                    0 ");
    if (!limits.empty() && core == std::string::npos) seen_.push_back("it may leave a core file");
}

std::string House::value_of(const Marked::Key& key) const {
    const auto found = given_instead.find(key.section + "." + key.name);
    return found == given_instead.end() ? key.value : found->second;
}

std::string House::settings_text() const {
    const bool is_oneapi = marked_.way() == Way::oneapi || marked_.way() == Way::private_key;
    std::map<std::string, std::map<std::string, std::string>> sections{
        {"zscaler", {}},
        {"rfapi", {{"api_url", clouds_->url()}}},
        {"falcon", {{"base_url", clouds_->url()}}},
        {"cordon", {{"log_indicators", "true"}}},
        {"guard", {{"permit_reserved", "true"}}},
        {"notify_hook", {{"kind", "webhook"}}},
        {"notify_mail",
         {{"kind", "email"},
          {"smtp_server", "127.0.0.1:9"},
          {"username", "me"},
          {"from", "a@example.com"},
          {"to", "b@example.com"}}},
        {"falcon_urls", {{"types", "url"}, {"max_entries", "50"}, {"category_name", "Falcon URLs"}}},
        {"risklist_weaponized_domains",
         {{"entity_type", "domain"},
          {"fusion_file", "public/prevent/weaponized_domains.json"},
          {"category_name", "Prevent Domains"},
          {"category_description", "Domains -"}}}};
    if (is_oneapi) {
        sections["zscaler"] = {{"token_url", clouds_->url() + "/oauth2/v1/token"},
                               {"api_url", clouds_->url() + "/zia/api/v1"},
                               {"vanity_domain", "sandbox"}};
    } else {
        sections["zscaler"] = {{"base_uri", clouds_->url()}};
    }
    sections["zscaler"]["rate_patience"] = "10s";
    for (const auto& key : marked_.keys()) {
        const bool is_here = given_ == Given::settings || (given_ == Given::flags && key.flag.empty());
        if (!is_here) continue;
        auto value = value_of(key);
        for (std::size_t at = 0; (at = value.find('\n', at)) != std::string::npos; at += 5)
            value.replace(at, 1, "\n    ");
        for (std::size_t at = 0; (at = value.find('%', at)) != std::string::npos; at += 2) value.insert(at, "%");
        sections[key.section][key.name] = value;
    }
    for (const auto& [place, text] : changed) {
        const auto dot = place.find('.');
        sections[place.substr(0, dot)][place.substr(dot + 1)] = text;
    }
    std::string text;
    for (const auto& [section, keys] : sections) {
        text += "[" + section + "]\n";
        for (const auto& [key, value] : keys) text += key + " = " + value + "\n";
    }
    return text + appended;
}

void House::write_inputs(const fs::path& folder) const {
    fs::create_directories(folder / "config");
    fs::create_directories(folder / "given");
    std::ofstream(folder / "config" / "settings.ini") << settings_text();
    fs::permissions(folder / "config" / "settings.ini", fs::perms::owner_read | fs::perms::owner_write);
    if (is_set_up_ && !has_settings_file) fs::remove(folder / "config" / "settings.ini");
    for (const auto& key : marked_.keys()) {
        std::ofstream(folder / "given" / key.variable) << value_of(key) << "\n";
        fs::permissions(folder / "given" / key.variable, fs::perms::owner_read | fs::perms::owner_write);
    }
    std::ofstream(folder / "list.txt") << "a.example\nb.example\n";
    std::ofstream(folder / "config.ini") << fmt::format(
        "[CROWDSTRIKE]\nclient = {}\nsecret = {}\nbase_url = us-1\n[ZSCALER]\nhostname = zsapi.example.net\n"
        "username = a\npassword = {}\ntoken = {}\n",
        marked_.credentials().cs_client_id, "MarkedFalconSecret0123456789abcdefghij", marked_.credentials().password,
        marked_.credentials().api_key);
}

Words House::words_of(const Call& call) const {
    Words words = call.words;
    if (!call.has_settings) return words;
    words.insert(words.end(), {"-s", "config/settings.ini"});
    if (is_set_up_) words.insert(words.end(), more_words.begin(), more_words.end());
    if (given_ != Given::flags) return words;
    for (const auto& key : marked_.keys()) {
        if (!key.flag.empty()) words.insert(words.end(), {key.flag, value_of(key)});
    }
    return words;
}

Words House::environment_of(const fs::path& folder) const {
    Words variables;
    for (const auto& key : marked_.keys()) {
        if (given_ == Given::environment) variables.push_back(key.variable + "=" + value_of(key));
        if (given_ == Given::files)
            variables.push_back(key.variable + "_FILE=" + (folder / "given" / key.variable).string());
    }
    return variables;
}

void House::check(const std::string& name, const scenario::Ran& ran, const fs::path& folder) const {
    EXPECT_EQ(marked_.trace_in(ran.out), "") << name << " prints it: " << ran.out;
    EXPECT_EQ(marked_.trace_in(ran.err), "") << name << " says it: " << ran.err;
    EXPECT_FALSE(ran.dumped_core) << name;
    EXPECT_NE(ran.status, 70) << name << " met a bug: " << ran.err;
    for (const auto& item : fs::recursive_directory_iterator(folder)) {
        EXPECT_FALSE(item.path().filename().string().starts_with("core")) << name << " left " << item.path();
        if (!item.is_regular_file() || is_input(item.path())) continue;
        EXPECT_EQ(marked_.trace_in(bytes_of(item.path())), "") << name << " wrote it to " << item.path();
    }
}

}  // namespace cordon::secrets
