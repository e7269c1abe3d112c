// Each page with what some hours of an installation left, with scripts and without.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { k_addresses, k_domains, k_urls, with_a_history } from "./harness/installation.js";
import { pages_of } from "./harness/pages.js";
import { open_browser, Visitor } from "./harness/visitor.js";

const k_lists = [k_domains, k_addresses, k_urls];
let here, browser, runs, admin;

before(async () => {
  here = await with_a_history();
  browser = await open_browser();
  ({ runs } = await here.ask("/runs"));
  admin = await here.add_user("ada", "admin");
});
after(async () => {
  await browser?.close();
  await here?.end();
});

/// A test of what somebody sees on a page.
function shows(what, path, look) {
  test(what, async () => {
    const visitor = await Visitor.come(browser, here.address);
    await look(await visitor.open(path), visitor);
    await visitor.leave();
  });
}

/// The texts of the cells of a row, the row's name first.
async function cells(page, name) {
  const texts = await page.getByRole("row", { name }).locator("th, td").allInnerTexts();
  return texts.map((text) => text.replace(/\s+/g, " ").trim());
}

async function active_entries(list) {
  const { lists } = await here.sandbox.look("state");
  return lists.find((one) => one.name === list).active;
}

const with_thousands = (number) => number.toLocaleString("en-US");

shows("overview: protected, how many entries, how fresh, and what each list holds", "/", async (page) => {
  const numbers = await Promise.all(k_lists.map(active_entries));
  const sum = numbers.reduce((a, b) => a + b);
  const state = await page.locator(".state").innerText();
  assert.match(state, new RegExp(`^Protected: ${with_thousands(sum)} entries of the feeds are on 3 lists`));
  assert.match(state, /\d+ (seconds?|minutes?) ago/);
  for (const [i, list] of k_lists.entries()) {
    const row = await cells(page, list);
    assert.equal(row[1], "done", list);
    assert.equal(row[2], with_thousands(numbers[i]), list);
    assert.match(row.at(-1), /the rule 'Cordon: .*' blocks it/);
  }
  assert.equal(await page.locator(".glance a").getAttribute("href"), `/runs/${runs[0].id}`);
  const glance = await page.locator(".glance > div").allInnerTexts();
  assert.match(glance[0], new RegExp(`^On the lists\\s+${with_thousands(sum)}\\s+rules block 3 of 3 lists$`));
  assert.match(glance[1], /^Oldest feed\s+\d+ (second|minute)s?\s+since /);
  assert.match(glance[2], new RegExp(`^Last run\\s+\\+${runs[0].added} −${runs[0].removed}\\s+done `));
  assert.match(glance[3], /^Waiting\s+0\s+next run /);
  assert.equal(await page.getByText("What to look at").count(), 0);
});

shows("overview: what each run changed, as a chart and as a table", "/", async (page) => {
  await page.getByRole("img", { name: "Entries added and removed by run" }).waitFor();
  await page.getByText("The same as a table").click();
  const rows = page.locator("figure tbody tr");
  assert.equal(await rows.count(), 5);
  assert.match(await rows.first().innerText(), /run: done\s+2,281\s+0$/);
  assert.match(await rows.nth(3).innerText(), /run: stale/);
});

shows("feeds: each with its indicators and the age of its snapshot", "/feeds", async (page) => {
  const [, hours, state, indicators, snapshot, list] = await cells(page, /risklist_weaponized_domains/);
  assert.equal(hours, "0.0");
  assert.equal(state, "done");
  assert.equal(indicators, "1,200");
  assert.match(snapshot, /confirmed \d+ \w+ ago$/);
  assert.equal(list, k_domains);
  assert.match((await cells(page, /falcon_urls/))[3], /\d left out by its filters$/);
});

shows("lists: capacity and feed of each, and the way to its entries", "/lists", async (page) => {
  const row = await cells(page, k_addresses);
  assert.equal(row[1], "800");
  assert.match(row[2], /10\.0 % of 8,000$/);
  assert.equal(row.at(-1), "risklist_c2_communicating_ips");
  await page.getByRole("link", { name: k_addresses }).click();
  await page.getByRole("heading", { level: 1, name: k_addresses }).waitFor();
  await page.getByText("800 of 800 entries.").waitFor();
});

shows("entries: what lies on the list in the tenant, a hundred a page", pages_of("").entries, async (page) => {
  const { [k_domains]: there } = await here.sandbox.look("active");
  const shown = await page.locator(".entries tbody th").allInnerTexts();
  assert.equal(shown.length, 100);
  for (const entry of shown) assert.ok(there.includes(entry), entry);
  await page.getByText("Page 1 of 12").waitFor();
  await page.getByRole("link", { name: "Next" }).click();
  await page.getByText("Page 2 of 12").waitFor();
});

shows("runs: every run with its outcome, the newest first", "/runs", async (page) => {
  const rows = await page.locator("tbody tr").allInnerTexts();
  assert.deepEqual(rows.map((row) => row.split(/\s+/).at(-1)), ["done", "stale", "done", "done", "done"]);
  await page.locator("tbody a").last().click();
  await page.waitForURL(`${here.address}/runs/${runs.at(-1).id}`);
});

shows("a run: its lists, the very entries that it changed, its calls, and both downloads", "/runs", async (page, visitor) => {
  await visitor.open(`/runs/${runs[2].id}`);
  const removed = page.locator(".diff.removed li");
  assert.deepEqual(await removed.allInnerTexts(), ["tail.example/ends-with-dash-"]);
  assert.equal((await cells(page, k_urls)).at(-1), "1");
  await page.getByText("PUT /urlCategories/{id}", { exact: true }).waitFor();
  for (const [link, start] of [[/report/, "{"], [/changes/, "list,change,entry,at,act\n"]]) {
    const path = await page.getByRole("link", { name: link }).getAttribute("href");
    const answer = await page.request.get(here.address + path);
    assert.ok((await answer.text()).startsWith(start), path);
  }
});

shows("explain: whether a URL is blocked, by which entry, from which feed", "/explain", async (page) => {
  const { [k_domains]: there } = await here.sandbox.look("active");
  const host = there.find((entry) => !entry.includes("/")).replace(/^\./, "");
  await page.getByLabel(/Host, URL/).fill(`https://${host}/login?next=/`);
  await page.getByRole("button", { name: "Explain" }).click();
  await page.getByRole("heading", { name: /blocked/ }).waitFor();
  const told = await page.locator(".explanation").innerText();
  assert.ok(told.includes(k_domains) && told.includes("risklist_weaponized_domains"), told);
  await page.getByLabel(/Host, URL/).fill("github.com");
  await page.getByLabel(/Host, URL/).press("Enter");
  await page.getByRole("heading", { name: /not blocked/ }).waitFor();
});

shows("plan: nothing stopped, nothing left, and who may start a run", "/plan", async (page) => {
  await page.getByText("Nothing is stopped.").waitFor();
  await page.getByText("the last run did all that it planned").waitFor();
  await page.getByText("as an operator to run now").waitFor();
  assert.equal(await page.getByRole("button", { name: "Run now" }).count(), 0);
});

shows("rejected: by reason, with samples", "/rejected", async (page) => {
  assert.equal((await cells(page, /^not_an_indicator/))[1], "2");
  const reason = page.locator("details", { hasText: "reserved_address" });
  await reason.locator("summary").click();
  assert.equal(await reason.locator("tbody tr").count(), 2);
});

shows("settings: values with their places, secrets only as set", "/settings", async (page) => {
  const [key, value, from] = await cells(page, /^category_name .*Prevent Domains/);
  assert.deepEqual([key, value], ["category_name", k_domains]);
  assert.match(from, /settings\.ini line \d+$/);
  assert.equal((await cells(page, /^password /))[1], "set");
  const text = await page.content();
  for (const secret of ["sandbox-password", "sandboxKey01", "sandboxSecret"]) assert.ok(!text.includes(secret), secret);
});

shows("audit: what was done, by run", "/audit", async (page) => {
  const text = await page.locator("tbody").innerText();
  assert.ok(text.includes("activate") && text.includes(runs.at(-1).id), text);
});

test("access: users and tokens, for an administrator", async () => {
  await here.cordon(["token", "add", "monitoring", "--role", "viewer"]);
  const visitor = await Visitor.come(browser, here.address);
  const page = await visitor.sign_in(admin, "/access");
  assert.deepEqual(await cells(page, /^ada/), ["ada", "admin"]);
  const [, role, , used] = await cells(page, /^monitoring/);
  assert.deepEqual([role, used], ["viewer", "never"]);
  await visitor.leave();
});

test("every page reads without JavaScript", async () => {
  const visitor = await Visitor.come(browser, here.address, { javaScriptEnabled: false });
  const page = await visitor.sign_in(admin);
  for (const [name, path] of Object.entries(pages_of(runs[1].id))) {
    await visitor.open(path);
    assert.notEqual((await page.getByRole("heading", { level: 1 }).innerText()).trim(), "", name);
    assert.match(await page.locator("footer").innerText(), /Times are in UTC/, name);
  }
  await visitor.open("/");
  assert.match(await page.locator("time").first().innerText(), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
  await page.getByText("The same as a table").click();
  assert.match(await page.locator("figure").innerText(), /2,281/);
  await visitor.leave();
});
