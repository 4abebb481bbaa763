// What an expansion brought, as a part of the list, each entry with its own buttons.
import { badge } from "./graph_groups.js";
import { nameOf } from "./graph_panel.js";
import { ofNode, say } from "./graph_words.js";

const element = (tag, className, ...children) => {
  const made = Object.assign(document.createElement(tag), { className });
  made.append(...children);
  return made;
};

export function button(word, label, act) {
  const made = element("button", "plain", say(word));
  made.type = "button";
  made.setAttribute("aria-label", say(`${word}_name`, { name: label }));
  made.addEventListener("click", act);
  return made;
}

export function addTools(entry, id, label, acts) {
  const expand = button("expand", label, () => acts.expand(id));
  expand.dataset.expand = id;
  entry.append(element("span", "entry-acts", expand, button("hide", label, () => acts.hide(id))));
}

function entry({ data }, around, acts) {
  const made = element("li", "", nameOf(data));
  made.dataset.node = data.id;
  if (data.community) made.append(" ", badge(data.community));
  const words = ofNode(data, around);
  if (words) made.append(" ", element("span", "relation", words));
  addTools(made, data.id, data.label, acts);
  return made;
}

// What a part of the list holds: as long as that is the same, it stays as it is.
export const holding = (brought) => brought.map(({ data }) => data.id + (data.community ?? "")).join(" ");

// `onward` is where more can be seen, if more stands around `parent`.
export function branch(parent, brought, onward, acts) {
  const title = element("h3", "", say("around_name", { name: parent.label }), " ", element("span", "figure muted", String(brought.length)));
  title.dir = "auto";
  const made = element("div", "graph-group is-branch", title);
  made.dataset.branch = parent.id;
  made.dataset.holds = holding(brought);
  made.append(element("ul", "plain-list", ...brought.map((node) => entry(node, parent.type, acts))));
  if (onward) made.append(element("p", "small muted", Object.assign(element("a", "", say("more_around")), { href: onward })));
  if (!brought.length) made.append(element("p", "small muted", say("nothing_new")));
  return made;
}
