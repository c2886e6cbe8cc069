// Elasticsearch is killed and started again while shoppers go on: the database answers meanwhile, and nobody sees an error.
//
// `cargo xtask load index-down` kills it after a third of the time and starts it again after two thirds. Against another
// address, do so yourself.

import { limits, options as described, steady, within } from './lib/shop.js';

export { shop, handleSummary } from './lib/shop.js';

export const options = described(
  { storefront: steady() },
  limits({
    // The first searches wait for an answer that does not come; after that, the database is asked at once.
    'http_req_duration{kind:suggestions}': [within(1500)],
    'http_req_duration{kind:search}': [within(2000)],
    'http_req_duration{kind:browse}': [within(2000)],
    ...(__ENV.OUTAGE === 'true' ? { souk_degraded: ['count>0'] } : {}),
  }),
);
