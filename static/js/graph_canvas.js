// Draws elements with their positions by cytoscape, in the colours of the page's theme, exactly over the picture.
const WIDTH = 1000, HEIGHT = 700, READABLE = 0.72, CLOSE = 1.5;
const SHAPES = { author: "ellipse", work: "rectangle", topic: "diamond", institution: "hexagon" };
const short = (label) => (label.length > 24 ? `${label.slice(0, 23).trimEnd()}…` : label);
const size = (node) => (node.data("ring") ? 12 + 16 * node.data("weight") : 36);

// Custom properties hold light-dark(); a computed colour does not.
function inks() {
  const probe = document.body.appendChild(document.createElement("span"));
  const names = ["author", "work", "topic", "institution", "ink", "line", "raised", "accent"];
  const found = Object.fromEntries(names.map((name) => {
    probe.style.color = `var(--${name})`;
    return [name, getComputedStyle(probe).color];
  }));
  found.font = getComputedStyle(document.body).fontFamily;
  probe.remove();
  return found;
}

function style() {
  const ink = inks();
  return [
    { selector: "node", style: {
      shape: (node) => SHAPES[node.data("type")], width: size, height: size,
      "background-color": (node) => ink[node.data("type")], "background-opacity": (node) => (node.data("ring") > 1 ? 0.62 : 1),
      "border-width": 1.5, "border-color": ink.raised, color: ink.ink, "font-family": ink.font, "font-size": 13,
      "text-valign": (node) => (node.data("labelled") === "above" ? "top" : "bottom"),
      "text-margin-y": (node) => (node.data("labelled") === "above" ? -3 : 3), "text-outline-width": 2, "text-outline-color": ink.raised } },
    { selector: "node[?labelled], node.named", style: { label: (node) => short(node.data("label")) } },
    { selector: "node[ring = 0]", style: { "border-width": 3, "border-color": ink.ink, "font-weight": 600 } },
    { selector: "edge", style: { width: 1, "line-color": ink.line, "curve-style": "haystack" } },
    { selector: "edge[type = 'coauthor']", style: {
      "line-color": ink.author, "line-opacity": 0.38, width: (edge) => 1 + Math.min(3, Math.log1p(edge.data("weight"))) } },
    { selector: "edge[type = 'cites']", style: { "line-color": ink.work, "line-opacity": 0.38 } },
    { selector: "edge.near", style: { "line-color": ink.accent, "line-opacity": 1, "z-index": 2 } },
    { selector: "node.chosen", style: { "border-color": ink.accent, "border-width": 4, "z-index": 3, label: (node) => short(node.data("label")) } },
    { selector: ".off", style: { display: "none" } },
  ];
}

export async function draw(stage, elements, library) {
  const { default: cytoscape } = await import(library);
  const box = stage.appendChild(Object.assign(document.createElement("div"), { className: "graph-canvas" }));
  const cy = cytoscape({ container: box, elements, style: style(), layout: { name: "preset", fit: false }, minZoom: 0.2, maxZoom: 5,
    autoungrabify: true, boxSelectionEnabled: false, selectionType: "single" });
  const root = cy.nodes("[ring = 0]");
  const fit = () => { // The same view as the picture has; on a small screen readable, around the root.
    const zoom = Math.min(cy.width() / WIDTH, cy.height() / HEIGHT);
    cy.viewport({ zoom, pan: { x: (cy.width() - WIDTH * zoom) / 2, y: (cy.height() - HEIGHT * zoom) / 2 } });
    if (zoom < READABLE) cy.zoom(READABLE).center(root);
  };
  const zoomBy = (factor) => cy.zoom({ level: cy.zoom() * factor, renderedPosition: { x: cy.width() / 2, y: cy.height() / 2 } });
  const restyle = () => cy.style(style());
  // The wheel belongs to the page; with Ctrl, as pinching sends it, to the graph.
  stage.addEventListener("wheel", (event) => { if (!event.ctrlKey) event.stopPropagation(); }, { capture: true });
  new ResizeObserver(() => { cy.resize(); fit(); }).observe(stage);
  document.addEventListener("themechange", restyle);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", restyle);
  cy.on("zoom", () => cy.nodes().toggleClass("named", cy.zoom() > CLOSE));
  fit();
  stage.toggleAttribute("data-drawn", true);

  return {
    cy, root, fit,
    in: () => zoomBy(1.3),
    out: () => zoomBy(1 / 1.3),
    node: (id) => (id ? cy.getElementById(id) : null),
    filter: (off) => cy.nodes().forEach((node) => { node.toggleClass("off", node.data("ring") > 0 && off.has(node.data("type"))); }),
    choose(node) {
      cy.elements(".chosen, .near").removeClass("chosen near");
      if (!node?.length) return;
      const { x, y } = node.renderedPosition();
      if (x < 0 || y < 0 || x > cy.width() || y > cy.height()) cy.center(node);
      node.addClass("chosen").connectedEdges().addClass("near");
    },
    onPoint(told) {
      cy.on("mouseover", "node", ({ target }) => { stage.toggleAttribute("data-pointing", true); told(target); });
      const leave = () => { stage.toggleAttribute("data-pointing", false); told(null); };
      cy.on("mouseout", "node", leave);
      stage.addEventListener("pointerleave", leave);
      cy.on("tap", ({ target }) => { if (target === cy) cy.nodes(".opened").removeClass("opened"), told(null); });
      cy.on("pan", () => told(null));
    },
    onOpen: (told) => cy.on("tap", "node", ({ target, originalEvent }) => told(target, originalEvent)),
  };
}
