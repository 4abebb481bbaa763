// What stands where the picture stood: canvas, card and panel, and the hands and keys that move them.
import { draw } from "./graph_canvas.js";
import { makeCard } from "./graph_card.js";
import { makeExplain } from "./graph_explain.js";
import { makeFind } from "./graph_find.js";
import { walk } from "./graph_keys.js";
import { makePanel } from "./graph_panel.js";
import { makePng } from "./graph_png.js";
import { follow, listen } from "./graph_pointer.js";
import { makeTools } from "./graph_tools.js";
import { count } from "./graph_words.js";

export function makeStage({ graph, stage, meta, history, acts, parts, merged }) {
  function paint(state, out, grown) {
    const { view, card, panel } = parts;
    view.sync(merged(), state);
    view.leaveOut(out);
    if (grown) view.fit();
    view.relabel();
    const { chosen } = acts;
    if (chosen && (!chosen.inside() || out.has(chosen.id()))) acts.choose(null);
    else if (chosen) panel.show(chosen, state);
    parts.find();
    card.say(count("now_shown", view.cy.nodes(":visible").length));
  }

  async function open(show) {
    const view = parts.view = await draw(stage, graph.dataset.library);
    parts.card = makeCard(graph, stage);
    parts.panel = makePanel(graph, stage, acts, makeExplain(graph, meta, merged));
    parts.find = makeFind(graph, view, acts.choose);
    await show();
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
  return { open, paint };
}
