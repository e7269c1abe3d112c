// How the pages look and read: light and dark, wide and narrow. Each picture is kept, to be looked at.
import { after, before, test } from "node:test";
import { assert_looks_well } from "./harness/looks.js";
import { with_a_history } from "./harness/installation.js";
import { pages_of } from "./harness/pages.js";
import { k_looks, open_browser, Visitor } from "./harness/visitor.js";

let here, browser, admin, pages;

before(async () => {
  here = await with_a_history();
  admin = await here.add_user("ada", "admin");
  await here.cordon(["token", "add", "monitoring", "--role", "viewer"]);
  const { runs } = await here.ask("/runs");
  const { entries } = await here.ask(pages_of("").entries);
  pages = { ...pages_of(runs[1].id), explain: `/explain?value=${encodeURIComponent(entries[0].entry)}` };
  browser = await open_browser();
});
after(async () => {
  await browser?.close();
  await here?.end();
});

async function check_page(visitor, page_name, look, path) {
  const page = await visitor.open(path);
  await assert_looks_well(page, `${page_name}-${look}`);
}

for (const [look, options] of Object.entries(k_looks)) {
  test(`${look}: every page fits and is accessible`, async (t) => {
    const visitor = await Visitor.come(browser, here.address, options);
    await t.test("sign-in", () => check_page(visitor, "sign-in", look, "/sign-in"));
    await visitor.sign_in(admin);
    for (const [page_name, path] of Object.entries(pages))
      await t.test(page_name, () => check_page(visitor, page_name, look, path));
    await visitor.leave();
  });
}
