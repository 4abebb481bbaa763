// The panel of what is chosen: what it is, why it is here, and what can be done with it. Buttons act through `acts`.
import { ofEdge, say } from "./graph_words.js";

const element = (tag, properties, ...children) => {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
};
export const nameOf = (data) => element("a", { className: `kind kind-${data.type}`, href: data.url, textContent: data.label, dir: "auto" });

export function makePanel(graph, stage, acts, explain) {
  const panel = element("section", { className: "graph-panel", hidden: true });
  stage.append(panel);
  let chosen = null;
  const close = () => acts.choose(null);

  function buttons(node, state) {
    const id = node.id(), open = state.open.includes(id);
    const button = (name, word, attributes = {}) => {
      const made = element("button", { type: "button", textContent: say(word) });
      made.dataset.act = name;
      for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
      made.addEventListener("click", () => acts[name](id));
      return made;
    };
    const row = [button("pin", state.pins[id] ? "unpin" : "pin", { "aria-pressed": Boolean(state.pins[id]) })];
    if (node.data("ring")) row.unshift(button("expand", open ? "collapse" : "expand", { "aria-expanded": open }), button("hide", "hide"));
    if (graph.dataset.explore && node.data("ring")) row.push(element("a", { className: "button", href: graph.dataset.explore + id, textContent: say("around") }));
    return row;
  }

  function head(part) {
    if (part.isNode()) return [nameOf(part.data())];
    const [one, other] = [part.source().data(), part.target().data()];
    return [nameOf(one), " – ", nameOf(other), element("span", { className: "relation", textContent: ofEdge(part.data()) })];
  }

  function show(part, state) {
    const kept = panel.contains(document.activeElement) ? document.activeElement.dataset.act : null;
    chosen = part?.length ? part : null;
    panel.hidden = !chosen;
    if (!chosen) return;
    panel.setAttribute("aria-label", `${say("chosen")}: ${head(chosen).map((each) => each.textContent ?? each).join("")}`);
    const shut = element("button", { type: "button", className: "icon-button", textContent: "×" });
    shut.setAttribute("aria-label", say("close"));
    shut.addEventListener("click", () => { close(); stage.focus(); });
    const why = element("div", { className: "graph-why" });
    const row = chosen.isNode() ? buttons(chosen, state) : [];
    panel.replaceChildren(shut, element("p", { className: "graph-panel-name" }, ...head(chosen)), why, element("div", { className: "graph-acts" }, ...row));
    if (kept) (panel.querySelector(`[data-act=${kept}]`) ?? shut).focus();
    explain(chosen, why);
  }

  panel.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    close();
    stage.focus();
    event.stopPropagation();
  });
  return { show, enter: () => (panel.querySelector("button[data-act]") ?? panel.querySelector("a"))?.focus(), has: (node) => chosen?.id() === node?.id() };
}
