#include "tests/secrets/marked.hpp"

#include "base/base64.hpp"
#include "net/http.hpp"
#include "tests/unit/gateways/keys.hpp"

namespace cordon::secrets {

Marked::Marked(Way way) : way_(way) {
    credentials_.api_key = "MarkedZKey01";
    credentials_.password = "Marked-Pass!word-7";
    credentials_.oneapi_client_secret = "Marked+OneApi/Secret=7";
    credentials_.external_bearer = "Marked.External.Bearer-7";
    credentials_.rf_token = "facade0ffacade0ffacade0ffacade0f";
    credentials_.cs_client_id = "facadec11e00000000000000facadec1";
    credentials_.cs_client_secret = "MarkedFalconSecret0123456789abcdefghij%7";
    const gateways::zia::testing::TestKey key(gateways::zia::testing::Kind::p256);
    private_key_ = key.private_pem();
    if (way == Way::private_key) credentials_.oneapi_public_key = key.public_pem();

    std::vector<std::string> plain{credentials_.api_key,
                                   credentials_.password,
                                   credentials_.external_bearer,
                                   credentials_.oneapi_client_secret,
                                   credentials_.rf_token,
                                   credentials_.cs_client_secret,
                                   credentials_.cs_client_id,
                                   proxy_user_,
                                   proxy_password_,
                                   webhook_key_,
                                   mail_password_,
                                   console_secret_};
    const auto second_line = private_key_.find('\n') + 1;
    plain.push_back(private_key_.substr(second_line, 32));
    for (const auto& secret : plain) {
        traces_.push_back(secret);
        traces_.push_back(net::percent_encode(secret));
        traces_.push_back(base64(secret).substr(0, base64(secret).size() / 4 * 4 - 4));
    }
    traces_.push_back(base64(credentials_.cs_client_id + ":" + credentials_.cs_client_secret));
    traces_.push_back(base64(proxy_user_ + ":" + proxy_password_));
    // What the sandbox gives: ZIA's cookie, OneAPI's and CrowdStrike's tokens.
    for (const char* given : {"JSESSIONID=", "eyJhbGciOiJSUzI1NiJ9.e30.", "sandbox.1."}) traces_.emplace_back(given);
}

std::string Marked::proxy(int port) const {
    return "http://" + proxy_user_ + ":" + net::percent_encode(proxy_password_) + "@127.0.0.1:" + std::to_string(port);
}

std::vector<Marked::Key> Marked::keys() const {
    std::vector<Key> keys{
        {"rfapi", "token", "RF_API_KEY", "--key", credentials_.rf_token},
        {"falcon", "client_id", "FALCON_CLIENT_ID", "--falcon-client-id", credentials_.cs_client_id},
        {"falcon", "client_secret", "FALCON_CLIENT_SECRET", "--falcon-client-secret", credentials_.cs_client_secret},
        {"notify_hook", "url", "CORDON_NOTIFY_HOOK_URL", "", webhook_url_},
        {"notify_mail", "password", "CORDON_NOTIFY_MAIL_PASSWORD", "", mail_password_},
        {"console", "proxy_secret", "CORDON_PROXY_SECRET", "", console_secret_}};
    switch (way_) {
        case Way::legacy:
            keys.push_back({"zscaler", "api_key", "ZS_API_KEY", "--zkey", credentials_.api_key});
            keys.push_back({"zscaler", "username", "ZS_API_USERNAME", "--zuser", credentials_.username});
            keys.push_back({"zscaler", "password", "ZS_API_PASSWORD", "--zpassword", credentials_.password});
            break;
        case Way::oneapi:
            keys.push_back({"zscaler", "client_id", "ZSCALER_CLIENT_ID", "", credentials_.oneapi_client_id});
            keys.push_back(
                {"zscaler", "client_secret", "ZSCALER_CLIENT_SECRET", "", credentials_.oneapi_client_secret});
            break;
        case Way::private_key:
            keys.push_back({"zscaler", "client_id", "ZSCALER_CLIENT_ID", "", credentials_.oneapi_client_id});
            keys.push_back({"zscaler", "private_key", "ZSCALER_PRIVATE_KEY", "", private_key_});
            break;
        case Way::bearer:
            keys.push_back({"zscaler", "bearer_token", "ZSCALER_BEARER_TOKEN", "", credentials_.external_bearer});
            break;
    }
    return keys;
}

std::vector<std::string> Marked::traces() const {
    return traces_;
}

std::string Marked::trace_in(const std::string& text) const {
    for (const auto& trace : traces_) {
        if (text.find(trace) != std::string::npos) return trace;
    }
    return {};
}

}  // namespace cordon::secrets
