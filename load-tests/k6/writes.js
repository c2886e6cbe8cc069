// A write storm: two imports and somebody who edits, while shoppers go on; and what is edited has to be found soon.

import { check, sleep } from 'k6';
import { Trend } from 'k6/metrics';
import exec from 'k6/execution';
import { admin, duration, get, limits, options as described, steady, within } from './lib/shop.js';

export { shop, handleSummary } from './lib/shop.js';

const batch = Number(__ENV.BATCH || 100);
/** From the acknowledged change to the search that finds it. */
const searchable = new Trend('souk_searchable', true);
const patience = 30000;

const writers = (exec, vus) => ({ executor: 'constant-vus', exec, vus, duration, gracefulStop: '40s' });

export const options = described(
  { storefront: steady(), import: writers('bring', 2), edits: writers('edit', 1) },
  limits({
    souk_searchable: [within(5000)],
    // Every second brings changes: the cache is a brief one, and the index is being written.
    'http_req_duration{kind:suggestions}': [within(250)],
    'http_req_duration{kind:search}': [within(500)],
    'http_req_duration{kind:product}': [within(250)],
    'http_req_duration{kind:browse}': [within(1000)],
  }),
);

function product(id, title) {
  const price = 500 + Math.floor(Math.random() * 5000);
  const variant = { sku: id.toUpperCase(), price, stock: 1 + Math.floor(Math.random() * 9) };
  return { external_id: id, title, category: 'mugs', variants: [variant] };
}

function put(products) {
  const answer = admin('POST', '/api/admin/products/batch', { products });
  check(answer, { 'taken with 200': (answer) => answer.status === 200 });
}

/** Changes the prices of many products of its own at once. */
export function bring() {
  const first = exec.vu.idInTest * 10000 + (exec.vu.iterationInScenario % 10) * batch;
  put(Array.from({ length: batch }, (_, place) => product(`storm-${first + place}`, `Storm mug ${first + place}`)));
  sleep(0.2);
}

/** Changes one product, and looks for it until it is found. */
export function edit() {
  const code = `ed${Date.now().toString(36)}${exec.vu.idInTest}`;
  put([product(`storm-${code}`, `Edited mug ${code}`)]);
  const begun = Date.now();
  let found = false;
  while (!found && Date.now() - begun < patience) {
    found = get(`/api/search?q=${code}&facets=none`, 'edited').json('total') > 0;
    if (!found) {
      sleep(0.05);
    }
  }
  searchable.add(Date.now() - begun);
  check(found, { 'a change is found': (found) => found });
  sleep(1);
}
