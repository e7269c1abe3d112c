#include "net/web_request.hpp"

#include <string_view>
#include <utility>

#include <boost/beast/http/fields.hpp>

#include "base/text.hpp"
#include "net/form.hpp"

namespace cordon::net {

ServerRequest request_from(boost::beast::http::request<boost::beast::http::string_body>&& raw,
                           std::string remote_address) {
    ServerRequest request;
    request.method = raw.method_string();
    request.target = raw.target();
    const auto question = request.target.find('?');
    request.path = percent_decode(std::string_view(request.target).substr(0, question));
    if (question != std::string::npos)
        request.query = parse_form(std::string_view(request.target).substr(question + 1));
    for (const auto& field : raw) {
        request.headers.emplace_back(to_lower(std::string_view(field.name_string())), std::string(field.value()));
    }
    request.body = std::move(raw.body());
    request.remote_address = std::move(remote_address);
    return request;
}

}  // namespace cordon::net
