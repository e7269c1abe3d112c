// Compares the host of every accepted URL with the one that the WHATWG parser of Node.js finds.

#include <gtest/gtest.h>
#include <zstd.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "base/file.hpp"
#include "base/text.hpp"
#include "core/canonical.hpp"

namespace cordon::core {
namespace {

namespace fs = std::filesystem;

// Reads hex lines, prints the host that a browser would connect to, or "!" where it refuses. What Cordon
// undoes before it parses is undone here too, by rules of its own: defanged schemes and dots of the
// authority, and values without a scheme get "http://". A trailing dot names the same host, and ZIA wants
// it gone, so it is cut here.
constexpr std::string_view k_script = R"js(
const lines = require('fs').readFileSync(process.argv[2], 'latin1').split('\n').filter(l => l);
const live = v => {
  v = v.replace(/[\t\r\n]/g, '');
  v = v.replace(/^h[tx][tx]p(s?)(\[:\]|:)/i, 'http$1:');
  v = v.replace(/^[a-z]+:[\/\\]*[^\/\\?#]*/i, a => a.replace(/\[\.\]|\(\.\)|\{\.\}/g, '.'));
  return /^(https?|ftp):/i.test(v) ? v : 'http://' + v;
};
console.log(lines.map(l => {
  try {
    return new URL(live(Buffer.from(l, 'hex').toString('utf8'))).hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '');
  } catch (e) { return '!'; }
}).join('\n'));
)js";

bool has_node() {
    return std::system("node --version >/dev/null 2>&1") == 0;
}

std::string hex_of(std::string_view bytes) {
    constexpr std::string_view k_digits = "0123456789abcdef";
    std::string hex;
    hex.reserve(2 * bytes.size());
    for (const char c : bytes) {
        hex += k_digits[static_cast<unsigned char>(c) >> 4U];
        hex += k_digits[static_cast<unsigned char>(c) & 0xfU];
    }
    return hex;
}

/// A folder that goes away with the object.
class TemporaryFolder {
public:
    TemporaryFolder() {
        std::string name = (fs::temp_directory_path() / "cordon-browser-XXXXXX").string();
        path_ = mkdtemp(name.data());
    }
    ~TemporaryFolder() { fs::remove_all(path_); }
    TemporaryFolder(const TemporaryFolder&) = delete;
    TemporaryFolder& operator=(const TemporaryFolder&) = delete;
    [[nodiscard]] const fs::path& path() const noexcept { return path_; }

private:
    fs::path path_;
};

/// The browser's host of each value, in their order.
std::vector<std::string> browser_hosts(const std::vector<std::string>& values) {
    const TemporaryFolder folder;
    std::string lines;
    for (const auto& value : values) lines += hex_of(value) + '\n';
    EXPECT_TRUE(write_file_atomically(folder.path() / "values", lines));
    EXPECT_TRUE(write_file_atomically(folder.path() / "hosts.js", k_script));
    const auto at = folder.path().string();
    EXPECT_EQ(std::system(("node " + at + "/hosts.js " + at + "/values >" + at + "/hosts").c_str()), 0);
    const auto output = read_file(folder.path() / "hosts").value_or("");
    std::vector<std::string> hosts;
    for (const auto line : split(trim(output), '\n')) hosts.emplace_back(line);
    return hosts;
}

std::string unzstd(const fs::path& path) {
    const auto packed = read_file(path).value();
    const std::unique_ptr<ZSTD_DCtx, decltype(&ZSTD_freeDCtx)> context(ZSTD_createDCtx(), &ZSTD_freeDCtx);
    ZSTD_DCtx_setParameter(context.get(), ZSTD_d_windowLogMax, 27);
    std::string bytes;
    std::vector<char> chunk(ZSTD_DStreamOutSize());
    ZSTD_inBuffer input{packed.data(), packed.size(), 0};
    while (input.pos < input.size) {
        ZSTD_outBuffer output{chunk.data(), chunk.size(), 0};
        const auto status = ZSTD_decompressStream(context.get(), &output, &input);
        if (ZSTD_isError(status) != 0) {
            ADD_FAILURE() << path << ": " << ZSTD_getErrorName(status);
            break;
        }
        bytes.append(chunk.data(), output.pos);
    }
    return bytes;
}

/// The values of a list; one of them has a time behind each ("value # 1662163200").
std::vector<std::string> values_of(const fs::path& path) {
    std::vector<std::string> values;
    const std::string bytes = unzstd(path);
    for (auto line : split(bytes, '\n')) {
        const auto mark = line.rfind(" # ");
        if (mark != std::string_view::npos && parse_whole_number(line.substr(mark + 3))) line = line.substr(0, mark);
        if (!trim(line).empty()) values.emplace_back(trim(line));
    }
    return values;
}

struct Comparison {
    std::size_t accepted = 0;
    std::size_t rejected_but_too_long = 0;
    std::size_t rejected = 0;  ///< for other reasons
    std::size_t different = 0;
};

Comparison compare(const std::vector<std::string>& values) {
    const auto browser = browser_hosts(values);
    Comparison found;
    if (browser.size() != values.size()) {
        ADD_FAILURE() << browser.size() << " hosts for " << values.size() << " values";
        return found;
    }
    std::map<std::string, std::size_t> reasons;
    Canonical result;
    for (std::size_t i = 0; i < values.size(); ++i) {
        canonicalise(EntityType::url, values[i], result);
        if (!result.is_entry) {
            ++(result.reason == Reason::too_long ? found.rejected_but_too_long : found.rejected);
            ++reasons[std::string(name_of(result.reason)) + " (" + result.detail + ")"];
            continue;
        }
        ++found.accepted;
        if (host_of(result.text) == browser[i] && result.host == browser[i]) continue;
        if (++found.different <= 20) {
            ADD_FAILURE() << printable(values[i]) << ": we say " << result.host << ", the browser " << browser[i];
        }
    }
    std::printf("%zu values, %zu accepted, %zu different hosts\n", values.size(), found.accepted, found.different);
    for (const auto& [reason, count] : reasons) std::printf("  rejected %6zu  %s\n", count, reason.c_str());
    return found;
}

TEST(BrowserHosts, every_accepted_url_of_the_shared_lists_has_the_host_of_the_browser) {
    const fs::path folder = fs::path(CORDON_SHARED_DIR) / "data/urls";
    if (!fs::exists(folder)) GTEST_SKIP() << folder << " is not on this machine";
    if (!has_node()) GTEST_SKIP() << "no Node.js on this machine: hosts are not compared with a browser's";
    std::size_t lists = 0;
    for (const auto& item : fs::directory_iterator(folder)) {
        if (item.path().extension() != ".zst") continue;
        ++lists;
        std::printf("%s: ", item.path().filename().c_str());
        const auto values = values_of(item.path());
        ASSERT_GT(values.size(), 50'000U);
        const auto found = compare(values);
        EXPECT_EQ(found.different, 0U);
        EXPECT_LT(static_cast<double>(found.rejected), 0.01 * static_cast<double>(values.size()));
    }
    EXPECT_GE(lists, 2U);
}

/// A URL put together from the pieces that parsers disagree about.
std::string tricky_url(std::mt19937& random) {
    static constexpr std::array k_schemes{"http:",   "https:",     "ftp:",   "HTTP:",    "ht\ttp:", "hxxp:",
                                          "http://", "https:\\\\", "http:/", "http:///", "ftp://",  "hxxps://"};
    static constexpr std::array k_pieces{"evil.example",
                                         "Bank.Example",
                                         "a",
                                         "b",
                                         ".",
                                         ".",
                                         ".",
                                         "-",
                                         "_",
                                         "@",
                                         "%40",
                                         ":",
                                         ":80",
                                         ":443",
                                         ":8080",
                                         "/",
                                         "\\",
                                         "?",
                                         "#",
                                         "%2e",
                                         "%2E",
                                         "%",
                                         "%%",
                                         "%00",
                                         "%25",
                                         "%5b",
                                         "\t",
                                         "\n",
                                         "\r",
                                         " ",
                                         "0",
                                         "1",
                                         "08",
                                         "0x",
                                         "0xa",
                                         "127",
                                         "256",
                                         "0x7f.1",
                                         "198.51.100.7",
                                         "4294967295",
                                         "4294967296",
                                         "[::1]",
                                         "[2001:db8::1]",
                                         "[",
                                         "]",
                                         "::",
                                         "xn--",
                                         "xn--bcher-kva",
                                         "xn--i-7iq",
                                         "xn--a",
                                         "\xc3\xbc",
                                         "\xc3\x9f",
                                         "\xe3\x80\x82",
                                         "\xef\xbc\x8e",
                                         "\xef\xbd\x85",
                                         "\xef\xbc\x91",
                                         "\xe2\x88\x95",
                                         "\xe2\x84\x82",
                                         "\xe2\x80\x8b",
                                         "\xe2\x80\x8d",
                                         "\xc2\xad",
                                         "\xd7\x90",
                                         "\xf0\x9f\x98\x80",
                                         "\xff",
                                         "\x01",
                                         "\x7f",
                                         "|",
                                         "^",
                                         "<",
                                         "*",
                                         "!",
                                         "~",
                                         "$",
                                         ",",
                                         "'",
                                         "\"",
                                         "{",
                                         "}",
                                         "(.)",
                                         "..",
                                         ".example",
                                         ".com"};
    std::string text = k_schemes[random() % k_schemes.size()];
    for (auto left = 1 + random() % 7; left > 0; --left) text += k_pieces[random() % k_pieces.size()];
    return text;
}

TEST(BrowserHosts, every_accepted_tricky_url_has_the_host_of_the_browser) {
    if (!has_node()) GTEST_SKIP() << "no Node.js on this machine: hosts are not compared with a browser's";
    std::mt19937 random(20261121);  // fixed: a failure repeats
    std::vector<std::string> values;
    for (int i = 0; i < 200'000; ++i) values.push_back(tricky_url(random));
    const auto found = compare(values);
    EXPECT_EQ(found.different, 0U);
    EXPECT_GT(found.accepted, 10'000U) << "the pieces no longer make acceptable URLs";
}

}  // namespace
}  // namespace cordon::core
