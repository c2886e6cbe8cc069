/** Typed client of the Souk marketplace API. */

export { createSouk, type Souk, type SoukOptions } from './client.js';
export { SoukError, data, type Answer } from './errors.js';
export { watchImport, watchIndexJob, type ServerSentEvent, serverSentEvents } from './events.js';
export { formatMoney } from './money.js';
export { hits, listed, products } from './pages.js';
export type { components, operations, paths } from './schema.js';

import type { components } from './schema.js';

/** Schemas of the API by name, such as `Schemas['Hit']`. */
export type Schemas = components['schemas'];
