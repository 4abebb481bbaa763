// Walks the graph by keyboard: arrows go to the next node in that direction, to a neighbour if there is one.
const WAYS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const STEP = 30, STRANGER = 1.8;

// The nearest visible node that lies more ahead than aside; one without a line to `from` counts as farther off.
function next(cy, from, [dx, dy]) {
  let best = null, least = Infinity;
  const start = from.position(), friends = from.neighborhood("node");
  cy.nodes(":visible").difference(from).forEach((node) => {
    const x = node.position("x") - start.x, y = node.position("y") - start.y;
    const ahead = x * dx + y * dy, aside = Math.abs(x * dy - y * dx);
    const cost = (ahead + 2 * aside) * (friends.has(node) ? 1 : STRANGER);
    if (ahead > 0 && aside <= ahead * 1.5 && cost < least) [best, least] = [node, cost];
  });
  return best;
}

// `acts` is what can be done: point at and choose a node, open its page, expand, hide, drop it somewhere, undo, redo.
export function walk(view, stage, acts) {
  let current = view.root();
  const node = () => (current.inside() && current.visible() ? current : view.root());
  const hide = () => { // The walk goes on where the hidden one came from.
    const gone = node(), from = gone.data("from");
    current = from ? view.node(from) : view.root();
    acts.hide(gone.id());
    acts.point(current);
  };
  const keys = {
    Enter: () => acts.open(node()), " ": () => acts.choose(node(), true), Escape: () => acts.choose(null),
    e: () => acts.expand(node().id()), h: hide, p: () => acts.pin(node().id()),
    u: acts.undo, r: acts.redo, "+": view.in, "=": view.in, "-": view.out, 0: view.fit,
  };
  stage.tabIndex = 0;
  stage.setAttribute("role", "application");
  stage.setAttribute("aria-label", stage.querySelector("figcaption").textContent);
  stage.addEventListener("focus", () => { if (stage.matches(":focus-visible")) acts.point(current = node()); });
  stage.addEventListener("blur", () => acts.point(null));
  stage.addEventListener("keydown", (event) => {
    if (event.target !== stage || event.ctrlKey || event.metaKey || event.altKey) return;
    const way = WAYS[event.key];
    if (way && event.shiftKey) {
      const { x, y } = node().position();
      acts.dropped(node().id(), { x: x + way[0] * STEP, y: y + way[1] * STEP });
    } else if (way) acts.point(current = next(view.cy, node(), way) ?? node());
    else if (keys[event.key]) keys[event.key]();
    else return;
    event.preventDefault();
  });
  return (to) => { current = to; };
}
