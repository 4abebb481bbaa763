// The list beside the canvas, in step with it: what was expanded stands under the name it came from, what is left out
// is left out, what was hidden can be shown again. Every entry has its own buttons: no canvas is needed.
import { nameOf } from "./graph_panel.js";
import { count, ofNode, say } from "./graph_words.js";

const element = (tag, className, ...children) => {
  const made = Object.assign(document.createElement(tag), { className });
  made.append(...children);
  return made;
};

function button(word, label, act) {
  const made = element("button", "plain", say(word));
  made.type = "button";
  made.setAttribute("aria-label", say(`${word}_name`, { name: label }));
  made.addEventListener("click", act);
  return made;
}

export function makeTree(graph, acts) {
  const list = graph.querySelector("[data-graph-list]");
  const hiddenBox = element("p", "graph-hidden small");
  list.after(hiddenBox);

  function tools(entry, id, label) {
    const expand = button("expand", label, () => acts.expand(id));
    expand.dataset.expand = id;
    const row = element("span", "entry-acts", expand, button("hide", label, () => acts.hide(id)));
    entry.append(row);
  }
  for (const entry of list.querySelectorAll("[data-node]")) tools(entry, entry.dataset.node, entry.querySelector("a").textContent);

  function entry({ data }, around) {
    const made = element("li", "", nameOf(data));
    made.dataset.node = data.id;
    const words = ofNode(data, around);
    if (words) made.append(" ", element("span", "relation", words));
    tools(made, data.id, data.label);
    return made;
  }

  const idsOf = (brought) => brought.map(({ data }) => data.id).join(" ");

  function branch(parent, brought, more) {
    const title = element("h3", "", say("around_name", { name: parent.label }), " ", element("span", "figure muted", String(brought.length)));
    title.dir = "auto";
    const made = element("div", "graph-group is-branch", title);
    made.dataset.branch = parent.id;
    made.dataset.holds = idsOf(brought);
    made.append(element("ul", "plain-list", ...brought.map((node) => entry(node, parent.type))));
    if (more && graph.dataset.explore) {
      const rest = Object.assign(element("a", "", say("more_around")), { href: graph.dataset.explore + parent.id });
      made.append(element("p", "small muted", rest));
    }
    if (!brought.length) made.append(element("p", "small muted", say("nothing_new")));
    return made;
  }

  return function sync({ nodes, more }, state, out) {
    const focused = document.activeElement?.dataset?.expand;
    const opened = state.open.filter((id) => nodes.has(id));
    for (const old of list.querySelectorAll("[data-branch]")) if (!opened.includes(old.dataset.branch)) old.remove();
    for (const id of opened) {
      const brought = [...nodes.values()].filter((node) => node.from === id), old = list.querySelector(`[data-branch=${id}]`);
      if (old?.dataset.holds === idsOf(brought)) continue;
      const made = branch(nodes.get(id).data, brought, more.has(id));
      if (old) old.replaceWith(made);
      else list.append(made);
    }
    for (const one of list.querySelectorAll("[data-node]")) one.hidden = out.has(one.dataset.node);
    for (const one of list.querySelectorAll("[data-expand]")) {
      const open = opened.includes(one.dataset.expand), label = nodes.get(one.dataset.expand)?.data.label ?? "";
      one.textContent = say(open ? "collapse" : "expand");
      one.setAttribute("aria-label", say(open ? "collapse_name" : "expand_name", { name: label }));
      one.setAttribute("aria-expanded", String(open));
    }
    if (focused && !document.activeElement?.dataset?.expand) list.querySelector(`[data-expand=${focused}]`)?.focus();
    const gone = state.hidden.filter((id) => nodes.has(id));
    hiddenBox.hidden = !gone.length;
    hiddenBox.replaceChildren(count("hidden", gone.length), " ", ...gone.map((id) => {
      const again = button("show", nodes.get(id).data.label, () => acts.hide(id));
      again.textContent = nodes.get(id).data.label;
      return again;
    }));
  };
}
