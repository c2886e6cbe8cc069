import type { Souk } from './client.js';
import { data } from './errors.js';
import type { components, paths } from './schema.js';

type Schemas = components['schemas'];
type Query<P extends keyof paths> = paths[P] extends { get: { parameters: { query?: infer Q } } } ? NonNullable<Q> : never;

/**
 * All hits of a search, page by page as they are asked for. Facets come with the first page of a search: ask for them by
 * `souk.GET('/api/search', ...)`.
 */
export async function* hits(souk: Souk, query: Omit<Query<'/api/search'>, 'page' | 'cursor'> = {}): AsyncGenerator<Schemas['Hit']> {
  let cursor: string | undefined;
  do {
    const asked = { ...query, facets: ['none' as const], ...(cursor === undefined ? {} : { cursor }) };
    const page = await data(souk.GET('/api/search', { params: { query: asked } }));
    yield* page.hits;
    cursor = page.next_cursor;
  } while (cursor !== undefined);
}

/** All products of a listing, page by page as they are asked for. */
export async function* products(
  souk: Souk,
  query: Omit<Query<'/api/products'>, 'page' | 'cursor'> = {},
): AsyncGenerator<Schemas['Listing']['products'][number]> {
  let cursor: string | undefined;
  do {
    const asked = { ...query, ...(cursor === undefined ? {} : { cursor }) };
    const page = await data(souk.GET('/api/products', { params: { query: asked } }));
    yield* page.products;
    cursor = page.next_cursor;
  } while (cursor !== undefined);
}

/**
 * All entries of an admin's list, whose pages say where the next one begins:
 * `listed((after) => data(souk.GET('/api/admin/products', { params: { query: { after } } })), (page) => page.products)`.
 */
export async function* listed<Page extends { next_after?: After }, After, Entry>(
  ask: (after: After | undefined) => Promise<Page>,
  entries: (page: Page) => Entry[],
): AsyncGenerator<Entry> {
  let after: After | undefined;
  do {
    const page = await ask(after);
    yield* entries(page);
    after = page.next_after;
  } while (after !== undefined);
}
