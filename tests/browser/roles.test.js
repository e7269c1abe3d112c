// Who may come in, and who may do what.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { that_has_run } from "./harness/installation.js";
import { assert_looks_well } from "./harness/looks.js";
import { open_browser, Visitor } from "./harness/visitor.js";

let here, browser;
const users = {};

before(async () => {
  here = await that_has_run();
  for (const [name, role] of [["vic", "viewer"], ["olga", "operator"], ["ada", "admin"]])
    users[role] = await here.add_user(name, role);
  browser = await open_browser();
});
after(async () => {
  await browser?.close();
  await here?.end();
});

const come = (options) => Visitor.come(browser, here.address, options);

async function runs() {
  return (await here.ask("/runs")).total;
}

test("somebody who has not signed in looks, and is sent to sign in for more", async () => {
  const visitor = await come();
  const page = await visitor.open("/plan");
  await page.getByRole("link", { name: "Sign in", exact: true }).last().click();
  await visitor.fill_in(users.operator.name, users.operator.password);
  await page.waitForURL(`${here.address}/plan`);
  await page.getByRole("button", { name: "Run now" }).waitFor();
  await visitor.leave();
});

test("a wrong password says so, keeps the way, and lets nobody in", async () => {
  const visitor = await come();
  const page = await visitor.open("/sign-in?next=/audit");
  visitor.expect_refusal(401);
  await visitor.fill_in(users.operator.name, "a guess");
  await page.getByRole("alert").waitFor();
  await assert_looks_well(page, "sign-in-refused-light");
  assert.equal(await page.getByRole("button", { name: "Sign out" }).count(), 0);
  assert.equal(await page.getByLabel("User").inputValue(), users.operator.name);
  await visitor.fill_in(users.operator.name, users.operator.password);
  await page.waitForURL(`${here.address}/audit`);
  await page.getByText("olga (operator)").waitFor();
  await visitor.leave();
});

test("no script reads the session, and another site's request does not carry it", async () => {
  const visitor = await come();
  const page = await visitor.sign_in(users.operator);
  const cookies = await visitor.context.cookies();
  assert.ok(cookies.length > 0);
  for (const { httpOnly, sameSite } of cookies) assert.deepEqual([httpOnly, sameSite], [true, "Strict"]);
  assert.equal(await page.evaluate(() => document.cookie), "");
  await visitor.leave();
});

test("signing out ends it, also for a page that is still open", async () => {
  const visitor = await come();
  const page = await visitor.sign_in(users.operator, "/plan");
  const other = await visitor.context.newPage();
  await other.goto(here.address);
  await other.getByRole("button", { name: "Sign out" }).click();
  await other.getByRole("link", { name: "Sign in" }).waitFor();
  const before = await runs();
  visitor.expect_refusal(401);
  await page.getByRole("button", { name: "Run now" }).click();
  await page.getByRole("heading", { name: "Not done (401)" }).waitFor();
  assert.equal(await runs(), before);
  await visitor.leave();
});

test("a viewer finds no button, and a request made by hand is refused", async () => {
  const visitor = await come();
  const page = await visitor.sign_in(users.viewer, "/plan");
  await page.getByText("To run now takes the role operator.").waitFor();
  assert.equal(await page.getByRole("button", { name: "Run now" }).count(), 0);
  const form_token = await page.locator("input[name=form_token]").inputValue();
  const refused = await page.request.post(`${here.address}/run`, {
    form: { form_token },
    headers: { Origin: here.address },
  });
  assert.equal(refused.status(), 403);
  await visitor.leave();
});

test("a form that is not of the page, or of another site, changes nothing", async () => {
  const visitor = await come();
  const page = await visitor.sign_in(users.operator, "/plan");
  const form_token = await page.locator("input[name=form_token]").first().inputValue();
  const before = await runs();
  const post = (form, Origin) => page.request.post(`${here.address}/run`, { form, headers: { Origin } });
  assert.equal((await post({}, here.address)).status(), 403, "no token");
  assert.equal((await post({ form_token: form_token.replace(/.$/, "!") }, here.address)).status(), 403, "another token");
  assert.equal((await post({ form_token }, "https://evil.example")).status(), 421, "another site");
  assert.equal(await runs(), before);
  await visitor.leave();
});

test("an operator runs now; Access is not his", async () => {
  const visitor = await come();
  const page = await visitor.sign_in(users.operator, "/plan");
  assert.equal(await page.getByRole("link", { name: "Access" }).count(), 0);
  const before = await runs();
  await page.getByRole("button", { name: "Run now" }).click();
  await page.getByText("A run was asked for").waitFor();
  await visitor.open("/runs");
  await page.waitForFunction((many) => document.querySelectorAll("tbody tr").length > many, before);
  await visitor.open("/access", 403);
  await page.getByText("this page is for administrators").waitFor();
  await visitor.leave();
});

test("an operator sees what a run would do, without doing it", async () => {
  await here.sandbox.act("tick");
  const visitor = await come();
  const page = await visitor.sign_in(users.operator, "/plan");
  const before = await here.sandbox.look("active");
  await page.getByRole("button", { name: "Show what a run would do" }).click();
  await page.getByRole("heading", { name: "20 to add, 20 to remove" }).first().waitFor();
  assert.equal(await page.locator(".diff.added").first().locator("li").count(), 20);
  assert.deepEqual(await here.sandbox.look("active"), before);
  await assert_looks_well(page, "plan-made-light");
  await visitor.leave();
});

test("an administrator sees who may come in", async () => {
  const visitor = await come();
  const page = await visitor.sign_in(users.admin);
  await page.getByRole("link", { name: "Access" }).click();
  await page.getByRole("row", { name: "vic viewer" }).waitFor();
  await visitor.leave();
});
