// Opens a report in headless Chromium with Playwright and prints what a user would see, as JSON.
//   node look_at_page.mjs PLAYWRIGHT-FOLDER CHROMIUM PAGE
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const [, , playwright, chromium, page] = process.argv;
const { chromium: browserType } = createRequire(pathToFileURL(playwright + "/"))("playwright-core");
const browser = await browserType.launch({ executablePath: chromium, args: ["--no-sandbox", "--disable-gpu"], timeout: 120_000 });
try {
  const seen = { console: [], requests: [], charts: {}, themes: {} };
  const tab = await browser.newPage({ viewport: { width: 1000, height: 900 }, acceptDownloads: true });
  tab.setDefaultTimeout(120_000);
  tab.on("console", (message) => seen.console.push(message.text()));
  tab.on("pageerror", (error) => seen.console.push(String(error)));
  tab.on("request", (request) => { if (!/^(file|data|blob):/.test(request.url())) seen.requests.push(request.url()); });
  await tab.goto(pathToFileURL(page).href);
  await tab.waitForLoadState("load");

  // What is drawn, and from which numbers: asked of the library, not of the page's data.
  seen.charts = await tab.evaluate(() => Object.fromEntries([...document.querySelectorAll("[data-chart]")].map((place) => {
    const drawing = window.echarts?.getInstanceByDom(place);
    return [place.dataset.chart, { marks: place.querySelectorAll("svg path").length, label: place.getAttribute("aria-label"),
      series: (drawing?.getOption().series ?? []).map((series) => ({ name: series.name, data: series.data.map((item) => item?.value ?? item) })) }];
  })));
  seen.tables = await tab.evaluate(() => Object.fromEntries([...document.querySelectorAll("table")].map((table) => [table.id, [...table.rows].map((row) => [...row.cells].map((cell) => cell.dataset.value ?? cell.textContent))])));
  seen.heading = await tab.locator("h1").textContent();
  seen.answer = await tab.locator(".answer").first().textContent();

  seen.whatIf = {};
  seen.scenarios = await tab.locator("#what option").allTextContents();
  for (const [index, scenario] of seen.scenarios.entries()) {
    await tab.locator("#what").selectOption(String(index));
    for (const network of ["lan", "wan-1", "wan-2"]) {
      await tab.locator(`[data-network="${network}"]`).click();
      for (const population of [1, 20]) {
        if (await tab.locator("#population").isEnabled()) {
          await tab.locator("#population").fill(String(population));
          await tab.locator("#population").dispatchEvent("change");
        }
        seen.whatIf[`${scenario}|${network}|${population}`] = +(await tab.locator("#what-seconds").getAttribute("data-seconds"));
      }
    }
  }

  if (await tab.locator(".csv").count()) {
    const [download] = await Promise.all([tab.waitForEvent("download"), tab.locator(".csv").first().click()]);
    const chunks = [];
    for await (const chunk of await download.createReadStream()) chunks.push(chunk);
    seen.csv = Buffer.concat(chunks).toString();
  }

  // The first thing that the keyboard reaches is the way past the links.
  await tab.keyboard.press("Tab");
  await tab.locator("body").focus();
  await tab.reload();
  await tab.keyboard.press("Tab");
  seen.firstFocus = await tab.evaluate(() => document.activeElement.className);

  for (const scheme of ["light", "dark"]) {
    await tab.emulateMedia({ colorScheme: scheme });
    seen.themes[scheme] = await tab.evaluate(() => getComputedStyle(document.body).backgroundColor);
  }

  await tab.setViewportSize({ width: 390, height: 800 });
  seen.phoneOverflow = await tab.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  console.log(JSON.stringify(seen));
} finally {
  await browser.close();
}
