// The slices of what the reader expands, asked of the API once each, several at a time, with the filters of the page's own slice.
// One request after another, for the server computes graphs in turn; where too many ask for one, this one comes back later.
const TOGETHER = 20; // what the API takes at once
const TIMES = 4; // that it comes back
const FILTERS = ["from_year", "to_year", "topic", "strength"];

export function makeLoader(api, meta) {
  const kept = new Map();
  async function ask(query, times = TIMES) {
    const answer = await fetch(`${api}?${query}`, { headers: { Accept: "application/json" } });
    if (answer.status !== 503 || !times) return answer;
    const seconds = Number(answer.headers.get("Retry-After")) || 5;
    await new Promise((come) => setTimeout(come, seconds * 1000));
    return ask(query, times - 1);
  }
  async function load(ids) {
    const query = new URLSearchParams({ roots: ids.join(","), types: meta.types });
    for (const name of FILTERS) if (meta[name] != null) query.set(name, meta[name]);
    const answer = await ask(query);
    if (!answer.ok) throw new Error(`${answer.status}`);
    for (const slice of (await answer.json()).results) kept.set(slice.of, slice);
  }
  // {slices: Map id → slice, failed: ids}; what failed is asked again the next time.
  return async (ids) => {
    const missing = ids.filter((id) => !kept.has(id));
    const parts = Array.from({ length: Math.ceil(missing.length / TOGETHER) }, (_part, at) => missing.slice(at * TOGETHER, (at + 1) * TOGETHER));
    for (const part of parts) await load(part).catch(() => {});
    return { slices: kept, failed: missing.filter((id) => !kept.has(id)) };
  };
}
