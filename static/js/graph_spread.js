// Two buttons: expand everything that is shown, as far as the limit goes, and fold it all back.
import { MOST_OPEN } from "./graph_state.js";

const ORDER = ["author", "institution", "topic", "work"]; // people lead on, single works the least

const before = (one, other) => one.ring - other.ring || ORDER.indexOf(one.type) - ORDER.indexOf(other.type) || other.weight - one.weight;

export function makeSpread(graph, acts) {
  const box = graph.querySelector("[data-graph-spread]");
  if (!box) return () => {};
  const [all, none] = box.querySelectorAll("button"), full = box.querySelector("[role=status]");
  let waiting = [];
  all.addEventListener("click", () => { if (waiting.length) acts.expandAll(waiting); });
  none.addEventListener("click", () => { if (none.getAttribute("aria-disabled") === "false") acts.collapseAll(); });
  return (state, { nodes }, out) => {
    const open = new Set(state.open), isFull = open.size >= MOST_OPEN;
    const closed = [...nodes.values()].map(({ data }) => data).filter(({ id, ring }) => ring && !open.has(id) && !out.has(id));
    waiting = isFull ? [] : closed.sort(before).map(({ id }) => id);
    all.setAttribute("aria-disabled", String(!waiting.length));
    none.setAttribute("aria-disabled", String(!open.size));
    full.textContent = isFull ? full.dataset.full : "";
  };
}
