// A list that lost most of its rows: the guard stops it, an operator looks, says why it is right, and it goes through.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { assert_looks_well } from "./harness/looks.js";
import { k_domains, k_domains_feed, that_has_run } from "./harness/installation.js";
import { k_looks, open_browser, Visitor } from "./harness/visitor.js";

const k_why = "The provider announced a smaller file: ticket 4711";
let here, browser, operator;

before(async () => {
  here = await that_has_run();
  operator = await here.add_user("olga", "operator");
  await here.sandbox.act("feed", { path: k_domains_feed, keep: 0.4 });
  browser = await open_browser();
});
after(async () => {
  await browser?.close();
  await here?.end();
});

async function active_domains() {
  return (await here.sandbox.look("active"))[k_domains].length;
}

test("the run stops, and Overview says which list and why", async () => {
  const visitor = await Visitor.come(browser, here.address);
  const page = await visitor.sign_in(operator, "/plan");
  await page.getByRole("button", { name: "Run now" }).click();
  await page.getByRole("heading", { level: 3, name: k_domains }).waitFor();
  await visitor.open("/");
  assert.match(await page.locator(".state").innerText(), new RegExp(`^The guard stopped '${k_domains}'`));
  await page.getByText(/would remove 720 of 1,200|60/).first().waitFor();
  assert.equal(await active_domains(), 1200);
  await visitor.leave();
});

for (const [look, options] of Object.entries(k_looks)) {
  test(`${look}: Overview and Plan show the stop`, async () => {
    const visitor = await Visitor.come(browser, here.address, options);
    const page = await visitor.sign_in(operator);
    for (const [name, path] of [["overview-stopped", "/"], ["plan-stopped", "/plan"]]) {
      await visitor.open(path);
      await assert_looks_well(page, `${name}-${look}`);
    }
    await visitor.leave();
  });
}

test("who does not say why lets nothing through", async () => {
  const visitor = await Visitor.come(browser, here.address);
  const page = await visitor.sign_in(operator, "/plan");
  const approve = page.getByRole("button", { name: /Let exactly this plan through/ });
  await approve.click();
  assert.equal(await page.evaluate(() => document.querySelector("form.approve").checkValidity()), false);
  visitor.expect_refusal(400);
  await page.getByLabel("Why this is right").fill("   ");
  await approve.click();
  await page.getByText("say why: the reason stands in the audit log").waitFor();
  assert.equal(await active_domains(), 1200);
  await visitor.leave();
});

test("an operator who says why lets exactly this plan through, and the audit log has the words", async () => {
  const visitor = await Visitor.come(browser, here.address);
  const page = await visitor.sign_in(operator, "/plan");
  await page.getByLabel("Why this is right").fill(k_why);
  await page.getByRole("button", { name: /Let exactly this plan through/ }).click();
  await page.getByText("It was written down. The run begins now").waitFor();
  await page.getByText("Nothing is stopped.").waitFor();
  assert.equal(await active_domains(), 480);
  await visitor.open("/");
  assert.match(await page.locator(".state").innerText(), /^Protected: 1,\d{3} entries/);
  await visitor.open("/audit");
  await page.getByRole("row", { name: new RegExp(`olga console approve ${k_domains} plan [0-9a-f]{64}: ${k_why}`) }).waitFor();
  await visitor.leave();
});
