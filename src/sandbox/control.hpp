#pragma once

#include "net/http_server.hpp"
#include "sandbox/sandbox.hpp"

namespace cordon::sandbox {

/// Answers /_sandbox/...: what `curl` and the demo look in with. Bodies are JSON; a key that an action does not
/// have is refused.
///
///   GET  state | violations | counts | clients | tokens | journal | saved | active | rules?side=active | denylist |
///        blocked?url=URL
///   POST tick {"ticks":1}
///        clock {"forward_s":86400}    (the sandbox's own clock)
///        fault {"kind":"edit_lock","method":"PUT","path":"/api/v1/*","skip":0,"count":1,"probability":1,
///               "status":500,"body":"","content_type":"","headers":{},"delay_ms":0}
///        faults/clear
///        edit {"list":"NAME","add":[],"remove":[],"publish":true}
///        rule {"kind":"url","rule":{...}} | {"id":1,"change":{...}} | {"id":1,"delete":true}, with "publish":false
///        stage {"admin":"eve@portal.example"}   (one more admin with changes that are not activated)
///        publish                      (what other admins saved with "publish":false or staged)
///        tenant {"advanced_firewall":true,"forbidden":["* /urlFilteringRules*"],"most_addresses":16000,
///                "most_addresses_per_group":8000,"most_categories":64,"token_life_s":60,"public_key":"PEM",
///                "revoke_tokens":true}
///        delete {"list":"NAME"}
///        feed {"path":"/public/...","content":"..." | "keep":0.1 | "torn":true | "restore":true}
///        quota {"urls":75000}
///        maintenance {"on":true}
///        quirks ["sign_out_204"]
///        requests/forget
///        indicators {"id":"url_http://...","change":"delete"} | {"publish":{...a record...}}
///        crowdstrike {"region":"us-1","account_region":"eu-1","scopes":[],"most_rows":2500,"token_life_s":60}
///        classify {"url":"evil.example/x","classes":["WEB_HOST"],"alerts":["PHISHING"]}
///        lookup {"alerted":0.3,"categorised":0.2}
[[nodiscard]] net::ServerResponse control(Sandbox& sandbox, const net::ServerRequest& request);

}  // namespace cordon::sandbox
