// Somebody at a browser, who notices what must not happen: words in the console, failed answers, other hosts.
import assert from "node:assert/strict";
import { chromium } from "playwright-core";

const k_flags = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];
export const k_wide = { width: 1280, height: 900 };
export const k_narrow = { width: 360, height: 740 };
export const k_looks = {
  light: { colorScheme: "light", viewport: k_wide },
  dark: { colorScheme: "dark", viewport: k_wide },
  narrow: { colorScheme: "light", viewport: k_narrow },
  "narrow-dark": { colorScheme: "dark", viewport: k_narrow },
};

export function open_browser() {
  return chromium.launch({ executablePath: "/usr/bin/chromium", args: k_flags });
}

export class Visitor {
  #noticed = [];
  #expected = [];

  /// `colorScheme`, `viewport`, `javaScriptEnabled`: as in Playwright's newContext().
  static async come(browser, address, options = {}) {
    const context = await browser.newContext({ viewport: k_wide, locale: "en-GB", timezoneId: "Europe/Vienna", ...options });
    context.setDefaultTimeout(120_000);
    return new Visitor(context, await context.newPage(), address);
  }

  constructor(context, page, address) {
    this.context = context;
    this.page = page;
    this.address = address;
    page.on("console", (message) => {
      if (["error", "warning"].includes(message.type())) this.#notice(`console: ${message.text()}`);
    });
    page.on("pageerror", (error) => this.#notice(`script: ${error.message}`));
    page.on("request", (request) => {
      const { protocol, origin } = new URL(request.url());
      if (protocol !== "data:" && origin !== address) this.#notice(`request off the host: ${request.url()}`);
    });
    page.on("requestfailed", (request) => {
      const why = request.failure()?.errorText;
      const is_left = why === "net::ERR_ABORTED"; // what was under way when the page was left
      if (!is_left) this.#notice(`request failed: ${request.url()} ${why}`);
    });
    page.on("response", (response) => {
      if (response.status() >= 400) this.#notice(`answer ${response.status()}: ${response.url()}`);
    });
  }

  /// Goes to a page of the console, which has to answer with `status`.
  async open(path, status = 200) {
    if (status >= 400) this.expect_refusal(status);
    const answer = await this.page.goto(this.address + path);
    assert.equal(answer.status(), status, path);
    return this.page;
  }

  async sign_in({ name, password }, path = "/") {
    await this.open(`/sign-in?next=${encodeURIComponent(path)}`);
    await this.fill_in(name, password);
    await this.page.waitForURL(this.address + path);
    return this.page;
  }

  async fill_in(name, password) {
    await this.page.getByLabel("User").fill(name);
    await this.page.getByLabel("Password").fill(password);
    await this.page.getByRole("main").getByRole("button", { name: "Sign in" }).click();
  }

  /// The next answers of this status are meant to be.
  expect_refusal(status) {
    this.#expected.push(`answer ${status}: `, `console: Failed to load resource: the server responded with a status of ${status}`);
  }

  assert_nothing_odd() {
    assert.deepEqual(this.#noticed, [], `on ${this.page.url()}`);
  }

  /// Says what was noticed, and goes.
  async leave() {
    await this.context.close();
    this.assert_nothing_odd();
  }

  #notice(what) {
    if (!this.#expected.some((start) => what.startsWith(start))) this.#noticed.push(what);
  }
}
