// Names where they fit: under or over their nodes, beside them at the frame, touching neither a node nor another name, first what is sought, then the weightiest.
// Zooming in makes room: names keep their size on the screen while nodes come apart.
import { Ground } from "./graph_places.js";
import { short, size } from "./graph_style.js";

const LINE = 1.25, FONT = 13, SMALLEST = 12, SQUARE = 60, BLANK = 3, LANDMARKS = 12;

// The size of letters in the units of the graph: on the screen what it is when everything is in view, not under 12 px.
export const fontAt = (zoom, whole) => Math.max(SMALLEST, FONT * whole) / zoom;

// How wide a name stands at a size of one, as the browser's own letters make it.
const pen = document.createElement("canvas").getContext("2d"), widths = new Map();
function width(node) {
  const bold = node.data("ring") ? "" : "600 ", key = bold + node.data("label");
  if (!widths.has(key)) {
    pen.font = `${bold}100px ${getComputedStyle(document.body).fontFamily}`;
    widths.set(key, pen.measureText(short(node.data("label"))).width / 100);
  }
  return widths.get(key);
}

const at = (node) => node.scratch("goal") ?? node.position();
const rank = (node) => [node.data("ring") ? 1 : 0, node.hasClass("found") ? 0 : 1, node.scratch("label") ? 0 : 1, node.data("type") === "work" ? 1 : 0, -node.data("weight")];
const before = (one, other) => one.rank.map((value, place) => value - other.rank[place]).find(Boolean) ?? one.node.id().localeCompare(other.node.id());

// Where the name may stand: first where the picture had it.
function sides(node, font) {
  const { x, y } = at(node), half = width(node) * font / 2 + BLANK;
  const near = size(node) / 2 + 1, far = near + 2 * BLANK + font * LINE;
  const below = ["below", [x - half, y + near, x + half, y + far]], above = ["above", [x - half, y - far, x + half, y - near]];
  const beside = [y - font * LINE / 2, y + font * LINE / 2];
  const right = ["right", [x + near + BLANK, beside[0], x + near + 2 * half, beside[1]]], left = ["left", [x - near - 2 * half, beside[0], x - near - BLANK, beside[1]]];
  return [...(node.scratch("label") === "above" ? [above, below] : [below, above]), right, left];
}

function groundOf(shown, side) {
  const ground = new Ground(side);
  shown.forEach((node) => {
    const { x, y } = at(node), half = size(node) / 2;
    ground.add([x - half, y - half, x + half, y + half]);
  });
  return ground;
}

// Sets `labelled` of every node that is shown; `whole` is the zoom at which everything is in view. While the view is
// the picture's own, no name comes that the picture does not have. Where marks crowd, those that matter most are named
// over them.
export function setLabels(cy, whole, isPicture) {
  const font = fontAt(cy.zoom(), whole), shown = cy.nodes(":visible"), square = Math.max(SQUARE, font * 4);
  const marks = groundOf(shown, square), names = new Ground(square), { x1, x2 } = cy.extent();
  const isWhole = ([, [left, , right]]) => !isPicture || (left >= x1 && right <= x2); // not cut by the frame
  cy.batch(() => {
    shown.map((one) => ({ node: one, rank: rank(one) })).sort(before).forEach(({ node }, place) => {
      const isClear = ([, box]) => names.isFree(box) && marks.isFree(box), fits = ([, box]) => place < LANDMARKS && names.isFree(box);
      const possible = isPicture && !node.scratch("label") ? [] : sides(node, font).filter(isWhole);
      const [side, box] = possible.find(isClear) ?? possible.find(fits) ?? (node.data("ring") === 0 ? sides(node, font)[0] : ["", null]);
      if (box) names.add(box);
      if (node.data("labelled") !== side) node.data("labelled", side);
    });
    shown.filter("[?labelled], .chosen").style("font-size", font);
  });
}
