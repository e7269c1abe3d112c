#include <array>

#include "core/builtin_names.hpp"

namespace cordon::core {
namespace {

/// Lock-out: what an operator needs to see, to sign in and to take a wrong block back. Each name stands
/// for the host, everything below it and the URLs there. Written by us from the vendors' documentation;
/// the criterion of each group stands above it. Networks are not built in: the vendors' published ranges
/// change, so they come in as `[allow] never` files.
// clang-format off
constexpr auto k_lock_out_names = std::to_array<std::string_view>({
    // Zscaler's clouds: the admin portals, APIs and tenants' gateways (zia-api.md 2.1, 3.1). A block here cuts
    // the operator off from taking it back.
    "zscaler.net", "zscalerone.net", "zscalertwo.net", "zscalerthree.net", "zscalerbeta.net", "zscloud.net",
    "zscalergov.net", "zscalerten.net", "zscalergov.us", "zspreview.net", "zsapi.net", "zscaler.com",

    // ZIdentity, the sign-in of the OneAPI clouds (zia-api.md 3.1; both spellings where its sources disagree).
    "zslogin.net", "zsloginbeta.net", "zidentitygov.net", "zidentitygov.us", "zidentitygovus.net",

    // Zscaler Private Access and Digital Experience: the vendor's own domains, without which its client
    // connector loses its tunnels and its health view.
    "zpath.net", "zpatwo.net", "zpabeta.net", "zpagov.net", "zpagov.us", "zpreview.net", "zdxcloud.net",
    "zdxbeta.net",

    // The feeds' hosts (recorded-future-api.md 3, crowdstrike-intel-api.md 2): without them no later run can
    // take anything back. cloudsink.net carries the Falcon sensors' traffic.
    "recordedfuture.com", "crowdstrike.com", "us-gov-2.crowdstrike.mil", "cloudsink.net",

    // Identity providers of organisations: sign-in hosts, and domains that a provider uses for nothing but its
    // tenants' sign-in.
    "login.microsoftonline.com", "login.microsoftonline.us", "login.partner.microsoftonline.cn",
    "login.microsoft.com", "login.windows.net", "login.live.com", "device.login.microsoftonline.com",
    "enterpriseregistration.windows.net", "aadcdn.msauth.net", "aadcdn.msftauth.net", "logincdn.msauth.net",
    "logincdn.msftauth.net", "msauth.net", "msftauth.net", "accounts.google.com", "oauth2.googleapis.com",
    "okta.com", "oktapreview.com", "okta-emea.com", "okta-gov.com", "okta.mil", "oktacdn.com", "auth0.com",
    "onelogin.com", "onelogin.eu", "pingidentity.com", "pingidentity.eu", "pingone.com", "pingone.eu",
    "pingone.asia", "pingone.ca", "pingone.com.au", "duosecurity.com", "duo.com", "duofederal.com",
    "jumpcloud.com", "idaptive.app", "cyberark.cloud", "securid.com", "secureauth.com", "forgeblocks.com",
    "verify.ibm.com", "safenetid.com", "signin.aws.amazon.com", "id.atlassian.com",
    "appleid.apple.com", "idmsa.apple.com", "gsa.apple.com", "login.salesforce.com", "login.yahoo.com",
    "auth.openai.com", "miniorange.com",

    // Certificate status and chain (OCSP, CRL, AIA) of the CAs in the browsers' root stores: hosts that serve
    // nothing else, or whole domains where a CA keeps one for it. When these fail, TLS fails or slows
    // everywhere.
    "ocsp.digicert.com", "ocspx.digicert.com", "crl3.digicert.com", "crl4.digicert.com", "crl.digicert.com",
    "cacerts.digicert.com", "ocsp.digicert.cn", "crl.digicert.cn", "ocsp.geotrust.com",
    "status.geotrust.com", "cdp.geotrust.com", "ocsp.thawte.com", "status.thawte.com", "cdp.thawte.com",
    "status.rapidssl.com", "cdp.rapidssl.com", "ocsp.verisign.com", "crl.verisign.com", "symcd.com",
    "symcb.com", "lencr.org", "letsencrypt.org", "ocsp.sectigo.com", "crl.sectigo.com", "crt.sectigo.com",
    "ocsp.comodoca.com", "crl.comodoca.com", "crt.comodoca.com", "ocsp.comodoca4.com", "crl.comodoca4.com",
    "ocsp.usertrust.com", "crl.usertrust.com", "crt.usertrust.com", "ocsp.trust-provider.com",
    "ocsp.netsolssl.com", "crl.netsolssl.com", "ocsp.globalsign.com", "ocsp2.globalsign.com",
    "crl.globalsign.com", "crl.globalsign.net", "secure.globalsign.com", "secure.globalsign.net",
    "ocsp.entrust.net", "crl.entrust.net", "aia.entrust.net", "ocsp.managed.entrust.com",
    "crl.managed.entrust.com", "ocsp.godaddy.com", "crl.godaddy.com", "certificates.godaddy.com",
    "certs.godaddy.com", "ocsp.starfieldtech.com", "crl.starfieldtech.com",
    "certificates.starfieldtech.com", "certs.starfieldtech.com", "amazontrust.com", "pki.goog",
    "pki.google.com", "msocsp.com", "crl.microsoft.com", "mscrl.microsoft.com", "oneocsp.microsoft.com",
    "caissuers.microsoft.com", "identrust.com", "ocsp-certum.com", "crl.certum.pl", "repository.certum.pl",
    "ocsp.swisssign.net", "crl.swisssign.net", "ocsp.quovadisglobal.com", "crl.quovadisglobal.com",
    "trust.quovadisglobal.com", "ocsps.ssl.com", "crls.ssl.com", "cert.ssl.com", "ocsp.buypass.com",
    "crl.buypass.no", "ocsp05.actalis.it", "ocsp07.actalis.it", "ocsp09.actalis.it", "crl05.actalis.it",
    "crl07.actalis.it", "crl09.actalis.it", "ocsp.telesec.de", "pki0336.telesec.de", "ocsp.d-trust.net",
    "crl.d-trust.net", "ocsp.harica.gr", "crl.harica.gr", "ocsp.apple.com", "ocsp2.apple.com",
    "crl.apple.com", "crl3.apple.com", "valid.apple.com", "certs.apple.com", "ocsp.trustwave.com",
    "crl.trustwave.com", "ocsp.securetrust.com", "crl.securetrust.com", "ocsp.wisekey.com",
    "public.wisekey.com", "ocsp.certigna.fr", "crl.certigna.fr", "ocsp.omniroot.com", "crl.omniroot.com",
    "pki.atos.net", "ocsp.pca.dfn.de", "cdp1.pca.dfn.de", "cdp2.pca.dfn.de", "ocsp.cfca.com.cn",
    "crl.cfca.com.cn", "ocsp.firmaprofesional.com", "crl.firmaprofesional.com", "ocsp.izenpe.com",
    "ocsp.camerfirma.com",

    // Operating system and malware-definition updates: hosts that serve nothing else. Without them machines
    // stay open to what the feeds describe.
    "windowsupdate.com", "update.microsoft.com", "delivery.mp.microsoft.com", "do.dsp.mp.microsoft.com",
    "definitionupdates.microsoft.com", "wdcp.microsoft.com", "wdcpalt.microsoft.com", "wd.microsoft.com",
    "download.microsoft.com", "packages.microsoft.com", "officecdn.microsoft.com", "mesu.apple.com",
    "gdmf.apple.com", "swscan.apple.com", "swcdn.apple.com", "swdist.apple.com", "swdownload.apple.com",
    "updates.cdn-apple.com", "updates-http.cdn-apple.com", "skl.apple.com", "deb.debian.org",
    "security.debian.org", "archive.ubuntu.com", "security.ubuntu.com", "ports.ubuntu.com",
    "esm.ubuntu.com", "cdn.redhat.com", "subscription.rhsm.redhat.com", "mirrors.fedoraproject.org",
    "mirrors.rockylinux.org", "mirrors.almalinux.org", "updates.suse.com", "scc.suse.com",
    "download.opensuse.org", "update.googleapis.com", "dl.google.com", "edgedl.me.gvt1.com",
    "aus5.mozilla.org", "download.mozilla.org",

    // Time, and the connectivity checks by which systems decide whether they are on line.
    "time.windows.com", "time.apple.com", "time.google.com", "time.android.com", "time.cloudflare.com",
    "time.nist.gov", "pool.ntp.org", "ntp.ubuntu.com", "ntp.debian.org", "ptbtime1.ptb.de",
    "ptbtime2.ptb.de", "ptbtime3.ptb.de", "time.euro.apple.com", "msftconnecttest.com", "msftncsi.com",
    "captive.apple.com", "connectivitycheck.gstatic.com", "connectivitycheck.android.com",
    "detectportal.firefox.com", "connectivity-check.ubuntu.com", "nmcheck.gnome.org",
});
// clang-format on

}  // namespace

std::span<const std::string_view> builtin_lock_out_names() noexcept {
    return k_lock_out_names;
}

}  // namespace cordon::core
