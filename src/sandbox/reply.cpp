#include "sandbox/reply.hpp"

#include <algorithm>
#include <array>
#include <stdexcept>

#include <fmt/format.h>
#include <zlib.h>
#include <nlohmann/json.hpp>

namespace cordon::sandbox {
namespace {

constexpr std::size_t k_least_worth_compressing = 512;
constexpr int k_gzip_window = 15 + 16;  // zlib: +16 writes a gzip header
constexpr int k_fast = 1;

}  // namespace

void append_json_text(std::string_view text, std::string& json) {
    const bool is_plain =
        std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c < '\x7f' && c != '"' && c != '\\'; });
    if (!is_plain) {
        json += nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
        return;
    }
    json += '"';
    json += text;
    json += '"';
}

std::string json_text(std::string_view text) {
    std::string json;
    append_json_text(text, json);
    return json;
}

std::string gzip(std::string_view bytes) {
    z_stream stream{};
    if (deflateInit2(&stream, k_fast, Z_DEFLATED, k_gzip_window, 8, Z_DEFAULT_STRATEGY) != Z_OK) {
        throw std::runtime_error("zlib cannot start");
    }
    std::string packed(deflateBound(&stream, bytes.size()) + 32, '\0');
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
    stream.avail_in = static_cast<uInt>(bytes.size());
    stream.next_out = reinterpret_cast<Bytef*>(packed.data());
    stream.avail_out = static_cast<uInt>(packed.size());
    const int end = deflate(&stream, Z_FINISH);
    packed.resize(stream.total_out);
    deflateEnd(&stream);
    if (end != Z_STREAM_END) throw std::runtime_error("zlib cannot compress");
    return packed;
}

void encode_gzip(net::ServerResponse& response) {
    response.body = gzip(response.body);
    response.headers.emplace_back("Content-Encoding", "gzip");
}

void compress_when_asked(const net::ServerRequest& request, net::ServerResponse& response) {
    if (response.body.size() < k_least_worth_compressing) return;
    if (request.header("accept-encoding").find("gzip") == std::string_view::npos) return;
    encode_gzip(response);
}

std::string http_date(Time moment) {
    static constexpr std::array k_days{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    static constexpr std::array k_months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                         "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    const auto day = std::chrono::floor<std::chrono::days>(moment);
    const std::chrono::year_month_day date{day};
    const auto seconds = std::chrono::floor<std::chrono::seconds>(moment - day).count();
    return fmt::format("{}, {:02} {} {:04} {:02}:{:02}:{:02} GMT", k_days[std::chrono::weekday{day}.c_encoding()],
                       static_cast<unsigned>(date.day()), k_months[static_cast<unsigned>(date.month()) - 1],
                       static_cast<int>(date.year()), seconds / 3600, seconds / 60 % 60, seconds % 60);
}

net::ServerResponse json_answer(int status, std::string body) {
    net::ServerResponse response;
    response.status = status;
    response.headers.emplace_back("Content-Type", "application/json");
    response.body = std::move(body);
    return response;
}

}  // namespace cordon::sandbox
