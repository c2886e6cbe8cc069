// A whole search page over Souk with instantsearch.js. `?souk=` names the service, by default the one that serves the page.
import { liteClient } from 'algoliasearch/lite';
import instantsearch from 'instantsearch.js';
import {
  clearRefinements, configure, currentRefinements, hierarchicalMenu, hits, pagination, rangeSlider, ratingMenu,
  refinementList, searchBox, sortBy, stats, toggleRefinement,
} from 'instantsearch.js/es/widgets';
import insights from 'search-insights';

const souk = new URL(new URLSearchParams(location.search).get('souk') ?? location.origin);
const host = `${souk.host}/api/instantsearch`;
const protocol = souk.protocol.replace(':', '');

// The application id and the key are not used where the marketplace is known by its host; the clients only ask for some.
const client = liteClient('souk', 'public', { hosts: [{ url: host, accept: 'readWrite', protocol }] });
insights('init', { appId: 'souk', apiKey: 'public', host: `${souk.origin}/api/instantsearch`, useCookie: false });

const search = instantsearch({
  indexName: 'products',
  searchClient: client,
  routing: true,
  insights: { insightsClient: insights, insightsInitParams: { userToken: `visitor-${crypto.randomUUID()}` } },
});

search.addWidgets([
  configure({ hitsPerPage: 12 }),
  searchBox({ container: '#searchbox' }),
  sortBy({
    container: '#sort',
    items: [
      { label: 'Relevance', value: 'products' },
      { label: 'Cheapest first', value: 'products_price_asc' },
      { label: 'Dearest first', value: 'products_price_desc' },
      { label: 'Newest first', value: 'products_newest' },
    ],
  }),
  hierarchicalMenu({
    container: '#categories',
    attributes: ['categories.lvl0', 'categories.lvl1', 'categories.lvl2'],
  }),
  refinementList({ container: '#brands', attribute: 'brand', searchable: true }),
  rangeSlider({ container: '#price', attribute: 'price' }),
  ratingMenu({ container: '#rating', attribute: 'rating' }),
  toggleRefinement({ container: '#stock', attribute: 'in_stock', templates: { labelText: () => 'In stock' } }),
  stats({ container: '#stats' }),
  currentRefinements({ container: '#refined' }),
  clearRefinements({ container: document.querySelector('#refined').appendChild(document.createElement('div')) }),
  hits({
    container: '#hits',
    templates: {
      item: (hit, { html, components, sendEvent }) => html`
        <article data-id="${hit.objectID}">
          <a href="#${hit.slug}" onClick="${() => sendEvent('click', hit, 'Product Clicked')}">
            ${components.Highlight({ attribute: 'title', hit })}
          </a>
          <span class="price">${hit.price} ${hit.currency}</span>
        </article>`,
      empty: (results, { html }) => html`<p class="none">Nothing found for ${results.query}.</p>`,
    },
  }),
  pagination({ container: '#pagination' }),
]);
search.start();
