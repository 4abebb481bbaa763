// Communities of people, numbered by the server: a switch in the legend colours and numbers them in canvas and list.
// The number stands beside every colour, so that nobody has to tell colours apart.
import { count, say } from "./graph_words.js";

const element = (tag, className, ...children) => {
  const made = Object.assign(document.createElement(tag), { className });
  made.append(...children);
  return made;
};
export const badge = (number) => element("span", `community community-${number}`, element("span", "visually-hidden", say("community")), ` ${number}`);

// Each is called by whoever matters most in it; those whom an expansion brought are counted with it.
function entries(people) {
  const members = [...Map.groupBy(people, ({ community }) => community)].sort(([one], [other]) => one - other);
  return members.map(([number, group]) => {
    const first = group.reduce((most, person) => (person.ring < most.ring || (person.ring === most.ring && person.weight > most.weight) ? person : most));
    const name = element("bdi", "", first.label);
    return element("li", "", badge(number), " ", name, " ", element("span", "muted", count("and_people", group.length - 1)));
  });
}

export function makeGroups(graph, elements, toggle) {
  const people = elements.nodes.map(({ data }) => data).filter(({ community }) => community);
  if (!people.length) return () => {};
  const legend = graph.querySelector(".graph-legend"), button = element("button", "", say("communities"));
  button.type = "button";
  button.addEventListener("click", toggle);
  legend.append(element("li", "graph-groups-switch", button));
  const key = element("ul", "graph-groups");
  key.setAttribute("aria-label", say("communities"));
  legend.after(key);
  for (const { id, community } of people) graph.querySelector(`[data-graph-list] [data-node="${id}"] > a`)?.after(" ", badge(community));
  return (state, { nodes }) => {
    button.setAttribute("aria-pressed", String(state.groups));
    graph.toggleAttribute("data-groups", state.groups);
    key.replaceChildren(...entries([...nodes.values()].map(({ data }) => data).filter(({ community }) => community)));
  };
}
