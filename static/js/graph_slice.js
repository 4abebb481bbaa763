// The research graph of a page: what the server drew and listed becomes a canvas that answers to hand and key.
// Without it the picture and the list stand; the drawing library is fetched when the graph comes into view.
import { makeActs } from "./graph_acts.js";
import { draw } from "./graph_canvas.js";
import { makeCard } from "./graph_card.js";
import { makeExplain } from "./graph_explain.js";
import { makeFind } from "./graph_find.js";
import { makeGroups } from "./graph_groups.js";
import { walk } from "./graph_keys.js";
import { makeLegend, openStage } from "./graph_legend.js";
import { makeLoader } from "./graph_load.js";
import { compose, leftOut } from "./graph_merge.js";
import { makePanel } from "./graph_panel.js";
import { makePng } from "./graph_png.js";
import { follow, listen, whenSeen } from "./graph_pointer.js";
import { makeSliders } from "./graph_sliders.js";
import { makeSteps } from "./graph_steps.js";
import { makeTools } from "./graph_tools.js";
import { makeTree } from "./graph_tree.js";
import { say } from "./graph_words.js";

function make(graph, stage) {
  const { meta, elements } = JSON.parse(document.getElementById("graph-data").textContent);
  const load = makeLoader(graph.dataset.api, meta);
  const trouble = graph.querySelector("[data-graph-trouble]");
  const parts = {}; // what stands only once the canvas is drawn: view, card, panel
  let merged = compose(elements, new Map(), []), turn = 0;
  const history = makeSteps(graph, (state) => show(state));
  const acts = makeActs({ graph, stage, root: meta.root, history, parts });
  const tree = makeTree(graph, acts), legend = makeLegend(graph, acts.kind);
  const sliders = makeSliders(graph, elements, {
    preview: (asked) => show({ ...history.state, ...asked }),
    settle: (asked) => history.go({ ...history.state, ...asked }),
  });

  const groups = makeGroups(graph, elements, acts.groups);

  // Brings list, legend and canvas in line with a state; the last of several wins.
  async function show(state) {
    const mine = (turn += 1);
    graph.setAttribute("aria-busy", "true");
    const { slices, failed } = await load(state.open);
    if (mine !== turn) return;
    graph.removeAttribute("aria-busy");
    trouble.textContent = failed.length ? say("failed") : "";
    if (failed.length) history.mend(state = { ...state, open: state.open.filter((id) => !failed.includes(id)) });
    const before = merged.nodes.size;
    merged = compose(elements, slices, state.open);
    const out = leftOut(merged, state);
    tree(merged, state, out);
    sliders(state);
    groups(state);
    legend(state, merged, out);
    if (parts.view) paint(state, out, merged.nodes.size > before);
  }

  function paint(state, out, grown) {
    const { view, card, panel } = parts;
    view.sync(merged, state);
    view.leaveOut(out);
    if (grown) view.fit();
    view.relabel();
    const { chosen } = acts;
    if (chosen && (!chosen.inside() || out.has(chosen.id()))) acts.choose(null);
    else if (chosen) panel.show(chosen, state);
    parts.find();
    card.say(say("now_shown", { number: view.cy.nodes(":visible").length }));
  }

  async function drawn() {
    const view = parts.view = await draw(stage, graph.dataset.library, elements.nodes.length);
    parts.card = makeCard(graph, stage);
    parts.panel = makePanel(graph, stage, acts, makeExplain(graph, meta, () => merged));
    parts.find = makeFind(graph, view, acts.choose);
    await show(history.state);
    view.fit();
    view.resize();
    parts.card.say("");
    listen(view, stage, acts);
    walk(view, stage, acts);
    follow(graph.querySelector("[data-graph-list]"), view, acts.point);
    makePng(graph, view, meta.root);
    makeTools(graph, { undo: history.undo, redo: history.redo, fit: view.fit, in: view.in, out: view.out });
    stage.toggleAttribute("data-drawn", true);
  }
  show(history.state);
  return drawn;
}

for (const graph of document.querySelectorAll("[data-graph]")) {
  const stage = graph.querySelector("[data-graph-stage]"), drawn = make(graph, stage);
  openStage(graph, stage);
  whenSeen(stage, drawn);
}
