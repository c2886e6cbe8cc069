// The official client of the Model Context Protocol, in both forms of the protocol, against a running marketplace.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { key, souk } from './souk.mjs';

/** A client that speaks one form of the protocol. */
async function connected(mode, headers = {}) {
  const client = new Client({ name: 'souk-tests', version: '1.0.0' }, { versionNegotiation: { mode } });
  await client.connect(new StreamableHTTPClientTransport(new URL('/mcp', souk), { requestInit: { headers } }));
  return client;
}

for (const mode of ['legacy', 'auto', { pin: '2026-07-28' }]) {
  test(`tools of the catalogue, negotiated by ${JSON.stringify(mode)}`, async () => {
    const client = await connected(mode);
    const { tools } = await client.listTools();
    assert.deepEqual(tools.map((tool) => tool.name), ['search_catalog', 'lookup_catalog', 'get_product']);
    // The client holds structured content against the output schema.
    const found = await client.callTool({
      name: 'search_catalog',
      arguments: { catalog: { filters: { availability: ['in_stock', 'backorder'] }, pagination: { limit: 3 } } },
    });
    const { products, pagination } = found.structuredContent;
    assert.equal(products.length, 3);
    assert.ok(pagination.has_next_page && pagination.total_count > 3);
    assert.deepEqual(JSON.parse(found.content[0].text), found.structuredContent);
    const ids = products.map((product) => product.variants[0].id);
    const looked = await client.callTool({ name: 'lookup_catalog', arguments: { catalog: { ids } } });
    const inputs = looked.structuredContent.products.flatMap(({ variants }) => variants.flatMap(({ inputs }) => inputs));
    assert.deepEqual(inputs.map(({ id }) => id).toSorted(), ids.toSorted());
    const one = await client.callTool({ name: 'get_product', arguments: { catalog: { id: products[0].id } } });
    assert.equal(one.structuredContent.product.title, products[0].title);
    const none = await client.callTool({ name: 'get_product', arguments: { catalog: { id: 'prod_0' } } });
    assert.equal(none.structuredContent.ucp.status, 'error');
    await assert.rejects(client.callTool({ name: 'search_catalog', arguments: { catalog: { query: 7 } } }));
    await client.close();
  });
}

test('tools for staff need the key', async () => {
  const client = await connected('legacy', { Authorization: `Bearer ${key}` });
  const { tools } = await client.listTools();
  assert.ok(tools.some((tool) => tool.name === 'index_status'));
  const status = await client.callTool({ name: 'index_status', arguments: {} });
  assert.ok(status.structuredContent.engine);
  await client.close();
});
