// pages.mjs: a browser walks through every page of a running demonstration venue.     SPDX-License-Identifier: Apache-2.0
// usage: node pages.mjs BASE-URL CHROMIUM OUT-DIRECTORY; playwright-core is found beside this file or by NODE_PATH.
import { createRequire } from 'node:module';
import { mkdirSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';

const require = createRequire(import.meta.url);
const { chromium } = require('playwright-core');
const [base, executablePath, out] = process.argv.slice(2);
mkdirSync(out, { recursive: true });

const findings = [];
const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] });

async function open(options) {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  page.on('console', (message) => { if (['error', 'warning'].includes(message.type())) findings.push(`console: ${message.text()}`); });
  page.on('pageerror', (error) => findings.push(`page: ${error.message}`));
  page.on('request', (request) => { if (!request.url().startsWith(base) && !request.url().startsWith('data:')) findings.push(`fetched ${request.url()}`); });
  return page;
}

async function expect(page, selector, name) {
  try {
    await page.waitForSelector(selector, { timeout: 20000 });
  } catch {
    findings.push(`${name}: no ${selector}`);
  }
}

async function isNarrow(page, name) {
  const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  if (over > 1) findings.push(`${name}: ${over} pixels wider than the window`);
}

const wide = { viewport: { width: 1360, height: 900 } };
const phone = { viewport: { width: 390, height: 844 }, colorScheme: 'dark', isMobile: true, deviceScaleFactor: 2 };

async function walk(page, tag) {
  await page.goto(`${base}/`);
  await expect(page, '.loadline .bar', 'overview');
  await expect(page, 'tbody a', 'overview');
  await page.screenshot({ path: `${out}/${tag}-overview.png`, fullPage: true });
  await isNarrow(page, `${tag} overview`);
  await page.click('tbody a');
  await expect(page, '.uplot canvas', 'account');
  await expect(page, '.heat td', 'account');
  await page.waitForTimeout(2500);
  await page.locator('input[type=range]').first().evaluate((input) => {
    input.value = input.max;
    input.dispatchEvent(new Event('input', { bubbles: true }));
  });
  await page.waitForTimeout(800);
  await page.screenshot({ path: `${out}/${tag}-account.png`, fullPage: true });
  await isNarrow(page, `${tag} account`);
  for (const [key, name, selector] of [['2', 'market', '.uplot canvas'], ['3', 'tape', 'h2'], ['4', 'funds', 'td'], ['5', 'stress', '.meter'],
    ['6', 'parameters', 'button.plain']]) {
    await page.locator('body').press(key);
    await expect(page, `nav a[aria-current][title="key ${key}"]`, name);
    await expect(page, `main ${selector}`, name);
    await page.waitForTimeout(1500);
    await page.screenshot({ path: `${out}/${tag}-${name}.png`, fullPage: true });
    await isNarrow(page, `${tag} ${name}`);
  }
}

// What the browser itself says of the first thing that it drew, with nothing kept from before: the least of four loads, for the
// first one starts the browser too. Where more than two tasks wait for each processor, the time says something of them, not of the page.
async function paint() {
  const firsts = [], drawn = [];
  for (let i = 0; i < 4; i += 1) {
    const page = await open(wide);
    const before = Date.now();
    await page.goto(`${base}/`);
    await expect(page, '.loadline .bar', 'first paint');
    drawn.push(Date.now() - before);
    firsts.push(Math.round(await page.evaluate(() => performance.getEntriesByName('first-contentful-paint')[0]?.startTime)));
    await page.context().close();
  }
  const load = loadavg()[0] / cpus().length;
  console.log(`first paint after ${firsts.join(', ')} ms, accounts drawn after ${drawn.join(', ')} ms, load ${load.toFixed(1)} a processor`);
  if (!(Math.min(...firsts) < 1000) && load < 2) findings.push(`first paint after ${firsts.join(', ')} ms`);
}

async function keyboard(page) {
  await page.goto(`${base}/#/`);
  await page.locator('body').press('?');
  await expect(page, '[role=dialog] kbd', 'keys');
  await page.screenshot({ path: `${out}/light-keys.png` });
  await page.locator('body').press('Escape');
  await page.waitForSelector('[role=dialog]', { state: 'detached', timeout: 5000 }).catch(() => findings.push('keys: Escape leaves them open'));
  const theme = () => page.evaluate(() => document.documentElement.dataset.theme);
  const was = await theme();
  await page.locator('body').press('d');
  if (await theme() === was) findings.push('keys: d does not change light and dark');
  await page.locator('body').press('d');
  await page.locator('body').press('c');
  if (await page.evaluate(() => document.activeElement.className) !== 'crash') findings.push('keys: c does not go to the button');
  await page.goto(`${base}/#/account/20`);
  await page.locator('body').press('j');
  await page.waitForFunction(() => location.hash === '#/account/21', null, { timeout: 5000 }).catch(() => findings.push('keys: j'));
  await page.locator('body').press('k');
  await page.waitForFunction(() => location.hash === '#/account/20', null, { timeout: 5000 }).catch(() => findings.push('keys: k'));
}

// A record opens with its fields, and what the demonstration changed stands in the history.
async function records(page) {
  await page.goto(`${base}/#/parameters`);
  await expect(page, 'button.plain', 'parameters');
  await page.locator('button.plain', { hasText: 'liquidation' }).click();
  await expect(page, 'button.plain[aria-expanded=true]', 'parameters');
  await expect(page, 'td.changed', 'parameters');
  await page.waitForFunction(() => /call_ns/.test(document.querySelector('main section:last-child').textContent), null, { timeout: 20000 })
    .catch(() => findings.push('parameters: no history of changes'));
  await page.screenshot({ path: `${out}/light-record.png`, fullPage: true });
}

const page = await open(wide);
await paint();
await walk(page, 'light');
await keyboard(page);
await records(page);
const small = await open(phone);
await walk(small, 'phone');

await page.goto(`${base}/#/`);
await page.click('button.crash');
await expect(page, 'button.crash:disabled', 'crash');
await page.goto(`${base}/#/tape`);
try {
  await page.waitForFunction(() => document.querySelectorAll('main tbody tr').length > 5, null, { timeout: 90000 });
} catch {
  findings.push('tape: a crash leaves no entries');
}
await page.screenshot({ path: `${out}/crash-tape.png`, fullPage: true });
await page.goto(`${base}/#/`);
await page.waitForTimeout(1500);
await page.click('button[aria-label="light or dark"]');
await page.waitForTimeout(600);
await page.screenshot({ path: `${out}/crash-overview.png`, fullPage: true });
await browser.close();
for (const finding of findings) console.log(finding);
process.exit(findings.length > 0 ? 1 : 0);
