// What a hand does on the canvas: point at a node or a line, open it, choose it, drag it to where it shall stay.
export function listen({ cy }, stage, { point, open, choose, dropped, moved }) {
  const leave = () => {
    stage.toggleAttribute("data-pointing", false);
    point(null);
  };
  cy.on("mouseover", "node, edge", ({ target }) => {
    stage.toggleAttribute("data-pointing", true);
    point(target);
  });
  cy.on("mouseout", "node, edge", leave);
  cy.on("pan zoom", moved);
  stage.addEventListener("pointerleave", leave);
  cy.on("tap", ({ target, originalEvent }) => {
    if (target === cy) choose(null);
    else if (target.isEdge()) choose(target);
    else open(target, originalEvent);
  });
  cy.on("cxttap taphold", "node, edge", ({ target }) => choose(target));
  cy.on("dragfree", "node", ({ target }) => dropped(target.id(), target.position()));
  stage.addEventListener("contextmenu", (event) => { if (event.target.closest(".graph-canvas")) event.preventDefault(); });
}

// The entry of the list that has the focus or the pointer lights up in the canvas.
export function follow(list, view, point) {
  const pointed = (event) => point(view.node(event.target.closest("[data-node]")?.dataset.node));
  for (const name of ["focusin", "pointerover"]) list.addEventListener(name, pointed);
  for (const name of ["focusout", "pointerleave"]) list.addEventListener(name, () => point(null));
}

// Calls once, when the stage comes near the view.
export function whenSeen(stage, call) {
  const seen = new IntersectionObserver((entries) => {
    if (!entries.some((entry) => entry.isIntersecting)) return;
    seen.disconnect();
    call();
  }, { rootMargin: "300px" });
  seen.observe(stage);
}
