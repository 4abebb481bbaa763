// Names where they fit: under or over their nodes, touching neither a node nor another name, first what is sought, then the weightiest.
// Zooming in makes room: names keep their size on the screen while nodes come apart.
import { size } from "./graph_style.js";

const LETTER = 0.53, LINE = 1.25, FONT = 13, SMALLEST = 12, LONGEST = 24;

const touch = (one, other) => one[0] < other[2] && other[0] < one[2] && one[1] < other[3] && other[1] < one[3];

// The size of letters in the units of the graph: on the screen what it is when everything is in view, not under 12 px.
const fontAt = (zoom, whole) => Math.min(FONT, Math.max(SMALLEST, FONT * whole) / zoom);

const rank = (node) => [node.data("ring") ? 1 : 0, node.hasClass("found") ? 0 : 1, node.data("type") === "work" ? 1 : 0, -node.data("weight")];
const before = (one, other) => rank(one).map((value, place) => value - rank(other)[place]).find(Boolean) ?? one.id().localeCompare(other.id());

// Sets `labelled` of every node that is shown; `whole` is the zoom at which everything is in view.
export function setLabels(cy, whole) {
  const font = fontAt(cy.zoom(), whole), shown = cy.nodes(":visible");
  const at = (node) => node.scratch("goal") ?? node.position();
  const boxes = shown.map((node) => {
    const { x, y } = at(node), half = size(node) / 2;
    return [x - half, y - half, x + half, y + half];
  });
  cy.batch(() => {
    for (const node of shown.toArray().sort(before)) {
      const { x, y } = at(node), radius = size(node) / 2 + 2;
      const half = Math.min(LONGEST, node.data("label").length) * font * LETTER / 2;
      const sides = { below: [x - half, y + radius, x + half, y + radius + font * LINE], above: [x - half, y - radius - font * LINE, x + half, y - radius] };
      const side = Object.keys(sides).find((name) => node.data("ring") === 0 || !boxes.some((box) => touch(sides[name], box)));
      if (side) boxes.push(sides[side]);
      if (node.data("labelled") !== (side ?? "")) node.data("labelled", side ?? "");
    }
    shown.style("font-size", font);
  });
}
