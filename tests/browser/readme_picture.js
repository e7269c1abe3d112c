// The picture in the README: Overview after some hours of an installation. Usage: node readme_picture.js FILE
import { with_a_history } from "./harness/installation.js";
import { k_wide, open_browser, Visitor } from "./harness/visitor.js";

const [file] = process.argv.slice(2);
if (!file) throw new Error("usage: node readme_picture.js FILE");

const here = await with_a_history();
try {
  const operator = await here.add_user("olga", "operator");
  const browser = await open_browser();
  try {
    const visitor = await Visitor.come(browser, here.address);
    const page = await visitor.sign_in(operator);
    const { y, height } = await page.getByRole("main").boundingBox();
    await page.screenshot({ path: file, fullPage: true, clip: { x: 0, y: 0, width: k_wide.width, height: y + height } });
    await visitor.leave();
  } finally {
    await browser.close();
  }
} finally {
  await here.end();
}
