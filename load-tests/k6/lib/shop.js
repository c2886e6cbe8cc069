// What the scenarios share: where Souk is, what shoppers ask, and what is expected of the answers.

import http from 'k6/http';
import exec from 'k6/execution';
import { check, sleep } from 'k6';
import { SharedArray } from 'k6/data';
import { Counter, Rate } from 'k6/metrics';

export const address = (__ENV.ADDRESS || 'http://127.0.0.1:3000').replace(/\/$/, '');
export const adminKey = __ENV.SOUK_ADMIN_KEY || '';
/** How long a scenario lasts. */
export const duration = __ENV.DURATION || '30s';
/** Sessions that begin in a second. */
export const rate = Number(__ENV.RATE || 5);
/** A slow machine may be given more time: every limit on latency is multiplied by it. */
const slack = Number(__ENV.SLACK || 1);
/** How long a shopper looks at a page, on average, in seconds. */
const thinking = Number(__ENV.THINKING || 0.3);

// Parsed once, and shared by all virtual users.
const sessions = new SharedArray('sessions', () =>
  open(__ENV.QUERY_LOG || '../sessions.jsonl').trim().split('\n').map((line) => JSON.parse(line)));

export const degraded = new Counter('souk_degraded');
export const kept = new Rate('souk_cache_hits');

/** `30s`, `5m` or `2h` in seconds. */
export function seconds(text) {
  const [, number, unit] = /^(\d+(?:\.\d+)?)(s|m|h)$/.exec(text) || exec.test.abort(`no duration: ${text}`);
  return Number(number) * { s: 1, m: 60, h: 3600 }[unit];
}

/** Limits that hold for every scenario: nothing fails, and each kind of request is answered in time. */
export function limits(others = {}) {
  const ms = (limit) => `p(95)<${limit * slack}`;
  return {
    // An arrival that finds no virtual user free was not asked at all.
    dropped_iterations: ['count<1'],
    checks: ['rate==1'],
    http_req_failed: ['rate==0'],
    'http_req_duration{kind:suggestions}': [ms(50)],
    'http_req_duration{kind:search}': [ms(100)],
    'http_req_duration{kind:product}': [ms(100)],
    'http_req_duration{kind:browse}': [ms(200)],
    ...others,
  };
}

/** A limit on latency, with the slack that this machine is given. */
export const within = (limit) => `p(95)<${limit * slack}`;

/** Every percentile, so that the report can draw how latencies are distributed. */
export const statistics = ['count', 'min', 'avg', 'med', 'max', 'p(95)', 'p(99)', 'p(99.5)', 'p(99.9)']
  .concat(Array.from({ length: 49 }, (_, step) => `p(${2 * (step + 1)})`));

/** What k6 needs to know besides the scenarios. */
export function options(scenarios, thresholds = limits()) {
  return {
    scenarios,
    thresholds,
    summaryTrendStats: statistics,
    userAgent: 'souk-load-tests',
  };
}

/** Sessions that begin at a steady rate, whatever becomes of those before. */
export function steady(others = {}) {
  return {
    executor: 'constant-arrival-rate',
    exec: 'shop',
    rate,
    timeUnit: '1s',
    duration,
    preAllocatedVUs: Math.max(10, Math.ceil(rate * 4)),
    maxVUs: Math.max(100, Math.ceil(rate * 40)),
    gracefulStop: '20s',
    ...others,
  };
}

/** Asks for a public page. */
export function get(path, kind) {
  const answer = http.get(address + path, { tags: { kind, name: kind } });
  const found = check(answer, { 'answered with 200': (answer) => answer.status === 200 });
  kept.add(['HIT', 'STALE'].includes(answer.headers['X-Cache']));
  if (found && kind !== 'product' && answer.json('degraded') === true) {
    degraded.add(1);
  }
  return answer;
}

/** What one shopper has in mind. */
export const aSession = () => sessions[Math.floor(Math.random() * sessions.length)];

/** One shopper. */
export function shop() {
  browse(thinking);
}

/** One who does not stop to think. */
export function rush() {
  browse(0);
}

/** Looks around, types, searches, narrows the search, and looks at the product. */
function browse(pause) {
  const session = aSession();
  get('/api/categories', 'browse');
  get(session.browse, 'browse');
  think(pause);
  for (const path of session.suggestions) {
    get(path, 'suggestions');
  }
  get(session.search, 'search');
  think(pause);
  get(session.narrowed, 'search');
  think(pause);
  get(session.product, 'product');
}

/** People take their time, each another. */
function think(pause) {
  sleep(pause * 2 * Math.random());
}

/** Does something as an admin, and answers what came back. */
export function admin(method, path, body) {
  if (!adminKey) {
    exec.test.abort('this scenario changes the catalogue: it needs SOUK_ADMIN_KEY');
  }
  const headers = { Authorization: `Bearer ${adminKey}`, 'Content-Type': 'application/json' };
  const sent = body === undefined ? null : JSON.stringify(body);
  return http.request(method, address + path, sent, { headers, tags: { kind: 'admin', name: 'admin' } });
}

/** Writes the figures where the report is made from, if it is asked for. */
export function handleSummary(data) {
  const told = Object.entries(data.metrics)
    .flatMap(([name, metric]) => Object.entries(metric.thresholds || {})
      .map(([limit, outcome]) => `${outcome.ok ? 'met   ' : 'MISSED'} ${name} ${limit}`))
    .join('\n');
  const files = { stdout: `${told}\n` };
  if (__ENV.SUMMARY) {
    files[__ENV.SUMMARY] = JSON.stringify(data);
  }
  return files;
}
