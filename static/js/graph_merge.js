// Slices merged into one graph, and what of it the reader's filters leave out. Pure: knows neither page nor canvas.
const BRING = 16; // new nodes an expansion shows, the weightiest of each kind first

// {nodes: Map id → {data, position, from}, edges: Map id → data, more: ids}; `from` is the node whose slice brought it,
// `more` names those around which more stands. What was opened on something no longer there is left out with all it brought.
export function compose(base, slices, open) {
  const nodes = new Map(base.nodes.map((node) => [node.data.id, { ...node, from: null }]));
  const edges = new Map(base.edges.map((edge) => [edge.data.id, edge.data]));
  const more = new Set();
  for (const id of open) {
    const slice = slices.get(id);
    if (!slice || !nodes.has(id)) continue;
    const fresh = slice.elements.nodes.filter(({ data }) => !nodes.has(data.id)).sort((one, other) => other.data.weight - one.data.weight);
    for (const { data } of fresh.slice(0, BRING)) nodes.set(data.id, { data: { ...data, ring: 2, community: undefined, labelled: "" }, from: id });
    if (fresh.length > BRING || slice.meta.truncated) more.add(id);
    const touches = (end) => end === id || nodes.get(end)?.from === id;
    for (const { data } of slice.elements.edges) {
      const here = nodes.has(data.source) && nodes.has(data.target) && (touches(data.source) || touches(data.target));
      if (here && !edges.has(data.id)) edges.set(data.id, data);
    }
  }
  joinCommunities(nodes, edges);
  return { nodes, edges, more };
}

// People that an expansion brought belong where their ties to people of a community are strongest, in the order they came.
function joinCommunities(nodes, edges) {
  const ties = new Map();
  for (const { type, source, target, weight } of edges.values()) {
    if (type !== "coauthor") continue;
    for (const [id, other] of [[source, target], [target, source]]) {
      if (nodes.get(id).from) ties.set(id, [...(ties.get(id) ?? []), [other, weight]]);
    }
  }
  for (const [id, theirs] of ties) {
    const strength = new Map();
    for (const [other, weight] of theirs) {
      const { community } = nodes.get(other).data;
      if (community) strength.set(community, (strength.get(community) ?? 0) + weight);
    }
    const [strongest] = [...strength].sort(([one, much], [other, more]) => more - much || one - other);
    if (strongest) [nodes.get(id).data.community] = strongest;
  }
}

// Ids that the reader's filters leave out: hidden ones, kinds, years, people tied by too few works; edges likewise.
export function leftOut({ nodes, edges }, state) {
  const [first, last] = state.years ?? [-Infinity, Infinity];
  const outside = (from, to) => from != null && (from > last || (to ?? from) < first);
  const strongest = new Map();
  for (const edge of edges.values()) {
    if (edge.type === "authorship" || edge.type === "cites") continue;
    for (const end of [edge.source, edge.target]) strongest.set(end, Math.max(strongest.get(end) ?? 0, edge.works));
  }
  const out = new Set();
  for (const [id, { data }] of nodes) {
    if (data.ring === 0) continue;
    const [from, to] = data.type === "work" ? [data.year ?? (state.years ? Infinity : null)] : [data.first_year, data.last_year];
    if (state.hidden.includes(id) || state.off.includes(data.type) || outside(from, to)
      || (data.type === "author" && data.relation !== "authorship" && (strongest.get(id) ?? 1) < state.strength)) out.add(id);
  }
  for (const edge of edges.values()) {
    const weak = edge.type === "coauthor" && edge.works < state.strength;
    if (weak || outside(edge.first_year, edge.last_year) || out.has(edge.source) || out.has(edge.target)) out.add(edge.id);
  }
  return out;
}
