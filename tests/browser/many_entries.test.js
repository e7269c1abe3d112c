// A list of 275,000 entries, as many as a tenant can hold: search, sort, page.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { k_domains, that_has_run } from "./harness/installation.js";
import { open_browser, Visitor } from "./harness/visitor.js";

const k_many = 275_000;
const k_path = `/lists/entries?list=${encodeURIComponent(k_domains)}`;
let here, browser, there;

before(async () => {
  here = await that_has_run({
    flags: ["--domains", String(k_many), "--quota", "300000", "--no-rate-limits"],
    zscaler: `max_domains = ${k_many}`,
  });
  ({ [k_domains]: there } = await here.sandbox.look("active"));
  browser = await open_browser();
});
after(async () => {
  await browser?.close();
  await here?.end();
});

const shown = (page) => page.locator(".entries tbody th").allInnerTexts();

test("all of them are there, a hundred a page", async () => {
  const visitor = await Visitor.come(browser, here.address);
  const page = await visitor.open(k_path);
  await page.getByText("275,000 of 275,000 entries.").waitFor();
  await page.getByText("Page 1 of 2,750").waitFor();
  assert.equal((await shown(page)).length, 100);
  await visitor.open(`${k_path}&page=2750`);
  assert.equal((await shown(page)).length, 100);
  assert.equal(await page.getByRole("link", { name: "Next" }).count(), 0);
  await visitor.leave();
});

test("a search finds exactly what holds the text", async () => {
  const wanted = there.filter((entry) => entry.includes("-0021"));
  const visitor = await Visitor.come(browser, here.address);
  const page = await visitor.open(k_path);
  await page.getByLabel("Search a part of an entry").fill("-0021");
  await page.getByRole("button", { name: "Search" }).click();
  await page.getByText(`${wanted.length.toLocaleString("en-US")} of 275,000 entries match`).waitFor();
  for (const entry of await shown(page)) assert.ok(wanted.includes(entry), entry);
  await page.getByLabel("Search a part of an entry").fill("no such entry");
  await page.getByLabel("Search a part of an entry").press("Enter");
  await page.getByText("Nothing matches.").waitFor();
  await visitor.leave();
});

test("a column's head sorts by it, and the other way round when it is asked again", async () => {
  const visitor = await Visitor.come(browser, here.address);
  const page = await visitor.open(k_path);
  const first = (await shown(page))[0];
  await page.getByRole("columnheader", { name: "Entry" }).getByRole("link").click();
  await page.locator("th[aria-sort=descending]", { hasText: "Entry" }).waitFor();
  const last = (await shown(page))[0];
  assert.ok(last > first, `${last} before ${first}`);
  await page.getByRole("columnheader", { name: "Risk" }).getByRole("link").click();
  await page.locator("th[aria-sort=ascending]", { hasText: "Risk" }).waitFor();
  await visitor.leave();
});
