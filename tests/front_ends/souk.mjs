// The running marketplace that the tests ask.

export const souk = new URL(process.env.SOUK_URL ?? 'http://127.0.0.1:3000');
export const host = `${souk.host}/api/instantsearch`;
export const hosts = [{ url: host, accept: 'readWrite', protocol: 'http' }];
export const key = process.env.SOUK_ADMIN_KEY;

/** Figures of a query in Souk's own report, once they satisfy a condition. They are added up every few seconds. */
export async function figures(query, satisfy) {
  const limit = Date.now() + 20_000;
  for (;;) {
    const answer = await fetch(new URL('/api/admin/search/analytics/queries', souk), {
      headers: { Authorization: `Bearer ${key}` },
    });
    const report = await answer.json();
    const row = report.queries?.find((row) => row.query === query);
    if (row && satisfy(row.figures)) return row.figures;
    if (Date.now() > limit) throw new Error(`no such figures of ${query}: ${JSON.stringify(report)}`);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}
