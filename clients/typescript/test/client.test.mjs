// The client against a running marketplace: `SOUK_URL`, `SOUK_ADMIN_KEY`.

import assert from 'node:assert/strict';
import test from 'node:test';

import { SoukError, createSouk, data, formatMoney, hits, listed, products, serverSentEvents, watchImport } from '../dist/index.js';

const baseUrl = process.env.SOUK_URL ?? 'http://127.0.0.1:3000';
const souk = createSouk({ baseUrl, visitorId: 'client-tests' });
const admin = createSouk({ baseUrl, adminKey: process.env.SOUK_ADMIN_KEY });

/** All entries of an iterator. */
async function all(entries) {
  const found = [];
  for await (const entry of entries) found.push(entry);
  return found;
}

test('a search with repeated parameters', async () => {
  const page = await data(souk.GET('/api/search', { params: { query: { facets: ['category'], per_page: 5 } } }));
  assert.equal(page.hits.length, 5);
  const [one, other] = page.facets.category.values.filter((value) => value.count < page.total).map((value) => value.value);
  const query = { category: [one, other], in_stock: true, facets: ['none'] };
  const both = await data(souk.GET('/api/search', { params: { query } }));
  const alone = await data(souk.GET('/api/search', { params: { query: { ...query, category: [one] } } }));
  assert.ok(both.total > alone.total && both.total < page.total);
});

test('all pages of a search, of a listing and of an admin list', async () => {
  const first = await data(souk.GET('/api/search', { params: { query: { q: 'mug', per_page: 7 } } }));
  assert.ok(first.next_cursor, 'several pages');
  const found = await all(hits(souk, { q: 'mug', per_page: 7 }));
  assert.equal(found.length, first.total);
  assert.equal(new Set(found.map((hit) => hit.id)).size, first.total);
  const listing = await data(souk.GET('/api/products', { params: { query: { per_page: 100 } } }));
  assert.equal((await all(products(souk, { per_page: 100 }))).length, listing.total);
  const ask = (after) => data(admin.GET('/api/admin/products', { params: { query: { per_page: 100, ...(after && { after }) } } }));
  const ids = (await all(listed(ask, (page) => page.products))).map((product) => product.id);
  assert.equal(new Set(ids).size, ids.length);
  assert.ok(ids.length >= listing.total);
});

test('an error tells the field, the code and the request', async () => {
  const refused = data(souk.GET('/api/search', { params: { query: { q: 'mug', per_page: 0 } } }));
  await assert.rejects(refused, (error) => {
    assert.ok(error instanceof SoukError);
    assert.equal(error.status, 400);
    assert.equal(error.field, 'per_page');
    assert.match(error.requestId, /./);
    return true;
  });
  const strange = data(souk.GET('/api/search', { params: { query: { catgory: 'mugs' } } }));
  await assert.rejects(strange, /category/);
  await assert.rejects(data(souk.GET('/api/admin/products')), { status: 401 });
});

test('a changed product needs the state that it was read in', async () => {
  const body = { products: [{ external_id: 'client-1', title: 'Clientele', variants: [{ sku: 'c-1', price: 1999, stock: 1 }] }] };
  const written = await data(admin.POST('/api/admin/products/batch', { body }));
  assert.equal(written.rejected, 0);
  const path = { id: written.results[0].id };
  const read = await admin.GET('/api/admin/products/{id}', { params: { path } });
  const header = { 'If-Match': read.response.headers.get('ETag') };
  const patch = (title) => data(admin.PATCH('/api/admin/products/{id}', {
    params: { path, header }, body: { title }, headers: { 'Content-Type': 'application/merge-patch+json' },
  }));
  assert.equal((await patch('Clients')).title, 'Clients');
  await assert.rejects(patch('Too late'), { status: 412 });
  await data(admin.DELETE('/api/admin/products/{id}', { params: { path, header: { 'If-Match': '*' } } }));
});

test('an import is watched to its end', async () => {
  const table = 'id,title,price\nclient-2,Imported by a client,12.50\n';
  const uploaded = await data(admin.POST('/api/admin/imports', {
    params: { query: { name: 'client.csv' } }, body: table, bodySerializer: (text) => text,
    headers: { 'Content-Type': 'application/octet-stream' },
  }));
  const path = { id: uploaded.id };
  await data(admin.POST('/api/admin/imports/{id}/start', { params: { path }, body: {} }));
  const states = await all(watchImport(admin, uploaded.id));
  assert.equal(states.at(-1).state, 'done');
});

test('a read is tried again after the time that the answer names', async () => {
  const answers = [429, 503, 200];
  const asked = [];
  const fetch = async (request) => {
    asked.push(request.url);
    const status = answers.shift();
    return new Response(JSON.stringify({ hits: [] }), { status, headers: { 'Retry-After': '0', 'Content-Type': 'application/json' } });
  };
  const impatient = createSouk({ baseUrl, fetch });
  await data(impatient.GET('/api/search'));
  assert.equal(asked.length, 3);
  answers.push(503);
  await assert.rejects(data(impatient.POST('/api/search/events', { body: { events: [] } })), { status: 503, retryAfter: 0 });
  assert.equal(asked.length, 4, 'a write is not');
});

test('events are read in whatever pieces they come', async () => {
  const text = ': hello\n\nevent: state\r\ndata: {"a":\r\ndata: 1}\r\n\r\ndata: é\r\rid: 7\ndata: last\n\n';
  const bytes = new TextEncoder().encode(text);
  for (const size of [1, 2, 3, 7, bytes.length]) {
    const stream = new ReadableStream({
      start(controller) {
        for (let at = 0; at < bytes.length; at += size) controller.enqueue(bytes.slice(at, at + size));
        controller.close();
      },
    });
    const events = await all(serverSentEvents(stream));
    assert.deepEqual(events, [
      { event: 'state', data: '{"a":\n1}' },
      { event: 'message', data: 'é' },
      { event: 'message', data: 'last', id: '7' },
    ], `pieces of ${size}`);
  }
});

test('money is shown with its own decimals', () => {
  const money = (amount, exponent, currency) => formatMoney({ amount, exponent, currency, formatted: '' }, 'en-US');
  assert.equal(money(1250, 2, 'EUR'), '€12.50');
  assert.equal(money(5, 2, 'EUR'), '€0.05');
  assert.equal(money(1299, 0, 'JPY'), '¥1,299');
  assert.equal(money(1299, 3, 'KWD').replace(/\s/u, ' '), 'KWD 1.299');
});
