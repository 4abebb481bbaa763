// The walk as a history: every step is an entry of the browser's, so Back and Forward and our two buttons agree.
import { read, write } from "./graph_state.js";

export function makeSteps(graph, apply) {
  const [back, forward] = ["undo", "redo"].map((name) => graph.querySelector(`[data-do=${name}]`));
  let at = history.state?.graphStep ?? 0, last = at;
  const show = () => {
    // A button that is focused must not vanish from under the reader: aria-disabled, not disabled.
    back.setAttribute("aria-disabled", String(at === 0));
    forward.setAttribute("aria-disabled", String(at >= last));
  };
  addEventListener("popstate", (event) => {
    at = event.state?.graphStep ?? 0;
    last = Math.max(at, last);
    show();
    apply(read(location.search));
  });
  show();
  // Asking the server for other kinds, years or steps keeps the walk.
  document.querySelector(".graph-filters")?.addEventListener("formdata", ({ formData }) => {
    const walked = write(read(location.search), location.origin).searchParams;
    for (const [name, value] of walked) if (!formData.has(name)) formData.set(name, value);
  });
  return {
    get state() { return read(location.search); },
    go(next) {
      const address = write(next, location.href);
      if (address.href === location.href) return apply(next);
      last = at += 1;
      history.pushState({ graphStep: at }, "", address);
      show();
      apply(next);
    },
    mend: (state) => history.replaceState(history.state, "", write(state, location.href)),
    undo: () => { if (at > 0) history.back(); },
    redo: () => { if (at < last) history.forward(); },
  };
}
