// A line explains itself: the works behind it with their years, as the API counts them, and who ties two works, or a
// work and an institution; without an answer, the works among what is shown.
import { nameOf } from "./graph_panel.js";
import { count, ofEdge } from "./graph_words.js";

const PAGE = 10;
const made = (tag, properties, ...children) => {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
};
const entry = ({ label, url, year }) => made("li", {}, nameOf({ type: "work", label, url }), year ? ` ${year}` : "");

// The works beside both ends of a line, among what is shown.
function shownBehind({ nodes, edges }, { source, target }) {
  const beside = (id) => new Set([...edges.values()].flatMap((edge) => (edge.source === id ? [edge.target] : edge.target === id ? [edge.source] : [])));
  const others = beside(target);
  return [...beside(source)].filter((id) => others.has(id) && nodes.get(id)?.data.type === "work").map((id) => nodes.get(id).data)
    .sort((one, other) => (other.year ?? 0) - (one.year ?? 0) || one.id.localeCompare(other.id));
}

function makeAsk(api, meta) {
  const kept = new Map();
  return (source, target, page) => {
    const query = new URLSearchParams({ source, target, page, per_page: PAGE });
    for (const name of ["from_year", "to_year", "topic"]) if (meta[name]) query.set(name, meta[name]);
    const address = `${api}?${query}`;
    if (!kept.has(address)) {
      kept.set(address, fetch(address).then((answer) => (answer.ok ? answer.json() : null)).catch(() => null));
      kept.get(address).then((answer) => { if (!answer) kept.delete(address); });
    }
    return kept.get(address);
  };
}

const person = ({ display_name: label, url }) => nameOf({ type: "author", label, url: new URL(url).pathname });
const people = ({ count: number, results }) => made("p", { className: "small" }, count("people", number), " ",
  ...results.flatMap((one, at) => (at ? [", ", person(one)] : [person(one)])), number > results.length ? ", …" : "");

// Fills `box` for a chosen node (its line to where it came from) or a chosen line.
export function makeExplain(graph, meta, merged) {
  const ask = makeAsk(graph.dataset.edge, meta);

  async function list(edge, works, page = 1) {
    const answer = await ask(edge.source, edge.target, page);
    if (!answer && page === 1) works.append(...shownBehind(merged(), edge).map(entry));
    if (!answer) return;
    if (page === 1 && answer.meta.people?.count) works.before(people(answer.meta.people));
    works.append(...answer.results.map((work) => entry({ label: work.title, url: new URL(work.url).pathname, year: work.publication_year })));
    if (answer.meta.count <= page * PAGE) return;
    const more = made("button", { type: "button", className: "plain", textContent: count("more_works", answer.meta.count - page * PAGE) });
    const row = works.appendChild(made("li", {}, more));
    more.addEventListener("click", async () => {
      await list(edge, works, page + 1);
      row.nextElementSibling?.querySelector("a").focus();
      row.remove();
    });
  }

  return (part, box) => {
    const near = part.isNode() ? part.data("from") ?? meta.root : null;
    if (part.id() === near) return;
    const joins = ({ source, target }) => (source === near && target === part.id()) || (target === near && source === part.id());
    const edge = part.isEdge() ? part.data() : [...merged().edges.values()].find(joins);
    if (!edge) return;
    if (part.isNode()) box.append(made("p", { className: "relation", textContent: ofEdge(edge) }));
    const works = made("ul", { className: "plain-list" });
    box.append(works);
    if (edge.type !== "authorship") list(edge, works);
  };
}
