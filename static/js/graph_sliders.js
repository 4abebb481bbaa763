// The slider of years with two handles, and that of shared works: they show while they move, and step when let go.

// The years of what is shown, and the strongest tie. A line may be older than both its ends: what it spans is its own.
function bounds({ nodes, edges }) {
  const years = [...nodes.values()].flatMap(({ data }) => [data.year, data.first_year, data.last_year]).filter((year) => year != null);
  const works = [...edges.values()].filter(({ type }) => type === "coauthor").map((edge) => edge.works);
  return { first: Math.min(...years), last: Math.max(...years), strongest: Math.min(20, Math.max(1, ...works)) };
}

// `floor` is what the server was asked for: with fewer shared works there is nothing in the page.
export function makeSliders(graph, { floor, preview, settle }) {
  let first, last;
  const years = graph.querySelector("[data-graph-years]"), strength = graph.querySelector("[data-graph-strength]");
  const [from, to] = years.querySelectorAll("input"), least = strength.querySelector("input");

  // What an expansion brought widens them; what a link asks for is within them.
  function widen(merged, state) {
    const found = bounds(merged);
    [first, last] = [Math.min(found.first, state.years?.[0] ?? Infinity), Math.max(found.last, state.years?.[1] ?? -Infinity)];
    years.hidden = !(first < last);
    strength.hidden = found.strongest <= floor;
    for (const handle of [from, to]) Object.assign(handle, { min: first, max: last });
    Object.assign(least, { min: floor, max: Math.max(found.strongest, state.strength) });
  }

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
  return (state, merged) => {
    widen(merged, state);
    [from.value, to.value] = state.years ?? [first, last];
    least.value = Math.max(floor, state.strength);
    label();
  };
}
