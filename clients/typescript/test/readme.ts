/** The calls of the project's README, which have to compile: the types come from the specification. */

import { createSouk, data, formatMoney, hits, listed, watchImport, type Schemas } from '../src/index.js';

const souk = createSouk({ baseUrl: 'http://127.0.0.1:3000', adminKey: 'a key' });

export async function search(): Promise<string[]> {
  const page = await data(souk.GET('/api/search', {
    params: { query: { q: 'shirt', attr: ['size:M', 'size:L'], price_max: 3000, in_stock: true, sort: 'price_asc' } },
  }));
  const names: string[] = page.hits.map((hit: Schemas['Hit']) => `${hit.title} ${formatMoney(hit.price)}`);
  await data(souk.GET('/api/search/suggestions', { params: { query: { q: 'ke' } } }));
  return names;
}

export async function upsert(): Promise<number> {
  const written = await data(souk.POST('/api/admin/products/batch', {
    body: {
      products: [{
        external_id: 'readme-1', title: 'Teapot of the README', category: 'mugs',
        variants: [{ sku: 'RM-1', price: 2500, stock: 3 }],
      }],
    },
  }));
  return written.rejected;
}

export async function rule(): Promise<void> {
  await data(souk.POST('/api/admin/search/rules', {
    body: { name: 'Teapot first', when: { query: { is: 'mug' } }, then: { pin: [{ external_id: 'readme-1' }] } },
  }));
}

export async function everything(): Promise<void> {
  for await (const hit of hits(souk, { q: 'mug', per_page: 100 })) console.log(hit.slug);
  const admins = listed(
    (after?: number) => data(souk.GET('/api/admin/products', { params: { query: after === undefined ? {} : { after } } })),
    (page) => page.products,
  );
  for await (const product of admins) console.log(product.external_id);
  for await (const state of watchImport(souk, 7)) console.log(state.state, state.progress);
}
