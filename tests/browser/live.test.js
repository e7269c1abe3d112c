// A page that is open follows the runs by itself, and leaves alone who is typing.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { k_domains, that_has_run } from "./harness/installation.js";
import { open_browser, Visitor } from "./harness/visitor.js";

let here, browser, operator;

before(async () => {
  here = await that_has_run();
  operator = await here.add_user("olga", "operator");
  browser = await open_browser();
});
after(async () => {
  await browser?.close();
  await here?.end();
});

/// Comes to a page, and goes on when its stream of events is open.
async function watch(path) {
  const visitor = await Visitor.come(browser, here.address);
  const stream = visitor.page.waitForResponse((answer) => new URL(answer.url()).pathname === "/events");
  await visitor.open(path);
  await stream;
  await visitor.page.evaluate(() => { window.is_the_same_page = true; });
  return visitor;
}

async function run_now() {
  const visitor = await Visitor.come(browser, here.address);
  const page = await visitor.sign_in(operator, "/plan");
  await page.getByRole("button", { name: "Run now" }).click();
  await page.getByText("A run was asked for").waitFor();
  await visitor.leave();
}

test("a run's changes arrive on the page that is open", async () => {
  await here.sandbox.act("tick");
  const { total } = await here.ask("/runs");
  const visitor = await watch("/runs");
  const { page } = visitor;
  await page.locator("tbody a").last().focus();
  await run_now();
  await page.waitForFunction((many) => document.querySelectorAll("tbody tr").length === many + 1, total);
  await page.getByRole("row", { name: / 4\d 4\d run done$/ }).waitFor();
  assert.match(await page.locator("#news").innerText(), /^Brought up to date at /);
  assert.equal(await page.evaluate(() => window.is_the_same_page), true);
  assert.equal(await page.evaluate(() => document.activeElement.matches("tbody a")), true, "the focus stays");
  await visitor.leave();
});

test("a page that stays open grows old by itself", async () => {
  const visitor = await Visitor.come(browser, here.address);
  const { page } = visitor;
  await page.clock.install();
  await visitor.open("/");
  const asked_again = page.waitForResponse(`${here.address}/`);
  await page.clock.fastForward("01:01");
  await (await asked_again).finished();
  assert.equal(await page.locator("#news").innerText(), "", "nobody is disturbed where nothing has changed");
  await visitor.leave();
});

test("what somebody is typing stays, and he is told", async () => {
  const visitor = await watch(`/lists/entries?list=${encodeURIComponent(k_domains)}`);
  const search = visitor.page.getByLabel("Search a part of an entry");
  await search.fill("half a wo");
  await run_now();
  await visitor.page.getByText("This page stays as it is while you type: load it again to see what is new.").waitFor();
  assert.equal(await search.inputValue(), "half a wo");
  await visitor.leave();
});
