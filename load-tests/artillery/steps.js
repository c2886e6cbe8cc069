// What the scenarios need besides what they say: shoppers' sessions, and products to write.

const { readFileSync } = require('node:fs');

const file = process.env.QUERY_LOG || `${__dirname}/../sessions.jsonl`;
const sessions = readFileSync(file, 'utf8').trim().split('\n').map((line) => JSON.parse(line));

/** Gives a shopper something to look for. */
function chooseSession(context, _events, done) {
  Object.assign(context.vars, sessions[Math.floor(Math.random() * sessions.length)]);
  done();
}

/** Gives an importer products to write. */
function chooseProducts(context, _events, done) {
  const first = Math.floor(Math.random() * 1000) * 100;
  context.vars.products = Array.from({ length: 100 }, (_, place) => {
    const id = `storm-${first + place}`;
    const variant = { sku: id.toUpperCase(), price: 500 + Math.floor(Math.random() * 5000), stock: 3 };
    return { external_id: id, title: `Storm mug ${first + place}`, category: 'mugs', variants: [variant] };
  });
  done();
}

/** Counts what the cache and the makeshift answered. */
function count(_request, answer, _context, events, done) {
  const source = answer.headers['x-cache'];
  if (source) {
    events.emit('counter', `souk.cache.${source.toLowerCase()}`, 1);
  }
  if (/"degraded":true/.test(answer.body)) {
    events.emit('counter', 'souk.degraded', 1);
  }
  done();
}

module.exports = { chooseSession, chooseProducts, count };
