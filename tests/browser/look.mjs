// Looks at a page as a person with a keyboard, a phone, a printer and a screen reader would.
// node look.mjs NODE_MODULES BROWSER PAGE FOLDER prints what was found, as JSON.
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const [modules, browserPath, file, folder] = process.argv.slice(2);
const require = createRequire(modules + "/");
const { chromium } = require("playwright-core");
const axe = readFileSync(modules + "/axe-core/axe.min.js", "utf8");
const url = pathToFileURL(file).href;

const browser = await chromium.launch({
  executablePath: browserPath,
  args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync"],
});
const found = { console: [], requests: [], dialogs: [], axe: {}, wider: {} };

async function opened(options = {}) {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  page.on("console", (message) => found.console.push(message.text()));
  page.on("pageerror", (error) => found.console.push(String(error)));
  page.on("dialog", (dialog) => { found.dialogs.push(dialog.message()); dialog.dismiss(); });
  page.on("request", (request) => { if (request.url() !== url) found.requests.push(request.url()); });
  await page.goto(url);
  return page;
}

const shown = (page) => page.evaluate(() =>
  [...document.querySelectorAll("#policies tr[data-s]")].filter((row) => row.checkVisibility())
    .map((row) => row.dataset.p));
const focused = (page) => page.evaluate(() => {
  const item = document.activeElement;
  return item.id || item.getAttribute("href") || item.getAttribute("aria-label") || item.tagName;
});

{
  const page = await opened({ viewport: { width: 1280, height: 900 }, colorScheme: "light" });
  found.title = await page.title();
  found.elements = await page.evaluate(() => ({
    scripts: document.scripts.length,
    images: document.images.length,
    frames: document.querySelectorAll("iframe, object, embed").length,
    handlers: [...document.querySelectorAll("*")].filter((item) =>
      [...item.attributes].some((one) => one.name.startsWith("on"))).length,
    headings: [...document.querySelectorAll("h1, h2, h3, h4")].map((item) => +item.tagName[1]),
    unnamed: [...document.querySelectorAll("svg")].filter((item) =>
      !item.querySelector("title")?.textContent).length,
  }));
  found.text = await page.evaluate(() => document.body.innerText);
  await page.keyboard.press("Tab");
  found.skip = await focused(page);
  await page.keyboard.press("Enter");
  found.skipped = await focused(page);
  found.stops = [];
  for (let step = 0; step < 6; step += 1) {
    await page.keyboard.press("Tab");
    found.stops.push(await focused(page));
  }
  found.outline = await page.evaluate(() =>
    getComputedStyle(document.activeElement).outlineStyle !== "none");
  await page.keyboard.press("/");
  found.search = await focused(page);
  found.all = await shown(page);
  await page.keyboard.type("desk");
  await page.waitForTimeout(300);
  found.searched = await shown(page);
  found.count = await page.textContent("#count");
  await page.keyboard.press("Escape");
  await page.selectOption("#stage", "limited");
  found.limited = await shown(page);
  await page.selectOption("#stage", "");
  await page.screenshot({ path: folder + "/desktop.png" });
  await page.pdf({ path: folder + "/page.pdf", format: "A4" });
}
for (const [name, viewport, colorScheme] of [
  ["desktop", { width: 1280, height: 900 }, "light"],
  ["dark", { width: 1280, height: 900 }, "dark"],
  ["phone", { width: 390, height: 844 }, "light"],
]) {
  const page = await opened({ viewport, colorScheme, bypassCSP: true });
  found.wider[name] = await page.evaluate(() =>
    document.documentElement.scrollWidth - document.documentElement.clientWidth);
  await page.screenshot({ path: `${folder}/${name}.png`, fullPage: name === "phone" });
  await page.evaluate(axe);
  const result = await page.evaluate(() => window.axe.run(document));
  found.axe[name] = result.violations.map((one) =>
    [one.impact, one.id, one.nodes.slice(0, 3).map((node) => node.html.slice(0, 160))]);
}
{
  const page = await opened({ javaScriptEnabled: false });
  found.still = {
    form: await page.locator("form").isVisible(),
    rows: await page.locator("#policies tr[data-s]").count(),
    changes: await page.locator("#changes tbody tr").count(),
  };
}
await browser.close();
console.log(JSON.stringify(found));
