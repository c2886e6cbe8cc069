// A whole search page over Souk with react-instantsearch. `?souk=` names the service, by default the one that serves the page.
import { liteClient } from 'algoliasearch/lite';
import { createRoot } from 'react-dom/client';
import {
  ClearRefinements, Configure, CurrentRefinements, DynamicWidgets, HierarchicalMenu, Highlight, Hits, InstantSearch,
  Pagination, RangeInput, RefinementList, SearchBox, SortBy, Stats, ToggleRefinement, useInstantSearch,
} from 'react-instantsearch';
import insights from 'search-insights';

const souk = new URL(new URLSearchParams(location.search).get('souk') ?? location.origin);
const host = `${souk.host}/api/instantsearch`;
const protocol = souk.protocol.replace(':', '');

// The application id and the key are not used where the marketplace is known by its host; the clients only ask for some.
const client = liteClient('souk', 'public', { hosts: [{ url: host, accept: 'readWrite', protocol }] });
insights('init', { appId: 'souk', apiKey: 'public', host: `${souk.origin}/api/instantsearch`, useCookie: false });
const userToken = `visitor-${crypto.randomUUID()}`;

const orders = [
  { label: 'Relevance', value: 'products' },
  { label: 'Cheapest first', value: 'products_price_asc' },
  { label: 'Dearest first', value: 'products_price_desc' },
  { label: 'Newest first', value: 'products_newest' },
];

function Hit({ hit, sendEvent }) {
  return (
    <article data-id={hit.objectID}>
      <a href={`#${hit.slug}`} onClick={() => sendEvent('click', hit, 'Product Clicked')}>
        <Highlight attribute="title" hit={hit} />
      </a>{' '}
      <span className="price">{hit.price} {hit.currency}</span>
    </article>
  );
}

function Results() {
  const { results } = useInstantSearch();
  if (results.nbHits === 0) {
    return <p className="none">Nothing found for {results.query}.</p>;
  }
  return <Hits hitComponent={Hit} />;
}

function Page() {
  return (
    <InstantSearch
      indexName="products"
      searchClient={client}
      routing
      insights={{ insightsClient: insights, insightsInitParams: { userToken } }}
    >
      <Configure hitsPerPage={12} />
      <header id="searchbox"><SearchBox /></header>
      <main>
        <aside>
          <div id="sort"><SortBy items={orders} /></div>
          <DynamicWidgets maxValuesPerFacet={20}>
            <div id="categories">
              <HierarchicalMenu attributes={['categories.lvl0', 'categories.lvl1', 'categories.lvl2']} />
            </div>
            <div id="brands"><RefinementList attribute="brand" searchable /></div>
            <div id="price"><RangeInput attribute="price" precision={2} /></div>
          </DynamicWidgets>
          <div id="stock"><ToggleRefinement attribute="in_stock" label="In stock" /></div>
        </aside>
        <section>
          <div id="stats"><Stats /></div>
          <div id="refined"><CurrentRefinements /><ClearRefinements /></div>
          <div id="hits"><Results /></div>
          <div id="pagination"><Pagination /></div>
        </section>
      </main>
    </InstantSearch>
  );
}

createRoot(document.getElementById('root')).render(<Page />);
