// What a reader did with the graph, as the address says it: a link reopens it. What nobody did is not in the address.
const NODE = /^[AWTI]\d{1,18}$/;
const PIN = /^([AWTI]\d{1,18})_(-?\d{1,5})_(-?\d{1,5})$/;
const KINDS = ["author", "work", "topic", "institution"];
export const MOST_OPEN = 150; // with their 16 each a graph of thousands
const MOST_HIDDEN = 100, MOST_PINS = 60; // an address stays under the 4,094 letters that servers take

const split = (text) => (text ? text.split(".") : []);
const some = (text, fits, most) => [...new Set(split(text).filter(fits))].slice(0, most);

// {open, hidden: ids in their order; pins: {id: {x, y}}; off: kinds; years: [first, last] or null; strength; groups}
export function read(search) {
  const query = new URLSearchParams(search);
  const pins = split(query.get("pins")).map((pin) => PIN.exec(pin)).filter(Boolean).slice(0, MOST_PINS);
  const years = /^(\d{4})-(\d{4})$/.exec(query.get("years") ?? "");
  return {
    open: some(query.get("open"), (id) => NODE.test(id), MOST_OPEN),
    hidden: some(query.get("hidden"), (id) => NODE.test(id), MOST_HIDDEN),
    pins: Object.fromEntries(pins.map(([, id, x, y]) => [id, { x: Number(x), y: Number(y) }])),
    off: some(query.get("off"), (kind) => KINDS.includes(kind), KINDS.length),
    years: years && [Number(years[1]), Number(years[2])],
    strength: Math.min(99, Math.max(1, parseInt(query.get("strength"), 10) || 1)),
    groups: query.get("groups") === "1",
  };
}

// The address of a state; everything else in the query stays as it is.
export function write(state, address) {
  const url = new URL(address);
  const pins = Object.entries(state.pins).map(([id, { x, y }]) => `${id}_${Math.round(x)}_${Math.round(y)}`);
  const parts = {
    open: state.open.join("."), hidden: state.hidden.join("."), pins: pins.join("."), off: state.off.join("."),
    years: state.years?.join("-"), strength: state.strength > 1 ? state.strength : "", groups: state.groups ? 1 : "",
  };
  for (const [name, value] of Object.entries(parts)) {
    if (value) url.searchParams.set(name, value);
    else url.searchParams.delete(name);
  }
  return url;
}

const without = (list, id) => list.filter((other) => other !== id);
const toggled = (list, id) => (list.includes(id) ? without(list, id) : [...list, id]);

export const steps = {
  expand: (state, id) => ({ ...state, open: toggled(state.open, id).slice(-MOST_OPEN) }),
  expandAll: (state, ids) => ({ ...state, open: [...new Set([...state.open, ...ids])].slice(0, MOST_OPEN) }),
  collapseAll: (state) => ({ ...state, open: [] }),
  hide: (state, id) => ({ ...state, hidden: toggled(state.hidden, id).slice(-MOST_HIDDEN), open: without(state.open, id) }),
  groups: (state) => ({ ...state, groups: !state.groups }),
  kind: (state, kind) => ({ ...state, off: toggled(state.off, kind) }),
  pin: (state, id, place) => {
    const { [id]: was, ...others } = state.pins;
    const pins = Object.entries(place ? { ...others, [id]: place } : others);
    return { ...state, pins: Object.fromEntries(pins.slice(-MOST_PINS)) };
  },
};
