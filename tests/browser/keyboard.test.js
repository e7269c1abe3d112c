// The console without a mouse.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { k_domains, that_has_run } from "./harness/installation.js";
import { k_narrow, k_wide, open_browser, Visitor } from "./harness/visitor.js";

let here, browser;

before(async () => {
  here = await that_has_run();
  browser = await open_browser();
});
after(async () => {
  await browser?.close();
  await here?.end();
});

/// What has the focus: its words, and whether one sees that it has it.
function focused(page) {
  return page.evaluate(() => {
    const { activeElement: one } = document;
    const box = one.getBoundingClientRect();
    const { outlineStyle, outlineWidth } = getComputedStyle(one);
    return {
      words: (one.innerText || one.labels?.[0]?.innerText || one.id).trim(),
      is_seen: outlineStyle === "solid" && parseFloat(outlineWidth) >= 2 && box.width > 1 && box.left >= 0 && box.right <= innerWidth + 1,
    };
  });
}

test("the first key shows a way past the menu, and it leads into the page", async () => {
  const visitor = await Visitor.come(browser, here.address);
  const page = await visitor.open("/lists");
  await page.keyboard.press("Tab");
  assert.deepEqual(await focused(page), { words: "Skip to the content", is_seen: true });
  await page.keyboard.press("Enter");
  await page.keyboard.press("Tab");
  assert.deepEqual(await focused(page), { words: k_domains, is_seen: true });
  await visitor.leave();
});

for (const [look, viewport] of Object.entries({ wide: k_wide, narrow: k_narrow })) {
  test(`${look}: the keys go through the menu to the search in the order that one sees, each stop visible`, async () => {
    const visitor = await Visitor.come(browser, here.address, { viewport });
    const page = await visitor.open(`/lists/entries?list=${encodeURIComponent(k_domains)}`);
    const stops = [];
    do {
      await page.keyboard.press("Tab");
      const stop = await focused(page);
      assert.ok(stop.is_seen, stop.words);
      stops.push(stop.words);
    } while (stops.at(-1) !== "Search a part of an entry" && stops.length < 30);
    assert.deepEqual(stops, ["Skip to the content", "Cordon", "Overview", "Feeds", "Lists", "Runs", "Explain", "Plan",
      "Rejected", "Settings", "Audit", "Sign in", "Search a part of an entry"]);
    await page.keyboard.type("account");
    await page.keyboard.press("Enter");
    await page.getByText(/ of 1,200 entries match/).waitFor();
    await visitor.leave();
  });
}
