// The clients below InstantSearch, as they are, against a running marketplace.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { test } from 'node:test';
import { createFetchRequester } from '@algolia/requester-fetch';
import { algoliasearch } from 'algoliasearch';
import { liteClient } from 'algoliasearch/lite';
import algoliasearch4 from 'algoliasearch4';
import preset from '@algolia/autocomplete-preset-algolia';
import insights from 'search-insights';
import { figures, host, hosts, souk } from './souk.mjs';

const { getAlgoliaFacets, getAlgoliaResults } = preset;
const lite = liteClient('souk', 'public', { hosts });
const full = algoliasearch('souk', 'public', { hosts, compression: 'gzip' });
const older = algoliasearch4('souk', 'public', { hosts: [{ url: host, protocol: 'http' }] });
const main = { indexName: 'products', query: '', hitsPerPage: 3, facets: ['brand', 'price', 'categories.lvl0'] };

test('algoliasearch 5 lite: hits, facets, values of facets in one call', async () => {
  const { results } = await lite.search({
    requests: [main, { type: 'facet', indexName: 'products', facet: 'brand', facetQuery: '', maxFacetHits: 4 }],
  });
  assert.equal(results[0].hits.length, 3);
  assert.ok(results[0].nbHits > 3 && results[0].nbPages > 1);
  assert.ok(results[0].facets_stats.price.max > results[0].facets_stats.price.min);
  assert.ok(results[1].facetHits.length > 0 && results[1].facetHits[0].highlighted);
});

test('algoliasearch 5: one index, packed bodies, records, all of them, products alike', async () => {
  const found = await full.searchSingleIndex({
    indexName: 'products_price_asc',
    searchParams: { hitsPerPage: 5, filters: `NOT brand:"${'x'.repeat(800)}"` },
  });
  const prices = found.hits.map((hit) => hit.price);
  assert.deepEqual(prices, prices.toSorted((one, other) => one - other));
  const [hit] = found.hits;
  const record = await full.getObject({ indexName: 'products', objectID: hit.objectID });
  assert.equal(record.title, hit.title);
  const objects = await full.getObjects({ requests: [{ indexName: 'products', objectID: hit.objectID }] });
  assert.equal(objects.results[0].objectID, hit.objectID);
  const ids = new Set();
  await full.browseObjects({
    indexName: 'products',
    browseParams: { hitsPerPage: 50 },
    aggregator: (page) => page.hits.forEach((each) => ids.add(each.objectID)),
  });
  const all = await full.searchSingleIndex({ indexName: 'products', searchParams: { hitsPerPage: 0 } });
  assert.equal(ids.size, all.nbHits);
  const values = await full.searchForFacetValues({
    indexName: 'products', facetName: 'brand', searchForFacetValuesRequest: { facetQuery: '' },
  });
  assert.ok(values.facetHits.length > 0);
});

test('algoliasearch 4: parameters as text', async () => {
  const [brand] = Object.keys((await lite.search({ requests: [main] })).results[0].facets.brand);
  const { results } = await older.multipleQueries([
    { indexName: 'products', params: { query: '', facetFilters: [[`brand:${brand}`]], facets: ['brand'] } },
  ]);
  assert.deepEqual(Object.keys(results[0].facets.brand), [brand]);
  const values = await older.initIndex('products').searchForFacetValues('brand', brand.slice(0, 2));
  assert.ok(values.facetHits.length > 0);
  const single = await older.initIndex('products').search('', { numericFilters: ['price>=1'], page: 1 });
  assert.equal(single.page, 1);
});

test('autocomplete 1: hits and values of a facet from one call', async () => {
  const hits = getAlgoliaResults({
    searchClient: lite,
    queries: [{ indexName: 'products', params: { query: 'mug', hitsPerPage: 3 } }],
  });
  const brands = getAlgoliaFacets({
    searchClient: lite,
    queries: [{ indexName: 'products', facet: 'brand', params: { facetQuery: '', maxFacetHits: 2 } }],
  });
  const asked = [...hits.queries, ...brands.queries];
  const found = await hits.execute({ searchClient: lite, requests: asked.map((query) => ({ query })) });
  assert.equal(found.length, 2);
  assert.ok(JSON.stringify(found[0]).includes('_highlightResult'));
  assert.ok(JSON.stringify(found[0]).includes('__aa-highlight__'));
});

test('errors are final, with a message', async () => {
  let asked = 0;
  const requester = createFetchRequester();
  const counting = { send: (request) => ((asked += 1), requester.send(request)) };
  const client = liteClient('souk', 'public', { hosts, requester: counting });
  const search = (filters) => client.search({ requests: [{ ...main, filters }] });
  await assert.rejects(search('brand:a OR price>5'), { name: 'ApiError', status: 400, message: /different attributes/ });
  assert.equal(asked, 1);
  const unknown = liteClient('souk', 'wrong', { hosts, requester: counting });
  await assert.rejects(unknown.search({ requests: [main] }), { status: 401 });
  assert.equal(asked, 2);
});

test('a service that is away is asked again at the next host', async (t) => {
  const broken = createServer((_, response) => response.writeHead(503).end('{}'));
  await new Promise((resolve) => broken.listen(0, '127.0.0.1', resolve));
  t.after(() => broken.close());
  const first = { url: `127.0.0.1:${broken.address().port}/x`, accept: 'readWrite', protocol: 'http' };
  const { results } = await liteClient('souk', 'public', { hosts: [first, ...hosts] }).search({ requests: [main] });
  assert.equal(results[0].hits.length, 3);
});

test('search-insights: a click is counted by the search that led to it', async () => {
  const query = 'insights probe';
  const requests = [{ ...main, query: 'mug', clickAnalytics: true, hitsPerPage: 5 }];
  const { results } = await lite.search({ requests });
  assert.match(results[0].queryID, /^[0-9a-f]{32}$/, query);
  insights('init', { appId: 'souk', apiKey: 'public', host: `http://${host}`, useCookie: false });
  insights('setUserToken', 'visitor-of-the-tests');
  const sent = await insights('clickedObjectIDsAfterSearch', {
    eventName: 'Clicked', index: 'products', queryID: results[0].queryID,
    objectIDs: [results[0].hits[0].objectID], positions: [1],
  });
  assert.ok(sent !== false);
  const counted = await figures('mug', (row) => row.clicks >= 1);
  assert.ok(counted.searches >= 1, souk.href);
});
