// The slider of years with two handles, and that of shared works: they show while they move, and step when let go.

// The years and the strongest tie that a slice knows.
function bounds({ nodes, edges }) {
  const years = [...nodes, ...edges].flatMap(({ data }) => [data.year, data.first_year, data.last_year]).filter((year) => year != null);
  const strongest = Math.max(1, ...edges.filter(({ data }) => data.type === "coauthor").map(({ data }) => data.works));
  return { first: Math.min(...years), last: Math.max(...years), strongest: Math.min(20, strongest) };
}

export function makeSliders(graph, elements, { preview, settle }) {
  const { first, last, strongest } = bounds(elements);
  const years = graph.querySelector("[data-graph-years]"), strength = graph.querySelector("[data-graph-strength]");
  const [from, to] = years.querySelectorAll("input"), least = strength.querySelector("input");
  years.hidden = !(first < last);
  strength.hidden = strongest < 2;
  for (const handle of [from, to]) Object.assign(handle, { min: first, max: last });
  [from.value, to.value, least.max] = [first, last, strongest];

  function label() {
    const width = (last - first) || 1, box = years.querySelector(".two-handles");
    years.querySelector("[data-value]").textContent = `${from.value}–${to.value}`;
    box.style.setProperty("--from", (from.value - first) / width);
    box.style.setProperty("--to", (to.value - first) / width);
    strength.querySelector("[data-value]").textContent = least.value;
  }
  const asked = () => {
    const [low, high] = [Number(from.value), Number(to.value)];
    return { years: low > first || high < last ? [low, high] : null, strength: Number(least.value) };
  };
  for (const handle of [from, to, least]) {
    handle.addEventListener("input", () => {
      if (handle === from && Number(from.value) > Number(to.value)) from.value = to.value;
      if (handle === to && Number(to.value) < Number(from.value)) to.value = from.value;
      label();
      preview(asked());
    });
    handle.addEventListener("change", () => settle(asked()));
  }
  return (state) => {
    [from.value, to.value] = state.years ?? [first, last];
    least.value = state.strength;
    label();
  };
}
