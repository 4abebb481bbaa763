// What connects two things, in words of the page's language; the words themselves come with the page.
const words = JSON.parse(document.getElementById("graph-words")?.textContent ?? "{}");
const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_match, name) => values[name] ?? "");

export const say = (key, values = {}) => fill(words[key] ?? key, values);

// The form of a text that fits a number, as graph/words.py tells it: the server's catalogue knows the language's rule.
export function count(key, number) {
  const { forms, fits } = words[key], at = number < 200 ? number : 100 + (number % 100);
  return fill(forms[fits[Math.min(at, fits.length - 1)]], { number: number.toLocaleString(document.documentElement.lang || "en") });
}

export const years = ({ first_year: first, last_year: last }) => (first == null ? "" : first === last ? `${first}` : `${first}–${last}`);

const together = (parts) => parts.filter(Boolean).join(", ");

export function ofEdge(edge) {
  if (edge.type === "coauthor") return together([count("shared", edge.works), years(edge)]);
  if (edge.type === "related" && !edge.source.startsWith("W")) return together([count("in_common", edge.works), years(edge)]);
  if (edge.type === "authorship" || edge.type === "cites" || edge.type === "related") return say(edge.type);
  return together([say(edge.type), edge.works > 1 ? count("works", edge.works) : "", years(edge)]);
}

export function ofNode(node, around) {
  if (node.type === "work") return together([node.year ? String(node.year) : "", node.cited_by_count ? count("citations", node.cited_by_count) : ""]);
  if (node.shared_works == null) return "";
  const people = node.type === "author" && around === "author";
  return together([count(people ? "shared" : "works", node.shared_works), years(node)]);
}
