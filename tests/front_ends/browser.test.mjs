// The examples in Chromium, against a running marketplace, as a shopper uses them.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import puppeteer from 'puppeteer-core';
import { figures, souk } from './souk.mjs';

const examples = new URL('../../examples/', import.meta.url);
const types = { html: 'text/html', js: 'text/javascript' };
let browser;
let pages;

before(async () => {
  pages = createServer(async (request, response) => {
    const path = new URL(request.url, 'http://x').pathname;
    const file = path.endsWith('main.js') ? path.replace('main.js', 'dist/main.js') : `${path}index.html`;
    try {
      const text = await readFile(fileURLToPath(new URL(`.${file}`, examples)));
      response.writeHead(200, { 'Content-Type': types[file.split('.').pop()] }).end(text);
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise((resolve) => pages.listen(0, '127.0.0.1', resolve));
  browser = await puppeteer.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-dev-shm-usage'],
  });
});

after(async () => {
  await browser?.close();
  pages?.close();
});

for (const example of ['instantsearch-vanilla', 'instantsearch']) {
  test(example, async () => {
    const page = await browser.newPage();
    page.setDefaultTimeout(15_000);
    const faults = [];
    page.on('pageerror', (error) => faults.push(error.message));
    await page.goto(`http://127.0.0.1:${pages.address().port}/${example}/?souk=${souk.origin}`);
    const total = () => page.$eval('.ais-Stats', (stats) => Number(stats.textContent.replace(/,/g, '').match(/\d+/)?.[0]));
    const totalIs = (fits) => page.waitForFunction(
      `(${fits})(Number(document.querySelector('.ais-Stats').textContent.replace(/,/g, '').match(/\\d+/)?.[0]))`,
    );
    await page.waitForSelector('#hits article');
    const all = await total();
    assert.ok(all > 100, String(all));

    // Type.
    const input = await page.waitForSelector('.ais-SearchBox-input');
    await input.type('mug');
    await totalIs(`(now) => now > 0 && now < ${all}`);
    await page.waitForSelector('#hits .ais-Highlight-highlighted, #hits mark');
    const typed = await total();
    // Each step gets its own place in the history.
    await page.waitForFunction("location.search.includes('mug')");

    // Refine: the other brands keep their counts, and the shown count is what is left.
    await page.waitForSelector('#brands .ais-RefinementList-item');
    const brands = () => page.$$eval('#brands .ais-RefinementList-item', (items) => items.length);
    const before = await brands();
    const count = await page.$eval('#brands .ais-RefinementList-count', (label) => Number(label.textContent));
    await page.click('#brands .ais-RefinementList-checkbox');
    await totalIs(`(now) => now === ${count}`);
    assert.equal(await brands(), before);
    assert.ok(count < typed);

    // Back.
    await page.waitForFunction("location.search.includes('brand')");
    await page.goBack();
    await totalIs(`(now) => now === ${typed}`);

    // Price.
    if (example === 'instantsearch-vanilla') {
      const handle = await page.waitForSelector('#price .rheostat-handle-lower');
      await handle.focus();
      for (let step = 0; step < 6; step += 1) await page.keyboard.press('PageUp');
    } else {
      const least = await page.waitForSelector('#price .ais-RangeInput-input--min');
      const dearest = await page.$eval('#price .ais-RangeInput-input--max', (field) => Number(field.max));
      await least.type(String(Math.floor(dearest / 2)));
      await page.click('#price .ais-RangeInput-submit');
    }
    await totalIs(`(now) => now > 0 && now < ${typed}`);
    await page.click('.ais-ClearRefinements-button');
    await totalIs(`(now) => now === ${typed}`);

    // Category, and one below it.
    const category = await page.waitForSelector('#categories .ais-HierarchicalMenu-link');
    await category.click();
    await page.waitForSelector('#categories .ais-HierarchicalMenu-item--selected');
    await page.click('.ais-ClearRefinements-button');
    await totalIs(`(now) => now === ${typed}`);

    // Sort.
    await page.select('#sort select', 'products_price_asc');
    await page.waitForFunction(`(() => {
      const prices = [...document.querySelectorAll('#hits .price')].map((price) => parseFloat(price.textContent));
      return prices.length > 1 && prices.every((price, place) => place === 0 || prices[place - 1] <= price);
    })()`);
    await page.select('#sort select', 'products');

    // Page.
    const first = await page.$eval('#hits article', (hit) => hit.dataset.id);
    await page.click('.ais-Pagination-item--nextPage a');
    await page.waitForFunction(`document.querySelector('#hits article')?.dataset.id !== ${JSON.stringify(first)}`);

    // Click.
    const earlier = await figures('mug', () => true);
    await page.click('#hits article a');
    const later = await figures('mug', (row) => row.clicks > earlier.clicks);
    assert.ok(later.clicks > earlier.clicks);

    // Nothing found.
    await page.click('.ais-SearchBox-input', { count: 3 });
    await page.keyboard.type('qqqqzzzzxxxx');
    await page.waitForSelector('.none');
    assert.deepEqual(faults, []);
    await page.close();
  });
}
