// The same for hours, with a change now and then: what grows, leaks or slows down shows. Try it with DURATION=8h.

import { sleep } from 'k6';
import { admin, adminKey, duration, options as described, steady } from './lib/shop.js';

export { shop, handleSummary } from './lib/shop.js';

const changes = {
  changes: { executor: 'constant-vus', exec: 'change', vus: 1, duration, gracefulStop: '20s' },
};

export const options = described({ soak: steady(), ...(adminKey ? changes : {}) });

/** Has what is kept of searches dropped, as a change does. */
export function change() {
  admin('DELETE', '/api/admin/cache?tag=search');
  sleep(5);
}
