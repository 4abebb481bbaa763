// Draws a graph with its positions by cytoscape, exactly over the picture, and keeps it in line with what is merged.
import { makeGrowth } from "./graph_growth.js";
import { style } from "./graph_style.js";
import { makeViewport, MANY } from "./graph_viewport.js";

const VERY_MANY = 600; // nodes; from there on a drawing takes longer than a hand that points waits

// Where a node stands on the screen, or the middle of a line.
export function middle(part) {
  if (part.isNode()) return part.renderedPosition();
  const [one, other] = [part.source().renderedPosition(), part.target().renderedPosition()];
  return { x: (one.x + other.x) / 2, y: (one.y + other.y) / 2 };
}

function follow(cy) {
  const restyle = () => cy.style(style());
  document.addEventListener("themechange", restyle);
  for (const query of ["(prefers-color-scheme: dark)", "(forced-colors: active)"]) matchMedia(query).addEventListener("change", restyle);
  return restyle;
}

export async function draw(stage, library) {
  const { default: cytoscape } = await import(library);
  const box = document.createElement("div");
  box.className = "graph-canvas";
  stage.prepend(box);
  const cy = cytoscape({ container: box, style: style(), layout: { name: "preset", fit: false }, minZoom: 0.05, maxZoom: 5,
    boxSelectionEnabled: false, selectionType: "single" });
  const viewport = makeViewport(cy, stage);
  const growth = makeGrowth(cy, stage, viewport.root);

  const sync = (merged, { pins, groups }) => cy.batch(() => {
    const { nodes, edges } = merged;
    cy.remove(cy.nodes().filter((node) => nodes.get(node.id())?.from !== node.data("from")));
    cy.remove(cy.edges().filter((edge) => !edges.has(edge.id())));
    growth.add(merged);
    cy.nodes().toggleClass("grouped", groups).forEach((node) => {
      growth.pin(node, pins[node.id()]);
      const { community } = nodes.get(node.id()).data;
      if (node.data("community") !== community) node.data("community", community);
    });
    cy.renderer().textureOnViewport = nodes.size > MANY;
  });

  function choose(part) {
    cy.elements(".chosen, .near").removeClass("chosen near");
    if (!part?.length) return;
    const { x, y } = middle(part);
    if (x < 0 || y < 0 || x > cy.width() || y > cy.height()) cy.center(part);
    part.addClass("chosen");
    if (part.isNode()) part.style("font-size", viewport.letters()).connectedEdges().addClass("near");
  }

  // What is pointed at stands out with its lines; among very many a ring does, which needs no new drawing.
  const ring = Object.assign(document.createElement("div"), { className: "graph-ring", hidden: true });
  stage.append(ring);
  function point(part, chosen) {
    ring.hidden = true;
    if (cy.nodes().length < VERY_MANY || part === chosen) return choose(part ?? chosen);
    if (!part?.length) return;
    const { x, y } = middle(part);
    if (x < 0 || y < 0 || x > cy.width() || y > cy.height()) cy.center(part);
    Object.assign(ring.style, { left: `${middle(part).x}px`, top: `${middle(part).y}px` });
    ring.hidden = false;
  }
  cy.on("pan zoom", () => { ring.hidden = true; });

  return {
    ...viewport, cy, sync, choose, point, restyle: follow(cy),
    node: (id) => (id ? cy.getElementById(id) : null),
    leaveOut: (out) => cy.batch(() => cy.elements().forEach((part) => { if (part.hasClass("off") !== out.has(part.id())) part.toggleClass("off"); })),
  };
}
