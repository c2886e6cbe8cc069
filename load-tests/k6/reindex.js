// The index is built anew beside the one that is served, as often as there is time, while shoppers go on.

import { check, sleep } from 'k6';
import { Trend } from 'k6/metrics';
import { admin, duration, limits, options as described, seconds, steady, within } from './lib/shop.js';

export { shop, handleSummary } from './lib/shop.js';

const rebuilt = new Trend('souk_reindex', true);

export const options = described(
  {
    storefront: steady(),
    operator: { executor: 'shared-iterations', exec: 'rebuild', vus: 1, iterations: 1, maxDuration: '1h' },
  },
  limits({
    // Never served by the makeshift: there is always an index.
    souk_degraded: ['count<1'],
    'http_req_duration{kind:suggestions}': [within(250)],
    'http_req_duration{kind:search}': [within(500)],
    'http_req_duration{kind:product}': [within(250)],
    'http_req_duration{kind:browse}': [within(1000)],
  }),
);

/** Asks for a reindex, and watches it until it has ended. */
export function rebuild() {
  const ends = Date.now() + seconds(duration) * 1000;
  do {
    const begun = Date.now();
    const asked = admin('POST', '/api/admin/search/reindex', {});
    check(asked, { 'asked for with 202': (asked) => asked.status === 202 });
    const job = asked.json('id');
    let state = 'queued';
    while (!['done', 'failed', 'cancelled'].includes(state)) {
      sleep(0.25);
      state = admin('GET', `/api/admin/search/jobs/${job}`).json('state');
    }
    check(state, { 'it is done': (state) => state === 'done' });
    rebuilt.add(Date.now() - begun);
    sleep(1);
  } while (Date.now() < ends);
}
