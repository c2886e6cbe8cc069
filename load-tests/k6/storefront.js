// A usual day: sessions at a steady rate.

import { options as described, steady } from './lib/shop.js';

export { shop, handleSummary } from './lib/shop.js';

export const options = described({ storefront: steady() });
