// The card beside what is pointed at: its name, and in the words of the list what it has to do with the root.
import { middle } from "./graph_canvas.js";
import { ofEdge } from "./graph_words.js";

export function makeCard(graph, stage) {
  const card = Object.assign(document.createElement("div"), { className: "graph-card", hidden: true });
  card.setAttribute("aria-hidden", "true"); // Said aloud where the keyboard chooses.
  stage.append(card);
  const said = graph.querySelector("[data-graph-said]");
  const part = (tag, className, text) => Object.assign(document.createElement(tag), { className, textContent: text, dir: "auto" });
  const name = (node) => part("strong", `kind kind-${node.data("type")}`, node.data("label"));
  const entryOf = (node) => graph.querySelector(`[data-graph-list] [data-node="${CSS.escape(node.id())}"]`);
  const relation = (one) => (one.isEdge() ? ofEdge(one.data()) : entryOf(one)?.querySelector(".relation")?.textContent);

  const unmark = () => {
    for (const entry of graph.querySelectorAll(".is-chosen")) entry.classList.remove("is-chosen"), entry.removeAttribute("aria-current");
  };
  const mark = (one, reveal = false) => {
    unmark();
    const entry = one?.isNode() && entryOf(one);
    const folded = entry && reveal && entry.closest("details");
    if (folded) folded.open = true, entry.parentElement.scrollTop = entry.offsetTop; // not the page
    if (entry) entry.classList.add("is-chosen"), entry.setAttribute("aria-current", "true");
  };
  const hide = () => { card.hidden = true; };
  const show = (one) => {
    mark(one);
    hide();
    if (!one?.length) return;
    const words = relation(one);
    const names = one.isEdge() ? [name(one.source()), " – ", name(one.target())] : [name(one)];
    card.replaceChildren(...names, ...(words ? [part("span", "relation", words)] : []));
    card.hidden = false;
    place(middle(one));
  };
  const place = ({ x, y }) => {
    const right = x + 16 + card.offsetWidth > stage.clientWidth;
    const below = y + 16 + card.offsetHeight > stage.clientHeight;
    card.style.left = `${Math.max(4, right ? x - 16 - card.offsetWidth : x + 16)}px`;
    card.style.top = `${Math.max(4, below ? y - 16 - card.offsetHeight : y + 16)}px`;
  };
  return { show, hide, mark, say: (text) => { said.textContent = text; }, words: (one) => [one.data("label"), relation(one)].filter(Boolean).join(", ") };
}
