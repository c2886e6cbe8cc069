import type { Souk } from './client.js';
import { data } from './errors.js';
import type { components, paths } from './schema.js';

type Schemas = components['schemas'];
type Query<P extends keyof paths> = paths[P] extends { get: { parameters: { query?: infer Q } } } ? NonNullable<Q> : never;

/**
 * All hits of a search, page by page as they are asked for. Facets come with the first page of a search: ask for them by
 * `souk.GET('/api/search', ...)`.
 */
export function hits(souk: Souk, query: Omit<Query<'/api/search'>, 'page' | 'cursor'> = {}): AsyncGenerator<Schemas['Hit']> {
  const asked = { ...query, facets: ['none' as const] };
  return paged(
    (cursor?: string) => data(souk.GET('/api/search', { params: { query: { ...asked, ...behind(cursor) } } })),
    (page) => page.hits,
    (page) => page.next_cursor,
  );
}

/** All products of a listing, page by page as they are asked for. */
export function products(
  souk: Souk,
  query: Omit<Query<'/api/products'>, 'page' | 'cursor'> = {},
): AsyncGenerator<Schemas['Listing']['products'][number]> {
  return paged(
    (cursor?: string) => data(souk.GET('/api/products', { params: { query: { ...query, ...behind(cursor) } } })),
    (page) => page.products,
    (page) => page.next_cursor,
  );
}

/**
 * All entries of an admin's list, whose pages say where the next one begins:
 * `listed((after) => data(souk.GET('/api/admin/products', { params: { query: { after } } })), (page) => page.products)`.
 */
export function listed<Page extends { next_after?: After }, After, Entry>(
  ask: (after: After | undefined) => Promise<Page>,
  entries: (page: Page) => Entry[],
): AsyncGenerator<Entry> {
  return paged(ask, entries, (page) => page.next_after);
}

function behind(cursor: string | undefined): { cursor?: string } {
  return cursor === undefined ? {} : { cursor };
}

async function* paged<Page, Key, Entry>(
  ask: (key: Key | undefined) => Promise<Page>,
  entries: (page: Page) => Entry[],
  next: (page: Page) => Key | undefined,
): AsyncGenerator<Entry> {
  let key: Key | undefined;
  do {
    const page = await ask(key);
    yield* entries(page);
    key = next(page);
  } while (key !== undefined);
}
