// The research graph of a page: what the server drew and listed becomes a canvas that answers to hand and key.
// Without it the picture and the list stand; the drawing library is fetched when the graph comes into view.
import { makeActs } from "./graph_acts.js";
import { makeGroups } from "./graph_groups.js";
import { makeLegend, openStage } from "./graph_legend.js";
import { makeLoader } from "./graph_load.js";
import { compose, leftOut } from "./graph_merge.js";
import { whenSeen } from "./graph_pointer.js";
import { makeSliders } from "./graph_sliders.js";
import { makeSpread } from "./graph_spread.js";
import { makeStage } from "./graph_stage.js";
import { makeSteps } from "./graph_steps.js";
import { makeTree } from "./graph_tree.js";
import { say } from "./graph_words.js";

function make(graph, stage) {
  const { meta, elements } = JSON.parse(document.getElementById("graph-data").textContent);
  const load = makeLoader(graph.dataset.slices, meta);
  const trouble = graph.querySelector("[data-graph-trouble]");
  const parts = {}; // what stands only once the canvas is drawn: view, card, panel
  let merged = compose(elements, new Map(), []), turn = 0;
  const history = makeSteps(graph, (state) => show(state));
  const acts = makeActs({ graph, stage, root: meta.root, history, parts });
  const sliders = makeSliders(graph, {
    floor: meta.strength,
    preview: (asked) => show({ ...history.state, ...asked }),
    settle: (asked) => history.go({ ...history.state, ...asked }),
  });
  const shown = [
    makeTree(graph, acts), makeLegend(graph, acts.kind), sliders, makeGroups(graph, elements, acts.groups), makeSpread(graph, acts),
  ];
  const canvas = makeStage({ graph, stage, meta, history, acts, parts, merged: () => merged });

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
    for (const sync of shown) sync(state, merged, out);
    if (parts.view) canvas.paint(state, out, merged.nodes.size > before);
  }

  show(history.state);
  return () => canvas.open(() => show(history.state));
}

for (const graph of document.querySelectorAll("[data-graph]")) {
  const stage = graph.querySelector("[data-graph-stage]"), open = make(graph, stage);
  openStage(graph, stage);
  whenSeen(stage, open);
}
