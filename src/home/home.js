"use strict";
const byId = (id) => document.getElementById(id);
const [form, input, sort, list] = ["form", "q", "sort", "suggestions"].map(byId);
const entities = { "&amp;": "&", "&lt;": "<", "&gt;": ">", "&quot;": '"', "&#39;": "'", "&#x27;": "'" };

function element(tag, properties, ...children) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
}

// Text with <mark> around what matched: made of nodes, so that nothing else can become markup.
function marked(html) {
  const plain = (text) => text.replace(/&(amp|lt|gt|quot|#39|#x27);/g, (entity) => entities[entity]);
  return html.split(/<mark>(.*?)<\/mark>/s).map((part, index) =>
    index % 2 ? element("mark", { textContent: plain(part) }) : plain(part));
}

// The page's address holds the search, so that it can be shared and gone back to.
const state = () => new URLSearchParams(location.search);

function go(parameters) {
  parameters.delete("cursor");
  for (const [name, value] of [...parameters]) if (!value) parameters.delete(name, value);
  history.pushState(null, "", parameters.size ? `?${parameters}` : "/");
  search();
}

async function ask(address, signal) {
  const response = await fetch(address, { signal });
  const answer = await response.json();
  if (!response.ok) throw new Error(answer.message);
  return answer;
}

let pending = new AbortController();
async function search(cursor) {
  pending.abort();
  pending = new AbortController();
  const parameters = state();
  input.value = parameters.get("q") ?? "";
  sort.value = parameters.get("sort") ?? "relevance";
  if (cursor) parameters.set("cursor", cursor);
  try {
    const found = await ask(`/api/search?${parameters}`, pending.signal);
    if (!cursor) byId("hits").replaceChildren();
    byId("hits").append(...found.hits.map(hit));
    const loosely = found.matched === "all_terms" ? "" : found.matched === "fuzzy" ? ", allowing for typing mistakes" : ", with some of the words";
    byId("summary").textContent = `${found.total.toLocaleString()} products${loosely} in ${found.took_ms} ms (${found.engine}${found.degraded ? ", degraded" : ""})`;
    showFacets(found.facets);
    byId("more").hidden = !found.next_cursor;
    byId("more").onclick = () => search(found.next_cursor);
  } catch (error) {
    if (error.name !== "AbortError") byId("summary").textContent = error.message;
  }
}

function hit(product) {
  const title = product.highlights.title ? marked(product.highlights.title) : [product.title];
  const facts = [product.brand, product.fandom?.name, product.category?.name, product.rating && `★ ${product.rating} (${product.rating_count})`,
    product.in_stock ? null : "sold out"].filter(Boolean).join(" · ");
  return element("li", {},
    element("h2", {}, element("a", { href: `/api/products/${product.slug}` }, ...title)),
    element("p", {}, element("span", { className: "price", textContent: (product.price_max ? "from " : "") + product.price.formatted }), " ", element("small", { textContent: facts })),
    ...(product.highlights.description ? [element("p", {}, element("small", {}, ...marked(product.highlights.description)))] : []));
}

function showFacets(facets) {
  const plain = ["category", "fandom", "brand", "seller"].filter((name) => facets[name]?.values.length).map((name) => [facets[name], name, (value) => value]);
  const attributes = facets.attributes.map((facet) => [facet, "attr", (value) => `${facet.name}:${value}`]);
  byId("facets").replaceChildren(...[...plain, ...attributes].map(([facet, parameter, encode]) => {
    const parents = new Map(facet.values.map((value) => [value.value, value.parent]));
    const depth = (value) => { let deep = 0; while ((value = parents.get(value))) deep++; return Math.min(deep, 2); };
    const choices = facet.values.map((value) => {
      const box = element("input", { type: "checkbox", checked: value.selected });
      box.onchange = () => {
        const parameters = state();
        if (box.checked) parameters.append(parameter, encode(value.value));
        else parameters.delete(parameter, encode(value.value));
        go(parameters);
      };
      return element("label", { className: `deep${depth(value.value)}` }, box, element("span", { textContent: value.label }), element("small", { textContent: value.count.toLocaleString() }));
    });
    return element("fieldset", {}, element("legend", { textContent: facet.name }), element("div", {}, ...choices));
  }));
}

let typing = new AbortController();
let chosen = -1;
function hide() { list.hidden = true; chosen = -1; input.setAttribute("aria-expanded", "false"); input.removeAttribute("aria-activedescendant"); }

async function suggest() {
  typing.abort();
  typing = new AbortController();
  if (!input.value.trim()) return hide();
  try {
    const { suggestions } = await ask(`/api/search/suggestions?${new URLSearchParams({ q: input.value })}`, typing.signal);
    if (!suggestions.length || document.activeElement !== input) return hide();
    list.replaceChildren(...suggestions.map((suggestion, index) => {
      const option = element("li", { id: `suggestion${index}`, role: "option" }, element("span", {}, ...marked(suggestion.highlighted)), element("small", { textContent: suggestion.kind }));
      option.onmousedown = (event) => { event.preventDefault(); follow(suggestion); };
      option.follow = () => follow(suggestion);
      return option;
    }));
    chosen = -1;
    list.hidden = false;
    input.setAttribute("aria-expanded", "true");
  } catch (error) {
    if (error.name !== "AbortError") hide();
  }
}

function follow({ kind, text, value }) {
  hide();
  if (kind === "product") location.href = `/api/products/${value}`;
  else go(new URLSearchParams(kind === "query" ? { q: text } : { [kind]: value }));
}

input.oninput = suggest;
input.onblur = hide;
input.onkeydown = (event) => {
  if (event.key === "Escape") return hide();
  if (list.hidden || !["ArrowDown", "ArrowUp", "Enter"].includes(event.key)) return;
  const options = [...list.children];
  if (event.key === "Enter") {
    if (chosen < 0) return;
    event.preventDefault();
    return options[chosen].follow();
  }
  event.preventDefault();
  chosen = (chosen + (event.key === "ArrowDown" ? 1 : -1) + options.length) % options.length;
  options.forEach((option, index) => option.setAttribute("aria-selected", index === chosen));
  input.setAttribute("aria-activedescendant", options[chosen].id);
};
form.onsubmit = (event) => {
  event.preventDefault();
  hide();
  const parameters = state();
  parameters.set("q", input.value.trim());
  go(parameters);
};
sort.onchange = () => { const parameters = state(); parameters.set("sort", sort.value === "relevance" ? "" : sort.value); go(parameters); };
window.onpopstate = () => search();
search();
