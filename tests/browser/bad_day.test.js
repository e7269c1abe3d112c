// What the console says when something is wrong: a gateway that takes nothing, lists without rules, a torn feed.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Installation, k_domains, k_domains_feed } from "./harness/installation.js";
import { assert_looks_well } from "./harness/looks.js";
import { k_looks, open_browser, Visitor } from "./harness/visitor.js";

let here, browser;

before(async () => {
  here = await Installation.make({ rules: "" });
  browser = await open_browser();
});
after(async () => {
  await browser?.close();
  await here?.end();
});

/// A test of what Overview shows after the run with which the daemon begins; a picture in each look is kept.
function overview(what, name, prepare, check) {
  test(what, async () => {
    await prepare(here.sandbox);
    await here.serve();
    try {
      for (const [look, options] of Object.entries(k_looks)) {
        const visitor = await Visitor.come(browser, here.address, options);
        const page = await visitor.open("/");
        await assert_looks_well(page, `overview-${name}-${look}`);
        await check(page, await page.locator(".state").innerText());
        await visitor.leave();
      }
    } finally {
      await here.stop_serving();
    }
  });
}

overview(
  "a gateway in maintenance: the run failed, and the page says why",
  "failed",
  (sandbox) => sandbox.act("maintenance", { on: true }),
  async (page, sentence) => {
    assert.match(sentence, /have not been in step with their feeds yet\. The last run failed/);
    await page.getByText("rules not read yet").waitFor();
    await page.getByRole("listitem").filter({ hasText: "ZIA is in read-only mode" }).first().waitFor();
  },
);

overview(
  "lists that no rule uses: full, and nobody is protected",
  "idle",
  (sandbox) => sandbox.act("maintenance", { on: false }),
  async (page, sentence) => {
    assert.match(sentence, /^2,281 entries .* but no rule blocks .*: users reach what is there\.$/);
    await page.getByText("no rule blocks 3 of 3 lists").waitFor();
  },
);

overview(
  "a torn feed: its last snapshot stands in, and the page names the feed",
  "stale",
  async (sandbox) => {
    await sandbox.act("tick");
    await sandbox.act("feed", { path: k_domains_feed, torn: true });
  },
  async (page, sentence) => {
    assert.match(sentence, /but no rule blocks .* A feed could not be fetched/);
    await page.getByText(/^\[risklist_weaponized_domains\]: .* the file is torn/).waitFor();
    assert.match(await page.getByRole("row", { name: k_domains }).innerText(), /stale/);
  },
);
