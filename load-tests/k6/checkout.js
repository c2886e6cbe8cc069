// Shoppers who buy: they search, look at a product, put it into the cart, and pay with a test card. Needs the payment provider
// `test` (SOUK_PAYMENT_PROVIDERS=test).

import http from 'k6/http';
import exec from 'k6/execution';
import { check, sleep } from 'k6';
import { Counter } from 'k6/metrics';
import { address, aSession, get, limits, options as described, steady, within } from './lib/shop.js';

export { handleSummary } from './lib/shop.js';

/** Purchases that were paid, and those for which somebody was faster. */
const bought = new Counter('souk_purchases');
const soldOut = new Counter('souk_sold_out');

export const options = described(
  { checkout: steady({ exec: 'buy' }) },
  limits({
    souk_purchases: ['count>0'],
    'http_req_duration{kind:cart}': [within(100)],
    'http_req_duration{kind:checkout}': [within(250)],
  }),
);

const purchase = {
  mail: 'shopper@mail.example',
  delivery_address: {
    name: 'Ada Lovelace',
    line1: 'Analytical Street 1',
    postcode: '10115',
    city: 'Berlin',
    country: 'DE',
  },
  payment: { provider: 'test', method: 'test_succeeds' },
};

/** Sends a step of a purchase. That somebody was faster is no failure. */
function post(path, kind, body, headers) {
  return http.post(address + path, JSON.stringify(body), {
    headers: { 'Content-Type': 'application/json', ...headers },
    tags: { kind, name: kind },
    responseCallback: http.expectedStatuses(200, 201, 409),
  });
}

/** One shopper, who buys a unit of what the session is about. */
export function buy() {
  const session = aSession();
  get(session.search, 'search');
  sleep(0.3 * Math.random());
  const variants = get(session.product, 'product').json('variants') || [];
  const variant = variants.find((variant) => variant.in_stock);
  if (!variant) {
    soldOut.add(1);
    return;
  }
  sleep(0.3 * Math.random());
  const line = post('/api/cart/lines', 'cart', { variant: variant.id, quantity: 1 }, {});
  if (!check(line, { 'put into the cart with 200': (line) => line.status === 200 })) {
    return;
  }
  sleep(0.3 * Math.random());
  const paid = post('/api/checkout', 'checkout', purchase, {
    'X-Cart-Token': line.json('token'),
    'Idempotency-Key': `k6-${Date.now()}-${exec.vu.idInTest}-${exec.vu.iterationInInstance}-${Math.random()}`,
  });
  const wasFaster = paid.status === 409 && ['out_of_stock', 'cart_changed'].includes(paid.json('code'));
  (wasFaster ? soldOut : bought).add(1);
  check(paid, { 'bought, or sold out': (paid) => wasFaster || (paid.status === 201 && paid.json('state') === 'placed') });
}
