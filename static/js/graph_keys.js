// Walks the graph by keyboard: arrows go to the next node in that direction, Enter opens it, plus and minus zoom.
const WAYS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

// The nearest visible node that lies more ahead than aside.
function next(cy, from, [dx, dy]) {
  let best = null, least = Infinity;
  const start = from.position();
  cy.nodes(":visible").difference(from).forEach((node) => {
    const x = node.position("x") - start.x, y = node.position("y") - start.y;
    const ahead = x * dx + y * dy, aside = Math.abs(x * dy - y * dx);
    const cost = ahead + 2 * aside;
    if (ahead > 0 && aside <= ahead * 1.5 && cost < least) [best, least] = [node, cost];
  });
  return best;
}

export function walk(view, stage, choose, open) {
  let current = view.root;
  const others = { Enter: () => open(current), Escape: () => choose(null), "+": view.in, "=": view.in, "-": view.out, 0: view.fit };
  stage.tabIndex = 0;
  stage.setAttribute("role", "application");
  stage.setAttribute("aria-label", stage.querySelector("figcaption").textContent);
  stage.addEventListener("focus", () => { if (stage.matches(":focus-visible")) choose(current); });
  stage.addEventListener("blur", () => choose(null));
  stage.addEventListener("keydown", (event) => {
    if (event.target !== stage || event.ctrlKey || event.metaKey || event.altKey) return;
    const way = WAYS[event.key];
    if (way) choose(current = next(view.cy, current.visible() ? current : view.root, way) ?? current);
    else if (others[event.key]) others[event.key]();
    else return;
    event.preventDefault();
  });
}
