// @ts-check
// Makes search keys on your own server, out of an API key with the permission `search_keys.make`.
//
//     SOUK_API_KEY=souk_sk_... node search-key.mjs '{"filters": {"seller": "acme"}}'
//
// TypeScript imports it as it is, and takes the types from the comments (`allowJs`).

import { createHash, createHmac } from 'node:crypto';

/**
 * @param {string} apiKey
 * @param {object} restrictions
 * @returns {string}
 */
export function searchKey(apiKey, restrictions) {
  const payload = Buffer.from(JSON.stringify(restrictions)).toString('base64url');
  const signed = 'souk_search_' + apiKey.slice(8, 19) + payload;
  const secret = createHash('sha256').update(apiKey).digest();
  return signed + '.' + createHmac('sha256', secret).update(signed).digest('base64url');
}

if (process.argv[2]) {
  console.log(searchKey(process.env.SOUK_API_KEY ?? '', JSON.parse(process.argv[2])));
}
