// What can be told of a page's looks without eyes, and its picture for those who have them.
import assert from "node:assert/strict";
import axe from "axe-core";
import { picture } from "./places.js";

const k_rules = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"];
const k_tallest = 2400; // of a picture: enough to judge a page by

/// Keeps a picture; axe-core finds nothing wrong, and the page itself does not scroll sideways.
export async function assert_looks_well(page, name) {
  await keep_picture(page, name);
  await assert_accessible(page, name);
  const [wide, seen] = await page.evaluate(() => [document.documentElement.scrollWidth, document.documentElement.clientWidth]);
  assert.ok(wide <= seen, `${name} is ${wide} px wide in a window of ${seen} px`);
}

async function keep_picture(page, name) {
  const [width, whole] = await page.evaluate(() => [innerWidth, document.documentElement.scrollHeight]);
  const clip = { x: 0, y: 0, width, height: Math.min(whole, k_tallest) };
  await page.screenshot({ path: picture(name), fullPage: true, clip });
}

async function assert_accessible(page, name) {
  await page.evaluate(axe.source); // not as a script of the page: its policy lets none in
  const { violations } = await page.evaluate((rules) => window.axe.run({ runOnly: rules }), k_rules);
  const words = violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html} ${node.failureSummary}`));
  assert.deepEqual(words, [], name);
}
