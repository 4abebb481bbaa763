// Keeps what is typed into a [data-draft] field for this tab until it was sent: an error page or a closed session
// loses nothing. The server's text goes first; [data-draft-done] or the address #sent say that it arrived.
const PREFIX = "draft:";

function store(act) {
  try {
    return act(sessionStorage);
  } catch {
    return null; // Storage is closed: the page works without it.
  }
}

const done = document.querySelector("[data-draft-done]")?.dataset.draftDone;
if (done) store((kept) => kept.removeItem(PREFIX + done));
if (location.hash === "#sent") { // Once: what is typed next is a draft again, also when the page is loaded anew.
  store((kept) => kept.removeItem(PREFIX + location.pathname));
  history.replaceState(null, "", `${location.pathname}#latest`);
  // Going to the fragment takes the focus away until the page is there.
  addEventListener("load", () => setTimeout(() => document.querySelector("[data-draft]")?.focus()));
}

for (const field of document.querySelectorAll("[data-draft]")) {
  const name = PREFIX + (field.form.dataset.draftOf ?? location.pathname);
  const kept = store((all) => all.getItem(name));
  if (kept && !field.value) field.value = kept;
  field.addEventListener("input", () => store((all) => all.setItem(name, field.value)));
}
