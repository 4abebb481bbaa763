// A conversation, while somebody looks at it: shows new messages and whether the last one was read; Ctrl+Enter sends.
// Without scripts the page shows them when it is loaded again.
import { watchWidths } from "./wide.js";

const SOON = 4000, LATER = 30000; // milliseconds between two looks: longer the longer nothing comes
const thread = document.querySelector("[data-thread]");
const read = document.querySelector("[data-read]");
const form = document.querySelector("[data-compose]");
let pause = SOON, waiting = 0, looking = false;

function show(fresh) {
  const news = [...fresh.children].filter((item) => !item.dataset.message || !document.getElementById(item.id));
  if (fresh.querySelector("[data-message]")) thread.querySelector("[data-empty]")?.remove();
  thread.append(...news);
  watchWidths(thread);
  thread.dataset.after = fresh.dataset.after;
  thread.dataset.day = fresh.dataset.day;
  pause = SOON;
}

async function look() {
  const address = `${thread.dataset.news}?after=${thread.dataset.after}&day=${thread.dataset.day}`;
  const answer = await fetch(address, { headers: { Accept: "text/html" }, cache: "no-store", redirect: "error" });
  if (answer.status === 429) pause = LATER;
  if (!answer.ok) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const fresh = page.querySelector("[data-fresh]");
  if (!fresh) return;
  if ("ended" in fresh.dataset) { location.reload(); return; }
  if (read.textContent !== fresh.dataset.read) read.textContent = fresh.dataset.read;
  if (fresh.children.length) show(fresh);
}

async function again() {
  clearTimeout(waiting);
  if (document.hidden || looking) return;
  looking = true;
  try {
    await look();
  } catch {
    // The connection is away for a moment, or the session ended: look again later.
  }
  looking = false;
  pause = Math.min(pause * 1.3, LATER);
  waiting = setTimeout(again, pause);
}

if (thread && form) {
  waiting = setTimeout(again, pause);
  document.addEventListener("visibilitychange", () => { pause = SOON; again(); });
  form.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.target.tagName !== "TEXTAREA") return;
    event.preventDefault();
    form.requestSubmit(form.querySelector("button[value=send]"));
  });
}
