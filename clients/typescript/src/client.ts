import createClient, { type Client, type Middleware } from 'openapi-fetch';

import type { paths } from './schema.js';

/** The operations of the API: `souk.GET('/api/search', { params: { query: { q: 'mug' } } })`. */
export type Souk = Client<paths>;

export interface SoukOptions {
  /** Where the marketplace answers, such as `https://shop.example`. */
  baseUrl: string;
  /** Key of a marketplace, sent as `X-Api-Key`. */
  apiKey?: string;
  /** Admin key. It belongs on a server, never in a page. */
  adminKey?: string;
  /** Id of the shopper, chosen at random: 8 to 128 visible ASCII characters, sent as `X-Visitor-Id`. */
  visitorId?: string;
  /** Further attempts of a read after 429, 502, 503, 504 or a lost connection; 2 if not given. */
  retries?: number;
  /** Longest wait before such an attempt, in milliseconds; 5,000 if not given. */
  maxRetryDelayMs?: number;
  /** In the place of the global `fetch`. */
  fetch?: (request: Request) => Promise<Response>;
}

const RETRIED = new Set([429, 502, 503, 504]);
const SAFE = new Set(['GET', 'HEAD']);

/** Makes a client. Its methods never throw for what the API answers: see {@link data}. */
export function createSouk(options: SoukOptions): Souk {
  const client = createClient<paths>({
    baseUrl: options.baseUrl.replace(/\/+$/, ''),
    fetch: retrying(options),
  });
  client.use(credentials(options));
  return client;
}

function credentials({ apiKey, adminKey, visitorId }: SoukOptions): Middleware {
  return {
    onRequest({ request }) {
      if (apiKey !== undefined) request.headers.set('X-Api-Key', apiKey);
      if (adminKey !== undefined) request.headers.set('Authorization', `Bearer ${adminKey}`);
      if (visitorId !== undefined) request.headers.set('X-Visitor-Id', visitorId);
      return request;
    },
  };
}

/** Asks again what can be asked again, after the time that the answer names. */
function retrying(options: SoukOptions): (request: Request) => Promise<Response> {
  const ask = options.fetch ?? ((request: Request) => globalThis.fetch(request));
  const { retries = 2, maxRetryDelayMs = 5_000 } = options;
  return async (request) => {
    const attempts = SAFE.has(request.method) ? retries : 0;
    for (let attempt = 0; ; attempt += 1) {
      try {
        const response = await ask(request.clone());
        if (attempt >= attempts || !RETRIED.has(response.status)) return response;
        const delay = retryDelay(response, attempt);
        if (delay > maxRetryDelayMs) return response;
        await response.body?.cancel();
        await wait(delay, request.signal);
      } catch (error) {
        if (attempt >= attempts || request.signal.aborted) throw error;
        await wait(Math.min(backoff(attempt), maxRetryDelayMs), request.signal);
      }
    }
  };
}

/** Milliseconds until the next attempt: `Retry-After` in seconds, else twice as long each time. */
function retryDelay(response: Response, attempt: number): number {
  const seconds = Number(response.headers.get('Retry-After') ?? Number.NaN);
  return Number.isFinite(seconds) ? seconds * 1_000 : backoff(attempt);
}

function backoff(attempt: number): number {
  return 200 * 2 ** attempt;
}

function wait(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const given = () => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', given);
      resolve();
    }, milliseconds);
    signal.addEventListener('abort', given, { once: true });
  });
}
