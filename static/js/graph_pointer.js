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
