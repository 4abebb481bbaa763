// The slices of what the reader expands, asked of the API once each, with the kinds and years of the page's own slice.
const AT_MOST = 80; // a limit of our pages, so that the server keeps the answer

export function makeLoader(api, meta) {
  const kept = new Map();
  async function load(id) {
    const query = new URLSearchParams({ root: id, limit: AT_MOST, types: meta.types });
    if (meta.from_year) query.set("from_year", meta.from_year);
    if (meta.to_year) query.set("to_year", meta.to_year);
    const answer = await fetch(`${api}?${query}`, { headers: { Accept: "application/json" } });
    if (!answer.ok) throw new Error(`${answer.status}`);
    return answer.json();
  }
  // {slices: Map id → slice, failed: ids}; what failed is asked again the next time.
  return async (ids) => {
    const failed = [];
    await Promise.all(ids.filter((id) => !kept.has(id)).map(async (id) => {
      try {
        kept.set(id, await load(id));
      } catch {
        failed.push(id);
      }
    }));
    return { slices: kept, failed };
  };
}
