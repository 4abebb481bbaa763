// The canvas as a PNG file, everything that is shown, on light paper whatever the theme.
import { inks, style } from "./graph_style.js";

const SCALE = 2, LARGEST = 6000;

export function makePng(graph, { cy, restyle }, root) {
  const list = graph.querySelector("[data-graph-downloads]");
  if (!list) return;
  list.querySelector('[href*="format=png"]')?.parentElement.remove(); // the server's has not what was done since
  const button = Object.assign(document.createElement("button"), { type: "button", className: "plain", textContent: "PNG" });
  const entry = document.createElement("li");
  entry.append(button);
  list.append(entry);
  button.addEventListener("click", async () => {
    const light = inks("light"), marked = cy.elements(".chosen, .near, .found");
    const classes = marked.map((part) => [part, part.classes().filter((name) => ["chosen", "near", "found"].includes(name))]);
    marked.removeClass("chosen near found");
    cy.style(style(light));
    const drawn = cy.png({ output: "blob-promise", full: true, bg: light.raised, scale: SCALE, maxWidth: LARGEST, maxHeight: LARGEST });
    restyle();
    for (const [part, names] of classes) part.addClass(names);
    const address = URL.createObjectURL(await drawn);
    Object.assign(document.createElement("a"), { href: address, download: `bzpeer-${root}.png` }).click();
    setTimeout(() => URL.revokeObjectURL(address), 10_000);
  });
}
