// The legend's entries become switches of kinds; on a small screen a button opens the graph behind the list.
export function makeLegend(graph, toggle) {
  const buttons = [...graph.querySelectorAll("[data-kind]")].map((entry) => {
    const button = Object.assign(document.createElement("button"), { type: "button" });
    button.className = entry.firstElementChild.className;
    button.append(...entry.firstElementChild.childNodes);
    button.addEventListener("click", () => toggle(entry.dataset.kind));
    entry.replaceChildren(button);
    return [entry.dataset.kind, button];
  });
  return (state, { nodes }, out) => {
    const shown = [...nodes.values()].filter(({ data }) => data.ring && !out.has(data.id)).map(({ data }) => data.type);
    graph.dataset.off = state.off.join(" "); // for the picture and the groups of the list (graph.css)
    for (const [kind, button] of buttons) {
      button.setAttribute("aria-pressed", String(!state.off.includes(kind)));
      if (!state.off.includes(kind)) button.querySelector(".figure").textContent = String(shown.filter((type) => type === kind).length);
    }
  };
}

export function openStage(graph, stage) {
  const button = graph.querySelector("[data-graph-show]");
  const words = { true: button.dataset.hide, false: button.textContent };
  button.addEventListener("click", () => {
    const shown = stage.toggleAttribute("data-shown");
    button.setAttribute("aria-expanded", String(shown));
    button.textContent = words[shown];
  });
}
