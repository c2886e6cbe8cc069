// A link goes round: within a moment, ten times as many come, and leave again.

import { duration, limits, options as described, rate, seconds, within } from './lib/shop.js';

export { shop, handleSummary } from './lib/shop.js';

const stage = (share, target) => ({ duration: `${Math.max(1, Math.round(seconds(duration) * share))}s`, target });

export const options = described(
  {
    spike: {
      executor: 'ramping-arrival-rate',
      exec: 'shop',
      startRate: rate,
      timeUnit: '1s',
      gracefulStop: '20s',
      preAllocatedVUs: Math.max(50, Math.ceil(rate * 30)),
      maxVUs: Math.max(500, Math.ceil(rate * 200)),
      stages: [stage(0.3, rate), stage(0.05, rate * 10), stage(0.3, rate * 10), stage(0.05, rate), stage(0.3, rate)],
    },
  },
  // Slower it may become, but nobody is turned away.
  limits({
    'http_req_duration{kind:suggestions}': [within(250)],
    'http_req_duration{kind:search}': [within(500)],
    'http_req_duration{kind:product}': [within(500)],
    'http_req_duration{kind:browse}': [within(1000)],
  }),
);
