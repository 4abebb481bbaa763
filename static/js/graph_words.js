// What connects two things, in words of the page's language; the words themselves come with the page.
const words = JSON.parse(document.getElementById("graph-words")?.textContent ?? "{}");
const plural = new Intl.PluralRules(document.documentElement.lang || "en");

export const say = (key, values = {}) => (words[key] ?? key).replace(/\{(\w+)\}/g, (_match, name) => values[name] ?? "");
export const count = (key, number) => say(plural.select(number) === "one" ? `${key}_one` : key, { number: number.toLocaleString() });

export const years = ({ first_year: first, last_year: last }) => (first == null ? "" : first === last ? `${first}` : `${first}–${last}`);

const together = (parts) => parts.filter(Boolean).join(", ");

export function ofEdge(edge) {
  if (edge.type === "coauthor") return together([count("shared", edge.works), years(edge)]);
  if (edge.type === "authorship" || edge.type === "cites" || edge.type === "related") return say(edge.type);
  return together([say(edge.type), edge.works > 1 ? count("works", edge.works) : "", years(edge)]);
}

export function ofNode(node, around) {
  if (node.type === "work") return together([node.year ? String(node.year) : "", node.cited_by_count ? count("citations", node.cited_by_count) : ""]);
  if (node.shared_works == null) return "";
  const people = node.type === "author" && around === "author";
  return together([count(people ? "shared" : "works", node.shared_works), years(node)]);
}
