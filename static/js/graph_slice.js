// The research graph of a page: what the server drew and listed becomes a canvas that answers to hand and key.
// Without it the picture and the list stand; nothing is fetched but the drawing library, when the graph comes into view.
import { draw } from "./graph_canvas.js";
import { makeCard } from "./graph_card.js";
import { walk } from "./graph_keys.js";

// The legend's entries become switches; data-off names the kinds that are off, for picture and list (graph.css).
function makeLegend(graph, changed) {
  const off = new Set();
  for (const entry of graph.querySelectorAll("[data-kind]")) {
    const button = Object.assign(document.createElement("button"), { type: "button" });
    button.className = entry.firstElementChild.className;
    button.append(...entry.firstElementChild.childNodes);
    button.setAttribute("aria-pressed", "true");
    button.addEventListener("click", () => {
      const { kind } = entry.dataset;
      if (!off.delete(kind)) off.add(kind);
      button.setAttribute("aria-pressed", String(!off.has(kind)));
      graph.dataset.off = [...off].join(" ");
      changed(off);
    });
    entry.replaceChildren(button);
  }
  return off;
}

function openStage(graph, stage) {
  const button = graph.querySelector("[data-graph-show]");
  const words = { true: button.dataset.hide, false: button.textContent };
  button.addEventListener("click", () => {
    const shown = stage.toggleAttribute("data-shown");
    button.setAttribute("aria-expanded", String(shown));
    button.textContent = words[shown];
  });
}

function go(graph, node, aside) {
  const address = graph.dataset.explore ? graph.dataset.explore + node.id() : node.data("url");
  if (aside) window.open(address, "_blank", "noopener");
  else if (!node.data("ring")) return;
  else location.href = address;
}

async function start(graph, stage, off) {
  const { elements } = JSON.parse(document.getElementById("graph-data").textContent);
  const view = await draw(stage, elements, graph.dataset.library);
  const card = makeCard(graph, stage);
  const choose = (node) => {
    view.choose(node);
    if (node) card.show(node);
    else card.hide();
  };
  view.filter(off);
  view.onPoint(choose);
  view.onOpen((node, event) => {
    const touched = event.type.startsWith("touch");
    if (touched && !node.hasClass("opened")) node.addClass("opened"), choose(node); // The second tap goes.
    else go(graph, node, event.ctrlKey || event.metaKey);
  });
  walk(view, stage, choose, (node) => go(graph, node, false));
  const list = graph.querySelector("[data-graph-list]");
  const chosen = (event) => choose(view.node(event.target.closest("[data-node]")?.dataset.node));
  for (const name of ["focusin", "pointerover"]) list.addEventListener(name, chosen);
  for (const name of ["focusout", "pointerleave"]) list.addEventListener(name, () => choose(null));
  const tools = graph.querySelector("[data-graph-tools]");
  tools.addEventListener("click", (event) => view[event.target.closest("[data-do]")?.dataset.do]?.());
  tools.hidden = false;
  return view;
}

for (const graph of document.querySelectorAll("[data-graph]")) {
  const stage = graph.querySelector("[data-graph-stage]");
  let view;
  const off = makeLegend(graph, (kinds) => view?.filter(kinds));
  openStage(graph, stage);
  const seen = new IntersectionObserver(async (entries) => {
    if (!entries.some((entry) => entry.isIntersecting)) return;
    seen.disconnect();
    view = await start(graph, stage, off);
  }, { rootMargin: "300px" });
  seen.observe(stage);
}
