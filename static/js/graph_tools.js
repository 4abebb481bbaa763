// The buttons on the canvas, and full screen, where the browser has it.
export function makeTools(graph, acts) {
  const screen = graph.querySelector("[data-do=screen]");
  screen.hidden = !document.fullscreenEnabled;
  document.addEventListener("fullscreenchange", () => screen.setAttribute("aria-pressed", String(document.fullscreenElement === graph)));
  const tools = { ...acts, screen: () => (document.fullscreenElement ? document.exitFullscreen() : graph.requestFullscreen()) };
  graph.addEventListener("click", (event) => tools[event.target.closest("[data-do]")?.dataset.do]?.());
  for (const bar of graph.querySelectorAll("[data-graph-tools]")) bar.hidden = false;
}
