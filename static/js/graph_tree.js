// The list beside the canvas, in step with it: what was expanded stands under the name it came from, what is left out
// is left out, what was hidden can be shown again. Every entry has its own buttons: no canvas is needed.
import { addTools, branch, button, holding } from "./graph_branch.js";
import { count, say } from "./graph_words.js";

export function makeTree(graph, acts) {
  const list = graph.querySelector("[data-graph-list]");
  const hiddenBox = Object.assign(document.createElement("p"), { className: "graph-hidden small" });
  list.after(hiddenBox);
  for (const entry of list.querySelectorAll("[data-node]")) addTools(entry, entry.dataset.node, entry.querySelector("a").textContent, acts);

  function syncBranches({ nodes, more }, opened) {
    const brought = Map.groupBy(nodes.values(), ({ from }) => from);
    const branches = new Map([...list.querySelectorAll("[data-branch]")].map((old) => [old.dataset.branch, old]));
    for (const [id, old] of branches) if (!opened.has(id)) old.remove();
    for (const id of opened) {
      const theirs = brought.get(id) ?? [], old = branches.get(id);
      if (old?.dataset.holds === holding(theirs)) continue;
      const onward = more.has(id) && graph.dataset.explore ? graph.dataset.explore + id : "";
      const made = branch(nodes.get(id).data, theirs, onward, acts);
      if (old) old.replaceWith(made);
      else list.append(made);
    }
  }

  function syncButtons({ nodes }, opened) {
    for (const one of list.querySelectorAll("[data-expand]")) {
      const open = opened.has(one.dataset.expand), label = nodes.get(one.dataset.expand)?.data.label ?? "";
      if (one.getAttribute("aria-expanded") === String(open)) continue;
      one.textContent = say(open ? "collapse" : "expand");
      one.setAttribute("aria-label", say(open ? "collapse_name" : "expand_name", { name: label }));
      one.setAttribute("aria-expanded", String(open));
    }
  }

  function syncHidden({ nodes }, gone) {
    hiddenBox.hidden = !gone.length;
    hiddenBox.replaceChildren(count("hidden", gone.length), " ", ...gone.map((id) => {
      const { label } = nodes.get(id).data, again = button("show", label, () => acts.hide(id));
      again.textContent = label;
      return again;
    }));
  }

  return function sync(state, merged, out) {
    const focused = document.activeElement?.dataset?.expand;
    const opened = new Set(state.open.filter((id) => merged.nodes.has(id)));
    syncBranches(merged, opened);
    for (const one of list.querySelectorAll("[data-node]")) one.hidden = out.has(one.dataset.node);
    syncButtons(merged, opened);
    if (focused && !document.activeElement?.dataset?.expand) list.querySelector(`[data-expand=${focused}]`)?.focus();
    syncHidden(merged, state.hidden.filter((id) => merged.nodes.has(id)));
  };
}
