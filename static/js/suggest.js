// Suggestions while typing, as an ARIA combobox over every [data-suggest]; `/` goes to the site's search box.
const WAIT = 120;

function option(hit, id) {
  const item = document.createElement("li");
  item.id = id;
  item.setAttribute("role", "option");
  item.className = `kind kind-${hit.entity_type}`;
  item.dataset.href = hit.url;
  item.dataset.fill = `${hit.display_name} (${hit.id})`;
  item.append(Object.assign(document.createElement("span"), { textContent: hit.display_name, dir: "auto" }));
  if (hit.hint) item.append(Object.assign(document.createElement("span"), { className: "hint", textContent: hit.hint, dir: "auto" }));
  return item;
}

async function hits(urls, text, signal) {
  const ask = async (url) => {
    const answer = await fetch(`${url}?q=${encodeURIComponent(text)}`, { signal, headers: { Accept: "application/json" } });
    return answer.ok ? (await answer.json()).results.slice(0, 5) : [];
  };
  return (await Promise.all(urls.map(ask))).flat();
}

function attach(form) {
  const input = form.querySelector("input[type=search]");
  const list = Object.assign(document.createElement("ul"), { className: "suggestions", id: `${input.id}-list`, hidden: true });
  let waiting, running, active = -1;
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", form.dataset.suggestLabel);
  form.append(list);
  const state = { role: "combobox", "aria-autocomplete": "list", "aria-controls": list.id, "aria-expanded": "false" };
  for (const [name, value] of Object.entries(state)) input.setAttribute(name, value);

  const show = (items) => {
    list.replaceChildren(...items);
    list.hidden = !items.length;
    input.setAttribute("aria-expanded", String(items.length > 0));
    move(-1);
  };
  const move = (to) => {
    active = to;
    for (const [i, item] of [...list.children].entries()) item.setAttribute("aria-selected", String(i === to));
    if (to < 0) return input.removeAttribute("aria-activedescendant");
    input.setAttribute("aria-activedescendant", list.children[to].id);
    list.children[to].scrollIntoView({ block: "nearest" });
  };
  const look = async () => {
    running?.abort();
    running = new AbortController();
    const text = input.value.trim();
    if (text.length < 2) return show([]);
    try {
      const found = await hits(form.dataset.suggest.split(" "), text, running.signal);
      show(found.map((hit, i) => option(hit, `${list.id}-${i}`)));
    } catch (error) {
      if (error.name !== "AbortError") show([]); // The search page still answers.
    }
  };

  const take = (item) => { // A field with data-suggest-fill keeps what was chosen; a search box goes there.
    if (!("suggestFill" in form.dataset)) { location.href = item.dataset.href; return; }
    input.value = item.dataset.fill;
    show([]);
  };

  input.addEventListener("input", () => { clearTimeout(waiting); waiting = setTimeout(look, WAIT); });
  const stay = () => { clearTimeout(waiting); running?.abort(); }; // what is shown is what is chosen from
  input.addEventListener("blur", () => { stay(); show([]); });
  list.addEventListener("mousedown", (event) => event.preventDefault());
  list.addEventListener("click", (event) => take(event.target.closest("li")));
  input.addEventListener("keydown", (event) => {
    const count = list.hidden ? 0 : list.children.length;
    if (event.key === "Escape" && count) show([]);
    else if (event.key === "ArrowDown" && count) move((active + 1) % count);
    else if (event.key === "ArrowUp" && count) move(active <= 0 ? count - 1 : active - 1);
    else if (event.key === "Enter" && active >= 0) take(list.children[active]);
    else return;
    stay();
    event.preventDefault();
  });
}

for (const form of document.querySelectorAll("[data-suggest]")) attach(form);
document.addEventListener("keydown", (event) => {
  const typing = event.target.closest?.("input, textarea, select, [contenteditable]");
  if (event.key !== "/" || typing || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  document.querySelector("form[data-suggest] input")?.focus();
});
