// How nodes and lines look, in the colours of the page's theme, or of another one for paper.
const SHAPES = { author: "ellipse", work: "rectangle", topic: "diamond", institution: "hexagon" };
const NAMES = ["author", "work", "topic", "institution", "ink", "line", "raised", "accent"];

// Okabe and Ito's colours, without yellow and black; a number always stands in them.
const COMMUNITIES = ["#e69f00", "#56b4e9", "#009e73", "#0072b2", "#d55e00", "#cc79a7"];
const digit = (number) => `data:image/svg+xml,${encodeURIComponent(`<svg xmlns="http://www.w3.org/2000/svg" width="20" height="20" viewBox="0 0 20 20">
<text x="10" y="14.4" font-family="sans-serif" font-size="12.5" font-weight="700" text-anchor="middle" fill="${number === 4 ? "#fff" : "#000"}">${number}</text></svg>`)}`;
const DIGITS = COMMUNITIES.map((_colour, at) => digit(at + 1));
const atLeast = (least) => (node) => Math.max(least, size(node));

export const short = (label) => (label.length > 24 ? `${label.slice(0, 23).trimEnd()}…` : label);
const named = (node) => short(node.data("label"));
export const size = (node) => (node.data("ring") ? 12 + 16 * node.data("weight") : 36);

// Where the reader's system gives the colours; kinds are told by shape alone.
const FORCED = { author: "CanvasText", work: "CanvasText", topic: "CanvasText", institution: "CanvasText", ink: "CanvasText", line: "GrayText", raised: "Canvas", accent: "Highlight" };

// Custom properties hold light-dark(); a computed colour does not.
export function inks(scheme) {
  const probe = document.body.appendChild(document.createElement("span"));
  const forced = !scheme && matchMedia("(forced-colors: active)").matches;
  if (scheme) probe.style.colorScheme = scheme;
  probe.style.forcedColorAdjust = "none";
  const found = Object.fromEntries(NAMES.map((name) => {
    probe.style.color = forced ? FORCED[name] : `var(--${name})`;
    return [name, getComputedStyle(probe).color];
  }));
  found.font = getComputedStyle(document.body).fontFamily;
  probe.remove();
  return found;
}

export function style(ink = inks()) {
  const above = (node) => node.data("labelled") === "above", beside = (node) => ({ right: 1, left: -1 })[node.data("labelled")] ?? 0;
  return [
    { selector: "node", style: {
      shape: (node) => SHAPES[node.data("type")], width: size, height: size,
      "background-color": (node) => ink[node.data("type")], "background-opacity": (node) => (node.data("ring") > 1 ? 0.62 : 1),
      "border-width": 1.5, "border-color": ink.raised, color: ink.ink, "font-family": ink.font, "font-size": 13,
      "text-valign": (node) => (beside(node) ? "center" : above(node) ? "top" : "bottom"), "text-halign": (node) => ["left", "center", "right"][beside(node) + 1],
      "text-margin-y": (node) => (beside(node) ? 0 : above(node) ? -3 : 3), "text-margin-x": (node) => 3 * beside(node), "text-outline-width": 2, "text-outline-color": ink.raised } },
    { selector: "node[?labelled]", style: { label: named, "z-index": 1 } },
    { selector: "node.grouped[community]", style: {
      "background-color": (node) => COMMUNITIES[node.data("community") - 1], "background-opacity": 1, "background-fit": "contain",
      "background-image": (node) => DIGITS[node.data("community") - 1], "background-image-crossorigin": "null", width: atLeast(17), height: atLeast(17) } },
    { selector: "node[ring = 0]", style: { "z-index": 2, "border-width": 3, "border-color": ink.ink, "font-weight": 600 } },
    { selector: "node.pinned", style: { "border-color": ink.ink, "border-style": "double", "border-width": 4 } },
    { selector: "edge", style: { width: 1, "line-color": ink.line, "curve-style": "haystack" } },
    { selector: "edge[type = 'coauthor']", style: {
      "line-color": ink.author, "line-opacity": 0.38, width: (edge) => 1 + Math.min(3, Math.log1p(edge.data("weight"))) } },
    { selector: "edge[type = 'cites']", style: { "line-color": ink.work, "line-opacity": 0.38 } },
    { selector: "edge.near", style: { "line-color": ink.accent, "line-opacity": 1, "z-index": 2 } },
    { selector: "node.found", style: { "overlay-color": ink.accent, "overlay-opacity": 0.25, "overlay-padding": 5 } },
    { selector: "node.chosen", style: { "border-color": ink.accent, "border-width": 4, "z-index": 3, label: named } },
    { selector: "edge.chosen", style: { "line-color": ink.accent, "line-opacity": 1, width: 4, "z-index": 3 } },
    { selector: ".off", style: { display: "none" } },
  ];
}
