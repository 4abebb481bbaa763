// A line explains itself: the works behind it that are shown, with their years.
import { nameOf } from "./graph_panel.js";
import { ofEdge, say } from "./graph_words.js";

const paragraph = (text) => Object.assign(document.createElement("p"), { className: "relation", textContent: text });

// The works that both ends of a line share, among what is shown; a work at an end stands for itself.
function worksBehind({ nodes, edges }, { source, target }) {
  const beside = (id) => new Set([...edges.values()].flatMap((edge) => (edge.source === id ? [edge.target] : edge.target === id ? [edge.source] : [])));
  const others = beside(target);
  return [...beside(source)].filter((id) => others.has(id) && nodes.get(id)?.data.type === "work").map((id) => nodes.get(id).data)
    .sort((one, other) => (other.year ?? 0) - (one.year ?? 0) || one.id.localeCompare(other.id));
}

function listOf(works) {
  const list = Object.assign(document.createElement("ul"), { className: "plain-list" });
  for (const work of works) {
    const entry = document.createElement("li");
    entry.append(nameOf({ ...work, type: "work" }), work.year ? ` ${work.year}` : "");
    list.append(entry);
  }
  return list;
}

// Fills `box` for a chosen node (its line to where it came from) or a chosen line.
export function makeExplain(merged, root) {
  return (part, box) => {
    const { edges } = merged();
    const near = part.isNode() ? part.data("from") ?? root : null;
    const edge = part.isEdge() ? part.data() : [...edges.values()].find(({ source, target }) =>
      [source, target].includes(part.id()) && [source, target].includes(near) && source !== target);
    if (!edge || part.id() === near) return;
    const works = worksBehind(merged(), edge);
    if (part.isNode()) box.append(paragraph(ofEdge(edge)));
    if (works.length) box.append(listOf(works));
    if (edge.type === "coauthor" && works.length < edge.works) box.append(paragraph(say(works.length ? "more_works" : "no_works_shown", { number: edge.works - works.length })));
  };
}
