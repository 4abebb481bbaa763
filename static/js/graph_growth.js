// Nodes and lines that come, go to their places, or were put somewhere by hand.
import { groundOf, places } from "./graph_places.js";
import { MANY } from "./graph_viewport.js";

const QUICK = 180;
const still = matchMedia("(prefers-reduced-motion: reduce)");
const home = (node) => node.scratch("home");

export function makeGrowth(cy, stage, root) {
  let many = false;
  const isQuick = () => many || still.matches || document.hidden || !stage.hasAttribute("data-drawn");
  const move = (node, position) => {
    node.scratch("goal", position);
    if (isQuick()) node.stop().position(position);
    else node.stop().animate({ position }, { duration: QUICK, easing: "ease-out" });
  };

  // What an expansion brings starts at its node and finds free places around it; what stands stays.
  function bring(nodes, from, ground) {
    const parent = from && cy.getElementById(from);
    const free = parent ? places(nodes.length, home(parent), home(root()), ground) : [];
    nodes.forEach((node, index) => {
      const at = node.position ?? free[index] ?? home(parent);
      const added = cy.add({ group: "nodes", data: { ...node.data, from }, position: { ...(parent ? parent.position() : at) } });
      added.scratch({ home: at, goal: at, label: node.data.labelled });
      if (parent) move(added, at);
    });
  }

  function add({ nodes, edges }) {
    many = nodes.size > MANY;
    const missing = Map.groupBy([...nodes.values()].filter(({ data }) => cy.getElementById(data.id).empty()), ({ from }) => from);
    bring(missing.get(null) ?? [], null);
    missing.delete(null);
    const ground = missing.size ? groundOf(cy.nodes().map(home)) : null;
    for (const [from, brought] of missing) bring(brought, from, ground);
    cy.add([...edges.values()].filter(({ id }) => cy.getElementById(id).empty()).map((data) => ({ group: "edges", data: { ...data } })));
  }

  function pin(node, place) {
    const at = place ?? home(node), now = node.position(), pinned = Boolean(place);
    if (node.hasClass("pinned") !== pinned || (pinned && Math.hypot(at.x - now.x, at.y - now.y) > 1)) move(node.toggleClass("pinned", pinned), at);
  }

  return { add, pin };
}
