// The slices of what the reader expands, asked of the API once each, several at a time, with the filters of the page's own slice.
const TOGETHER = 20; // what the API takes at once
const FILTERS = ["from_year", "to_year", "topic", "strength"];

export function makeLoader(api, meta) {
  const kept = new Map();
  async function load(ids) {
    const query = new URLSearchParams({ roots: ids.join(","), types: meta.types });
    for (const name of FILTERS) if (meta[name] != null) query.set(name, meta[name]);
    const answer = await fetch(`${api}?${query}`, { headers: { Accept: "application/json" } });
    if (!answer.ok) throw new Error(`${answer.status}`);
    for (const slice of (await answer.json()).results) kept.set(slice.of, slice);
  }
  // {slices: Map id → slice, failed: ids}; what failed is asked again the next time.
  return async (ids) => {
    const missing = ids.filter((id) => !kept.has(id));
    const parts = Array.from({ length: Math.ceil(missing.length / TOGETHER) }, (_part, at) => missing.slice(at * TOGETHER, (at + 1) * TOGETHER));
    await Promise.allSettled(parts.map(load));
    return { slices: kept, failed: missing.filter((id) => !kept.has(id)) };
  };
}
