// Sessions without a pause for thought, as many as a fixed number of shoppers get through: what the cache is worth. It is
// run once against an API with SOUK_CACHE=false and once against one that keeps answers; `cargo xtask load cache` does both.

import { duration, limits, options as described, rate } from './lib/shop.js';

export { rush, handleSummary } from './lib/shop.js';

const cached = __ENV.CACHED === 'true';

export const options = described(
  {
    cache: { executor: 'constant-vus', exec: 'rush', vus: Math.max(2, Math.round(rate)), duration, gracefulStop: '20s' },
  },
  limits(cached ? { souk_cache_hits: ['rate>0.8'] } : { souk_cache_hits: ['rate==0'] }),
);
