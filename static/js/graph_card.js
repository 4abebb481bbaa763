// The card beside a node that is pointed at: its name, and in the words of the list what it has to do with the root.
export function makeCard(graph, stage) {
  const card = Object.assign(document.createElement("div"), { className: "graph-card", hidden: true });
  card.setAttribute("aria-hidden", "true"); // Said aloud where the keyboard chooses; see said().
  stage.append(card);
  const said = graph.querySelector("[data-graph-said]");
  const entryOf = (node) => graph.querySelector(`[data-node="${CSS.escape(node.id())}"]`);

  const part = (tag, className, text) => Object.assign(document.createElement(tag), { className, textContent: text });
  const hide = () => {
    card.hidden = true;
    for (const entry of graph.querySelectorAll(".is-chosen")) entry.classList.remove("is-chosen");
  };
  const show = (node) => {
    hide();
    if (!node.length) return;
    const entry = entryOf(node);
    entry?.classList.add("is-chosen");
    const name = part("strong", `kind kind-${node.data("type")}`, node.data("label"));
    name.dir = "auto";
    const relation = entry?.querySelector(".relation")?.textContent;
    card.replaceChildren(name, ...(relation ? [part("span", "relation", relation)] : []));
    card.hidden = false;
    if (stage.contains(document.activeElement)) said.textContent = card.innerText;
    place(node.renderedPosition());
  };
  const place = ({ x, y }) => {
    const right = x + 16 + card.offsetWidth > stage.clientWidth;
    const below = y + 16 + card.offsetHeight > stage.clientHeight;
    card.style.left = `${Math.max(4, right ? x - 16 - card.offsetWidth : x + 16)}px`;
    card.style.top = `${Math.max(4, below ? y - 16 - card.offsetHeight : y + 16)}px`;
  };
  return { show, hide };
}
