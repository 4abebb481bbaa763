// Finds by name among what is shown: marks all that fit, Enter goes from one to the next.
import { count } from "./graph_words.js";

const fold = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

export function makeFind(graph, view, choose) {
  const input = graph.querySelector("[data-graph-find]"), said = graph.querySelector("#graph-found");
  let hits = [], at = -1;
  function find() {
    const sought = fold(input.value.trim());
    view.cy.nodes(".found").removeClass("found");
    const found = sought ? view.cy.nodes(":visible").filter((node) => fold(node.data("label")).includes(sought)) : view.cy.collection();
    hits = found.addClass("found").sort((one, other) => one.position("y") - other.position("y")).toArray();
    at = -1;
    view.relabel();
    said.textContent = sought ? count("found", hits.length) : "";
  }
  input.addEventListener("input", find);
  input.addEventListener("keydown", (event) => {
    if (event.key === "Escape") input.value = "", find(), choose(null);
    if (event.key !== "Enter") return;
    event.preventDefault(); // in a form of its own it would leave the page
    if (!hits.length) return;
    at = (at + (event.shiftKey ? hits.length - 1 : 1)) % hits.length;
    choose(hits[Math.max(0, at)]);
    said.textContent = `${Math.max(0, at) + 1} / ${hits.length}`;
  });
  return find;
}
