#include <array>

#include "core/builtin_names.hpp"

namespace cordon::core {
namespace {

/// Popular: hosts so widely used that blocking one whole does more harm than any threat on it, and that
/// threat feeds name because single pages or files there are malicious. Each name is exactly one host
/// ("www." in front of it counts as it); URLs with a path pass, and so do other hosts below it. Written by
/// us from general knowledge; the criterion of each group stands above it.
// clang-format off
constexpr auto k_popular_names = std::to_array<std::string_view>({
    // Search, portals, encyclopaedias and maps: among the most visited sites of the world or of a large
    // country.
    "google.com", "google.de", "google.fr", "google.it", "google.es", "google.nl", "google.pl", "google.ch",
    "google.at", "google.be", "google.se", "google.ca", "google.co.uk", "google.co.jp", "google.co.in",
    "google.co.kr", "google.com.br", "google.com.au", "google.com.mx", "google.com.tr", "google.com.hk",
    "google.com.tw", "google.com.sg", "google.ru", "maps.google.com", "bing.com", "duckduckgo.com",
    "yahoo.com", "yahoo.co.jp", "search.yahoo.com", "yandex.ru", "yandex.com", "ya.ru", "baidu.com",
    "qq.com", "sina.com.cn", "sohu.com", "163.com", "naver.com", "daum.net", "seznam.cz", "mail.ru",
    "rambler.ru", "aol.com", "msn.com", "ask.com", "ecosia.org", "startpage.com", "brave.com",
    "wikipedia.org", "en.wikipedia.org", "de.wikipedia.org", "fr.wikipedia.org", "es.wikipedia.org",
    "ja.wikipedia.org", "commons.wikimedia.org", "wikimedia.org", "wikidata.org", "archive.org",
    "web.archive.org", "openstreetmap.org",

    // Google's applications and delivery hosts: each used by other sites or by whole organisations.
    "docs.google.com", "drive.google.com", "sheets.google.com", "sites.google.com", "mail.google.com",
    "gmail.com", "calendar.google.com", "meet.google.com", "chat.google.com", "groups.google.com",
    "photos.google.com", "play.google.com", "news.google.com", "translate.google.com", "scholar.google.com",
    "forms.gle", "goo.gl", "g.co", "cloud.google.com", "console.cloud.google.com", "storage.googleapis.com",
    "storage.cloud.google.com", "firebasestorage.googleapis.com", "ajax.googleapis.com",
    "fonts.googleapis.com", "fonts.gstatic.com", "googleapis.com", "gstatic.com", "googleusercontent.com",
    "lh3.googleusercontent.com", "drive.usercontent.google.com", "googlevideo.com", "ytimg.com",
    "ggpht.com", "google-analytics.com", "googletagmanager.com", "googlesyndication.com", "doubleclick.net",
    "recaptcha.net", "android.com", "chrome.google.com", "chromewebstore.google.com", "firebase.google.com",
    "colab.research.google.com", "script.google.com", "gemini.google.com", "withgoogle.com", "blogger.com",
    "blogspot.com",

    // Microsoft's applications and delivery hosts: Office, Teams, Azure, Windows, Xbox.
    "microsoft.com", "support.microsoft.com", "learn.microsoft.com", "docs.microsoft.com",
    "go.microsoft.com", "aka.ms", "office.com", "office365.com", "outlook.com", "outlook.live.com",
    "outlook.office.com", "outlook.office365.com", "hotmail.com", "live.com", "onedrive.com",
    "onedrive.live.com", "1drv.ms", "sharepoint.com", "sharepointonline.com", "teams.microsoft.com",
    "teams.live.com", "forms.office.com", "forms.microsoft.com", "sway.office.com", "onenote.com",
    "skype.com", "azure.com", "portal.azure.com", "dev.azure.com", "azureedge.net", "azurewebsites.net",
    "core.windows.net", "blob.core.windows.net", "windows.net", "windows.com", "xbox.com", "xboxlive.com",
    "visualstudio.com", "vscode.dev", "marketplace.visualstudio.com", "nuget.org", "api.nuget.org",
    "powerbi.com", "app.powerbi.com", "dynamics.com", "bingapis.com", "clarity.ms", "msedge.net",
    "microsoftonline.com", "azurefd.net", "trafficmanager.net", "microsoft365.com",

    // Apple.
    "apple.com", "support.apple.com", "icloud.com", "icloud-content.com", "itunes.apple.com",
    "apps.apple.com", "music.apple.com", "me.com", "mzstatic.com", "cdn-apple.com", "developer.apple.com",
    "testflight.apple.com",

    // Social networks, messaging and conferencing with hundreds of millions of users, or standard in
    // companies.
    "facebook.com", "m.facebook.com", "l.facebook.com", "fb.com", "fb.me", "fbcdn.net", "messenger.com",
    "m.me", "instagram.com", "cdninstagram.com", "threads.net", "whatsapp.com", "whatsapp.net",
    "web.whatsapp.com", "wa.me", "meta.com", "twitter.com", "x.com", "t.co", "twimg.com", "pbs.twimg.com",
    "linkedin.com", "lnkd.in", "licdn.com", "pinterest.com", "pin.it", "tiktok.com", "tiktokcdn.com",
    "snapchat.com", "reddit.com", "old.reddit.com", "redd.it", "i.redd.it", "redditmedia.com",
    "discord.com", "discord.gg", "discordapp.com", "cdn.discordapp.com", "media.discordapp.net",
    "telegram.org", "t.me", "web.telegram.org", "api.telegram.org", "telegra.ph", "signal.org", "slack.com",
    "slack-edge.com", "files.slack.com", "zoom.us", "zoom.com", "webex.com", "gotomeeting.com", "quora.com",
    "medium.com", "tumblr.com", "vk.com", "ok.ru", "weibo.com", "weixin.qq.com", "wechat.com", "line.me",
    "kakao.com", "mastodon.social", "bsky.app", "viber.com", "flickr.com", "imgur.com", "i.imgur.com",
    "giphy.com", "gravatar.com", "disqus.com", "patreon.com", "meetup.com", "linktr.ee",

    // Video, music and games.
    "youtube.com", "m.youtube.com", "youtu.be", "youtube-nocookie.com", "vimeo.com", "player.vimeo.com",
    "dailymotion.com", "twitch.tv", "netflix.com", "nflxvideo.net", "disneyplus.com", "hulu.com",
    "primevideo.com", "spotify.com", "open.spotify.com", "scdn.co", "soundcloud.com", "deezer.com",
    "bandcamp.com", "bilibili.com", "rutube.ru", "ted.com", "steampowered.com", "store.steampowered.com",
    "steamcommunity.com", "steamstatic.com", "epicgames.com", "roblox.com", "ea.com", "playstation.com",
    "nintendo.com", "minecraft.net", "blizzard.com", "battle.net", "riotgames.com", "unity.com",
    "unity3d.com", "itch.io", "imdb.com",

    // Source code, packages and development: a block stops builds.
    "github.com", "api.github.com", "gist.github.com", "raw.githubusercontent.com",
    "gist.githubusercontent.com", "objects.githubusercontent.com", "camo.githubusercontent.com",
    "avatars.githubusercontent.com", "user-images.githubusercontent.com",
    "release-assets.githubusercontent.com", "githubusercontent.com", "githubassets.com",
    "github.githubassets.com", "codeload.github.com", "ghcr.io", "pkg.github.com", "desktop.github.com",
    "github.io", "pages.github.com", "gitlab.com", "about.gitlab.com", "registry.gitlab.com",
    "bitbucket.org", "api.bitbucket.org", "sourceforge.net", "downloads.sourceforge.net", "codeberg.org",
    "sr.ht", "stackoverflow.com", "stackexchange.com", "superuser.com", "serverfault.com", "askubuntu.com",
    "npmjs.com", "npmjs.org", "registry.npmjs.org", "yarnpkg.com", "registry.yarnpkg.com", "pypi.org",
    "files.pythonhosted.org", "pythonhosted.org", "python.org", "docs.python.org", "rubygems.org",
    "crates.io", "static.crates.io", "rust-lang.org", "golang.org", "go.dev", "proxy.golang.org",
    "pkg.go.dev", "maven.org", "repo1.maven.org", "repo.maven.apache.org", "packagist.org",
    "getcomposer.org", "docker.com", "docker.io", "hub.docker.com", "registry-1.docker.io", "quay.io",
    "kubernetes.io", "registry.k8s.io", "k8s.io", "helm.sh", "nodejs.org", "deno.land", "php.net",
    "java.com", "oracle.com", "jetbrains.com", "eclipse.org", "apache.org", "downloads.apache.org",
    "gnu.org", "kernel.org", "debian.org", "ubuntu.com", "canonical.com", "fedoraproject.org", "redhat.com",
    "archlinux.org", "centos.org", "opensuse.org", "mozilla.org", "addons.mozilla.org",
    "developer.mozilla.org", "firefox.com", "w3.org", "w3schools.com", "ietf.org", "json.org",
    "readthedocs.io", "readthedocs.org", "codepen.io", "jsfiddle.net", "codesandbox.io", "replit.com",
    "stackblitz.com", "huggingface.co", "kaggle.com", "jupyter.org", "anaconda.com", "anaconda.org",
    "repo.anaconda.com", "gitbook.com", "swagger.io", "postman.com", "launchpad.net", "snapcraft.io",
    "flathub.org", "brew.sh", "chocolatey.org",

    // Content delivery: hosts that carry the scripts, fonts and files of countless other sites.
    "cloudflare.com", "cdnjs.cloudflare.com", "challenges.cloudflare.com", "cdn.cloudflare.net",
    "cloudflare-dns.com", "one.one.one.one", "cloudflareinsights.com", "jsdelivr.net", "cdn.jsdelivr.net",
    "unpkg.com", "cdnjs.com", "code.jquery.com", "jquery.com", "bootstrapcdn.com",
    "maxcdn.bootstrapcdn.com", "stackpath.bootstrapcdn.com", "getbootstrap.com", "fontawesome.com",
    "use.fontawesome.com", "use.typekit.net", "p.typekit.net", "polyfill.io", "akamai.com", "akamai.net",
    "akamaized.net", "akamaihd.net", "akamaiedge.net", "edgesuite.net", "edgekey.net", "akadns.net",
    "fastly.com", "fastly.net", "cloudfront.net", "d3js.org", "esm.sh", "bunny.net", "b-cdn.net",
    "edgecastcdn.net", "cdn77.org", "keycdn.com", "imgix.net", "cloudinary.com", "res.cloudinary.com",
    "ipfs.io", "dweb.link", "cloudflare-ipfs.com", "gateway.pinata.cloud",

    // Clouds, hosters and site builders: their own front and the shared roots below which customers live.
    "amazonaws.com", "s3.amazonaws.com", "aws.amazon.com", "console.aws.amazon.com", "awsstatic.com",
    "elasticbeanstalk.com", "herokuapp.com", "heroku.com", "digitalocean.com", "digitaloceanspaces.com",
    "linode.com", "vultr.com", "hetzner.com", "ovh.com", "ovhcloud.com", "ionos.com", "strato.de",
    "godaddy.com", "namecheap.com", "gandi.net", "hostinger.com", "bluehost.com", "dreamhost.com",
    "siteground.com", "wpengine.com", "wordpress.com", "wordpress.org", "wp.com", "wix.com", "wixsite.com",
    "wixstatic.com", "squarespace.com", "weebly.com", "webflow.com", "webflow.io", "shopify.com",
    "myshopify.com", "cdn.shopify.com", "netlify.com", "netlify.app", "vercel.com", "vercel.app",
    "pages.dev", "workers.dev", "r2.dev", "web.app", "firebaseapp.com", "appspot.com", "run.app",
    "render.com", "onrender.com", "fly.dev", "fly.io", "railway.app", "glitch.me", "surge.sh", "ngrok.com",
    "ngrok.io", "trycloudflare.com", "duckdns.org", "no-ip.com", "dyn.com", "alibabacloud.com",
    "aliyun.com", "aliyuncs.com", "myqcloud.com", "tencent.com", "huawei.com", "huaweicloud.com",
    "oraclecloud.com", "ibm.com", "cloud.ibm.com", "rackspace.com", "backblazeb2.com", "backblaze.com",
    "wasabisys.com", "scaleway.com", "plesk.com", "cpanel.net", "carrd.co",

    // Files, notes, forms and e-mail: used by companies to share work; malicious files there are blocked by
    // their URL.
    "dropbox.com", "dl.dropbox.com", "dl.dropboxusercontent.com", "dropboxusercontent.com", "box.com",
    "app.box.com", "wetransfer.com", "we.tl", "mega.nz", "mega.io", "mediafire.com", "sendspace.com",
    "transfer.sh", "pcloud.com", "sync.com", "icedrive.net", "4shared.com", "scribd.com", "slideshare.net",
    "issuu.com", "evernote.com", "notion.so", "notion.site", "trello.com", "asana.com", "monday.com",
    "airtable.com", "clickup.com", "miro.com", "figma.com", "canva.com", "typeform.com", "jotform.com",
    "surveymonkey.com", "mailchimp.com", "list-manage.com", "sendgrid.net", "sendgrid.com",
    "constantcontact.com", "hubspot.com", "zendesk.com", "freshdesk.com", "intercom.io", "intercom.com",
    "proton.me", "protonmail.com", "gmx.net", "gmx.de", "web.de", "t-online.de", "zoho.com", "fastmail.com",
    "tutanota.com", "mailgun.org", "mailgun.com", "pastebin.com", "paste.ee", "rentry.co", "hastebin.com",
    "justpaste.it", "docusign.com", "docusign.net", "adobe.com", "acrobat.adobe.com",
    "documentcloud.adobe.com", "adobe.io", "express.adobe.com", "behance.net", "lucid.app",

    // Business software and services.
    "salesforce.com", "force.com", "my.salesforce.com", "lightning.force.com", "service-now.com",
    "servicenow.com", "workday.com", "myworkday.com", "myworkdayjobs.com", "sap.com", "successfactors.com",
    "ariba.com", "concur.com", "atlassian.com", "atlassian.net", "jira.com", "statuspage.io", "sentry.io",
    "datadoghq.com", "newrelic.com", "splunk.com", "elastic.co", "grafana.com", "pagerduty.com",
    "twilio.com", "segment.com", "segment.io", "mixpanel.com", "optimizely.com", "hotjar.com",
    "tableau.com", "snowflake.com", "snowflakecomputing.com", "databricks.com", "mongodb.com",
    "hashicorp.com", "vmware.com", "citrix.com", "teamviewer.com", "anydesk.com", "logmein.com",
    "cisco.com", "dell.com", "hp.com", "lenovo.com", "intel.com", "amd.com", "nvidia.com", "qualcomm.com",
    "samsung.com", "sony.com", "xerox.com", "siemens.com", "bosch.com", "intuit.com",
    "quickbooks.intuit.com", "xero.com", "adp.com", "paychex.com", "gusto.com", "indeed.com",
    "glassdoor.com", "upwork.com", "fiverr.com", "openai.com", "chatgpt.com", "chat.openai.com",
    "api.openai.com", "claude.ai", "anthropic.com", "perplexity.ai", "grammarly.com", "deepl.com",
    "translate.yandex.ru", "zapier.com", "ifttt.com", "calendly.com", "eventbrite.com",

    // Security vendors and services that analysts need, and that feeds often name by mistake.
    "virustotal.com", "urlscan.io", "any.run", "app.any.run", "hybrid-analysis.com", "abuse.ch",
    "urlhaus.abuse.ch", "bazaar.abuse.ch", "threatfox.abuse.ch", "shodan.io", "censys.io", "greynoise.io",
    "otx.alienvault.com", "mitre.org", "attack.mitre.org", "cve.org", "nvd.nist.gov", "nist.gov",
    "cisa.gov", "cert.org", "sans.org", "isc.sans.edu", "owasp.org", "exploit-db.com",
    "talosintelligence.com", "mcafee.com", "trellix.com", "kaspersky.com", "eset.com", "bitdefender.com",
    "sophos.com", "symantec.com", "broadcom.com", "trendmicro.com", "f-secure.com", "withsecure.com",
    "paloaltonetworks.com", "fortinet.com", "fortiguard.com", "checkpoint.com", "proofpoint.com",
    "mimecast.com", "sentinelone.com", "mandiant.com", "rapid7.com", "tenable.com", "qualys.com",
    "avast.com", "avg.com", "malwarebytes.com", "spamhaus.org", "haveibeenpwned.com",
    "bleepingcomputer.com", "krebsonsecurity.com", "ssllabs.com",

    // Link shorteners: a whole one carries millions of links; single links are blocked by their URL.
    "bit.ly", "tinyurl.com", "ow.ly", "is.gd", "v.gd", "buff.ly", "rebrand.ly", "cutt.ly", "rb.gy",
    "shorturl.at", "t.ly", "s.id", "amzn.to", "dub.sh", "tiny.cc",

    // Shops, payment, travel and delivery.
    "amazon.com", "amazon.de", "amazon.co.uk", "amazon.fr", "amazon.it", "amazon.es", "amazon.co.jp",
    "amazon.in", "amazon.ca", "amazon.com.br", "amazon.com.au", "amazon.nl", "amazon.pl",
    "media-amazon.com", "ssl-images-amazon.com", "ebay.com", "ebay.de", "ebay.co.uk", "aliexpress.com",
    "alibaba.com", "taobao.com", "tmall.com", "jd.com", "temu.com", "shein.com", "walmart.com",
    "target.com", "bestbuy.com", "costco.com", "homedepot.com", "ikea.com", "etsy.com", "wayfair.com",
    "zalando.de", "otto.de", "mercadolibre.com", "mercadolivre.com.br", "rakuten.co.jp", "flipkart.com",
    "allegro.pl", "ozon.ru", "paypal.com", "paypalobjects.com", "paypal.me", "stripe.com", "js.stripe.com",
    "checkout.stripe.com", "squareup.com", "square.com", "adyen.com", "klarna.com", "wise.com",
    "revolut.com", "visa.com", "mastercard.com", "americanexpress.com", "coinbase.com", "binance.com",
    "kraken.com", "booking.com", "airbnb.com", "expedia.com", "tripadvisor.com", "uber.com", "lyft.com",
    "ups.com", "fedex.com", "dhl.com", "dhl.de", "dpd.com", "gls-group.com", "usps.com", "royalmail.com",
    "laposte.fr", "deutschepost.de",

    // Banks whose fronts are imitated most: an imitation is another host, the true one must stay.
    "chase.com", "bankofamerica.com", "wellsfargo.com", "citi.com", "usbank.com", "capitalone.com",
    "pnc.com", "hsbc.com", "hsbc.co.uk", "barclays.co.uk", "lloydsbank.com", "natwest.com", "santander.com",
    "bbva.com", "ing.com", "rabobank.nl", "abnamro.nl", "deutsche-bank.de", "commerzbank.de",
    "sparkasse.de", "postbank.de", "ubs.com", "credit-suisse.com", "bnpparibas.com", "societegenerale.fr",
    "credit-agricole.fr", "unicredit.it", "intesasanpaolo.com", "nordea.com", "itau.com.br", "rbc.com",
    "td.com", "scotiabank.com", "commbank.com.au",

    // News, weather, learning and public bodies.
    "bbc.com", "bbc.co.uk", "cnn.com", "nytimes.com", "theguardian.com", "washingtonpost.com", "wsj.com",
    "bloomberg.com", "reuters.com", "forbes.com", "ft.com", "economist.com", "foxnews.com", "nbcnews.com",
    "cnbc.com", "npr.org", "apnews.com", "spiegel.de", "zeit.de", "faz.net", "sueddeutsche.de",
    "tagesschau.de", "heise.de", "bild.de", "lemonde.fr", "lefigaro.fr", "elpais.com", "elmundo.es",
    "repubblica.it", "corriere.it", "nikkei.com", "indiatimes.com", "hindustantimes.com", "globo.com",
    "uol.com.br", "weather.com", "accuweather.com", "wetter.com", "techcrunch.com", "theverge.com",
    "wired.com", "arstechnica.com", "zdnet.com", "cnet.com", "ycombinator.com", "news.ycombinator.com",
    "slashdot.org", "nature.com", "science.org", "sciencedirect.com", "springer.com", "researchgate.net",
    "academia.edu", "arxiv.org", "jstor.org", "ieee.org", "acm.org", "coursera.org", "edx.org", "udemy.com",
    "khanacademy.org", "duolingo.com", "mit.edu", "harvard.edu", "stanford.edu", "berkeley.edu", "ox.ac.uk",
    "cam.ac.uk", "europa.eu", "ec.europa.eu", "un.org", "who.int", "worldbank.org", "nasa.gov", "nih.gov",
    "cdc.gov", "irs.gov", "usa.gov", "whitehouse.gov", "state.gov", "ssa.gov", "www.gov.uk", "www.nhs.uk",
    "bund.de", "elster.de", "service-public.fr", "admin.ch", "canada.ca",
});
// clang-format on

}  // namespace

std::span<const std::string_view> builtin_popular_names() noexcept {
    return k_popular_names;
}

}  // namespace cordon::core
