// How the pages look and read: light and dark, wide and narrow. Each picture is kept, to be looked at.
import { after, before, test } from "node:test";
import { assert_accessible, assert_fits } from "./harness/accessibility.js";
import { with_a_history } from "./harness/installation.js";
import { pages_of } from "./harness/pages.js";
import { picture } from "./harness/places.js";
import { k_narrow, k_wide, open_browser, Visitor } from "./harness/visitor.js";

const k_looks = {
  light: { colorScheme: "light", viewport: k_wide },
  dark: { colorScheme: "dark", viewport: k_wide },
  narrow: { colorScheme: "light", viewport: k_narrow },
  "narrow-dark": { colorScheme: "dark", viewport: k_narrow },
};
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
  await page.screenshot({ path: picture(`${page_name}-${look}`), fullPage: true });
  await assert_accessible(page, `${page_name}, ${look}`);
  await assert_fits(page, `${page_name}, ${look}`);
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
