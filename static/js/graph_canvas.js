// Draws a graph with its positions by cytoscape, exactly over the picture, and keeps it in line with what is merged.
import { setLabels } from "./graph_labels.js";
import { places } from "./graph_merge.js";
import { style } from "./graph_style.js";

const WIDTH = 1000, HEIGHT = 700, READABLE = 0.72, QUICK = 180;
const MANY = 250; // nodes; from there on what is panned or zoomed is a picture until it rests, to stay fluid

// Where a node stands on the screen, or the middle of a line.
export function middle(part) {
  if (part.isNode()) return part.renderedPosition();
  const [one, other] = [part.source().renderedPosition(), part.target().renderedPosition()];
  return { x: (one.x + other.x) / 2, y: (one.y + other.y) / 2 };
}

const still = matchMedia("(prefers-reduced-motion: reduce)");

export async function draw(stage, library, count) {
  const { default: cytoscape } = await import(library);
  const box = document.createElement("div");
  box.className = "graph-canvas";
  stage.prepend(box);
  const cy = cytoscape({ container: box, style: style(), layout: { name: "preset", fit: false }, minZoom: 0.2, maxZoom: 5,
    boxSelectionEnabled: false, selectionType: "single", textureOnViewport: count > MANY });
  const root = () => cy.nodes("[ring = 0]");
  let whole = 1; // the zoom at which everything is in view
  const fit = () => { // The same view as the picture has, wider where more was added; on a small screen readable.
    const goals = cy.nodes(":visible").map((node) => node.scratch("goal")), margin = 36;
    const [xs, ys] = [goals.map(({ x }) => x), goals.map(({ y }) => y)];
    const [x1, y1] = [Math.min(0, ...xs.map((x) => x - margin)), Math.min(0, ...ys.map((y) => y - margin))];
    const [x2, y2] = [Math.max(WIDTH, ...xs.map((x) => x + margin)), Math.max(HEIGHT, ...ys.map((y) => y + margin))];
    const zoom = Math.min(cy.width() / (x2 - x1), cy.height() / (y2 - y1));
    whole = zoom;
    cy.viewport({ zoom, pan: { x: (cy.width() - (x1 + x2) * zoom) / 2, y: (cy.height() - (y1 + y2) * zoom) / 2 } });
    if (zoom < READABLE && cy.width() < 640) cy.zoom(READABLE).center(root());
  };
  const zoomBy = (factor) => cy.zoom({ level: cy.zoom() * factor, renderedPosition: { x: cy.width() / 2, y: cy.height() / 2 } });
  const move = (node, position) => {
    node.scratch("goal", position);
    if (still.matches || document.hidden || !stage.hasAttribute("data-drawn")) node.stop().position(position);
    else node.stop().animate({ position }, { duration: QUICK, easing: "ease-out" });
  };

  // What an expansion brings starts at its node and finds free places around it; what stands stays.
  function bring(nodes, from) {
    const parent = from && cy.getElementById(from);
    const free = parent ? places(nodes.length, home(parent), home(root()), cy.nodes().map(home)) : [];
    nodes.forEach((node, index) => {
      const at = node.position ?? free[index] ?? home(parent);
      const added = cy.add({ group: "nodes", data: { ...node.data, from }, position: { ...(parent ? parent.position() : at) } });
      added.scratch({ home: at, goal: at, label: node.data.labelled });
      if (parent) move(added, at);
    });
  }
  const home = (node) => node.scratch("home");

  // The picture's own names while nothing differs from it, else those that fit now.
  function labels() {
    const same = Math.abs(cy.zoom() / whole - 1) < 0.01 && cy.nodes("[from], .pinned, .off, .found").empty();
    if (!same) setLabels(cy, whole);
    else cy.nodes().removeStyle("font-size").forEach((node) => { if (node.data("labelled") !== node.scratch("label")) node.data("labelled", node.scratch("label")); });
  }
  let waiting = 0;
  const relabel = () => {
    cancelAnimationFrame(waiting);
    waiting = requestAnimationFrame(labels);
  };
  cy.on("zoom", relabel);

  function sync({ nodes, edges }, { pins, groups }) {
    cy.remove(cy.nodes().filter((node) => nodes.get(node.id())?.from !== node.data("from")));
    cy.remove(cy.edges().filter((edge) => !edges.has(edge.id())));
    const missing = Map.groupBy([...nodes.values()].filter(({ data }) => cy.getElementById(data.id).empty()), ({ from }) => from);
    for (const [from, brought] of missing) bring(brought, from);
    cy.add([...edges.values()].filter(({ id }) => cy.getElementById(id).empty()).map((data) => ({ group: "edges", data: { ...data } })));
    cy.nodes().toggleClass("grouped", groups).forEach((node) => {
      const at = pins[node.id()] ?? home(node), now = node.position();
      const pinned = Boolean(pins[node.id()]);
      if (node.hasClass("pinned") !== pinned || (pinned && Math.hypot(at.x - now.x, at.y - now.y) > 1)) move(node.toggleClass("pinned", pinned), at);
    });
  }

  // The wheel belongs to the page; with Ctrl, as pinching sends it, to the graph.
  stage.addEventListener("wheel", (event) => { if (!event.ctrlKey) event.stopPropagation(); }, { capture: true });
  const restyle = () => cy.style(style());
  document.addEventListener("themechange", restyle);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", restyle);
  const resize = () => new ResizeObserver(() => { cy.resize(); fit(); }).observe(stage);

  return {
    cy, root, fit, sync, resize, restyle,
    in: () => zoomBy(1.3),
    out: () => zoomBy(1 / 1.3),
    node: (id) => (id ? cy.getElementById(id) : null),
    leaveOut: (out) => cy.batch(() => cy.elements().forEach((part) => { part.toggleClass("off", out.has(part.id())); })),
    relabel,
    choose(part) {
      cy.elements(".chosen, .near").removeClass("chosen near");
      if (!part?.length) return;
      const { x, y } = middle(part);
      if (x < 0 || y < 0 || x > cy.width() || y > cy.height()) cy.center(part);
      part.addClass("chosen");
      if (part.isNode()) part.connectedEdges().addClass("near");
    },
  };
}
