// What part of the graph is in view, and the names that fit then.
import { fontAt, setLabels } from "./graph_labels.js";

const WIDTH = 1000, HEIGHT = 700, READABLE = 0.72, FEW = 20, MARGIN = 36, BESIDE = 80, REST = 160;
export const MANY = 250; // nodes; from there on what is panned or zoomed is a picture until it rests, to stay fluid

export function makeViewport(cy, stage) {
  const root = () => cy.nodes("[ring = 0]");
  let whole = 1, waiting = 0; // `whole`: the zoom at which everything is in view

  // The same view as the picture has, wider where more was added; on a small screen readable.
  function fit() {
    const goals = cy.nodes("[?from]:visible, .pinned:visible").map((node) => node.scratch("goal"));
    const [xs, ys] = [goals.map(({ x }) => x), goals.map(({ y }) => y)];
    const [x1, y1] = [Math.min(0, ...xs.map((x) => x - BESIDE)), Math.min(0, ...ys.map((y) => y - MARGIN))];
    const [x2, y2] = [Math.max(WIDTH, ...xs.map((x) => x + BESIDE)), Math.max(HEIGHT, ...ys.map((y) => y + MARGIN))];
    const zoom = Math.min(cy.width() / (x2 - x1), cy.height() / (y2 - y1));
    whole = zoom;
    cy.viewport({ zoom, pan: { x: (cy.width() - (x1 + x2) * zoom) / 2, y: (cy.height() - (y1 + y2) * zoom) / 2 } });
    const count = cy.nodes().length;
    if (zoom < READABLE && cy.width() < 640 && count > FEW && count <= MANY) cy.zoom(READABLE).center(root());
  }
  const zoomBy = (factor) => cy.zoom({ level: cy.zoom() * factor, renderedPosition: { x: cy.width() / 2, y: cy.height() / 2 } });

  const isPicture = () => Math.abs(cy.zoom() / whole - 1) < 0.01 && cy.nodes("[?from], .pinned, .off, .found").empty();
  const labels = () => setLabels(cy, whole, isPicture());
  const relabel = () => { // Names of many wait until the view rests.
    clearTimeout(waiting);
    waiting = setTimeout(labels, cy.nodes().length > MANY ? REST : 0);
  };
  cy.on("zoom", relabel);

  // The wheel belongs to the page; with Ctrl, as pinching sends it, to the graph.
  stage.addEventListener("wheel", (event) => { if (!event.ctrlKey) event.stopPropagation(); }, { capture: true });
  const resize = () => new ResizeObserver(() => { cy.resize(); fit(); }).observe(stage);
  return { root, fit, relabel, resize, letters: () => fontAt(cy.zoom(), whole), in: () => zoomBy(1.3), out: () => zoomBy(1 / 1.3) };
}
