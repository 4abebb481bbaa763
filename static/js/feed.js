// Marks of the feed in place: form[data-mark] of a [data-item] is sent without leaving the page. Opening a work marks it
// as read. Keys: j and k move, o opens, s saves, m marks; not while one types.
const feed = document.querySelector("[data-feed]"), said = feed.querySelector("[data-feed-said]");
const items = [...feed.querySelectorAll("[data-item]")];
const TYPING = "input, textarea, select, [contenteditable]";
const CLASSES = { read: ["is-unread", false], saved: ["is-saved", true] }; // the class that shows it, and when it is there

async function mark(form, on = form.elements.on.value === "1") {
  const item = form.closest("[data-item]"), name = form.dataset.mark, [shown, whenOn] = CLASSES[name];
  const body = new URLSearchParams(new FormData(form));
  body.set("on", on ? "1" : "0");
  try {
    const answer = await fetch(form.action, { method: "POST", body, keepalive: true, headers: { Prefer: "return=minimal" } });
    if (answer.status !== 204) throw new Error(String(answer.status));
  } catch {
    said.textContent = feed.dataset.failed;
    return;
  }
  item.classList.toggle(shown, on === whenOn);
  form.elements.on.value = on ? "0" : "1";
  said.textContent = feed.dataset[name === "saved" ? (on ? "saved" : "unsaved") : (on ? "read" : "unread")];
}

function act(item, name) {
  const form = item?.querySelector(`[data-mark=${name}]`);
  if (form) mark(form);
}

function opened(event) {
  const link = event.target.closest(".work-title a, .outward a"), item = link?.closest("[data-item]");
  if (item?.classList.contains("is-unread") && event.button < 2) mark(item.querySelector("[data-mark=read]"), true);
}

feed.addEventListener("submit", (event) => {
  if (!event.target.matches("[data-mark]")) return;
  event.preventDefault();
  mark(event.target);
});
feed.addEventListener("click", opened);
feed.addEventListener("auxclick", opened);

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest?.(TYPING)) return;
  const now = event.target.closest?.("[data-item]") ?? null, place = items.indexOf(now);
  if (event.key === "j" || event.key === "k") {
    const next = items[event.key === "j" ? place + 1 : Math.max(place - 1, 0)];
    next?.focus();
    next?.scrollIntoView({ block: "nearest" });
  } else if (event.key === "o") now?.querySelector(".work-title a")?.click();
  else if (event.key === "s") act(now, "saved");
  else if (event.key === "m") act(now, "read");
  else return;
  event.preventDefault();
});
