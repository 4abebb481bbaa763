// Everything that can be done with a graph, by hand, key, list or panel: one place, so that all agree.
import { steps } from "./graph_state.js";

export function makeActs({ graph, stage, root, history, parts }) {
  const step = (name, ...rest) => history.go(steps[name](history.state, ...rest));
  let chosen = null;
  const acts = {
    get chosen() { return chosen; },
    kind: (kind) => step("kind", kind),
    groups: () => step("groups"),
    expand: (id) => { if (id !== root) step("expand", id); },
    expandAll: (ids) => step("expandAll", ids.filter((id) => id !== root)),
    collapseAll: () => step("collapseAll"),
    hide: (id) => { if (id !== root) step("hide", id); },
    pin: (id) => acts.dropped(id, history.state.pins[id] ? null : parts.view.node(id).position()),
    dropped: (id, place) => step("pin", id, place),
    moved: () => parts.card.hide(),
    undo: history.undo,
    redo: history.redo,
    point(part) {
      const { view, card } = parts;
      view.point(part, chosen);
      card.mark(part ?? chosen);
      if (part && part !== chosen) card.show(part);
      else card.hide();
      if (part && document.activeElement === stage) card.say(card.words(part));
    },
    choose(part, enter = false) {
      chosen = part?.length ? part : null;
      parts.view.choose(chosen);
      acts.point(null);
      parts.card.mark(chosen, true);
      parts.panel.show(chosen, history.state);
      if (enter) parts.panel.enter();
    },
    open(node, event) { // Without an event a key asked.
      const touched = event?.type.startsWith("touch");
      if (event?.ctrlKey || event?.metaKey) window.open(node.data("url"), "_blank", "noopener");
      else if (graph.dataset.explore || (touched && chosen?.id() !== node.id())) acts.choose(node, !event);
      else if (node.data("ring")) location.href = node.data("url");
    },
  };
  return acts;
}
