// What axe-core finds wrong with a page.
import assert from "node:assert/strict";
import axe from "axe-core";

const k_rules = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"];

export async function assert_accessible(page, where) {
  await page.evaluate(axe.source); // not as a script of the page: its policy lets none in
  const { violations } = await page.evaluate((rules) => window.axe.run({ runOnly: rules }), k_rules);
  const words = violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html} ${node.failureSummary}`));
  assert.deepEqual(words, [], where);
}

/// The page itself does not scroll sideways; wide tables do so in their own box.
export async function assert_fits(page, where) {
  const [wide, seen] = await page.evaluate(() => [document.documentElement.scrollWidth, document.documentElement.clientWidth]);
  assert.ok(wide <= seen, `${where} is ${wide} px wide in a window of ${seen} px`);
}
