// Follows, unfollows and mutes in place: [data-follow] with a form for each; `f` presses its button. Without an answer
// that it understands (the session ended, the form is old) the form is sent as it would be without scripts.
const IDLE = "input, textarea, select, [contenteditable], [role=application]";

function set(form, is) {
  const button = form.querySelector("button");
  form.action = is ? form.dataset.on : form.dataset.off;
  button.setAttribute("aria-pressed", String(is));
  button.querySelector("[data-word]").textContent = is ? button.dataset.on : button.dataset.off;
}

function show(box, state) {
  const [following, muted] = ["following", "muted"].map((name) => box.querySelector(`[data-follow-form=${name}]`));
  box.classList.toggle("is-followed", state.following);
  set(following, state.following);
  set(muted, state.muted);
  muted.hidden = !state.following;
  for (const count of document.querySelectorAll("[data-follow-count]")) count.textContent = state.followers;
  for (const word of document.querySelectorAll("[data-follow-word]")) word.textContent = state.followers === "1" ? word.dataset.one : word.dataset.many;
}

async function send(box, form) {
  const button = form.querySelector("button"), said = box.querySelector("[data-follow-said]");
  if (button.getAttribute("aria-busy") === "true") return;
  button.setAttribute("aria-busy", "true");
  said.textContent = "";
  try {
    const answer = await fetch(form.action, { method: "POST", body: new FormData(form), headers: { Accept: "application/json" } });
    const isState = !answer.redirected && answer.headers.get("Content-Type")?.startsWith("application/json");
    if (!isState) return form.submit();
    const state = await answer.json();
    if (answer.ok) show(box, state);
    said.textContent = state.said;
  } catch {
    said.textContent = box.dataset.failed;
  } finally {
    button.removeAttribute("aria-busy");
  }
}

for (const box of document.querySelectorAll("[data-follow]")) {
  box.addEventListener("submit", (event) => {
    event.preventDefault();
    send(box, event.target);
  });
}

document.addEventListener("keydown", (event) => {
  if (event.key !== "f" || event.repeat || event.ctrlKey || event.metaKey || event.altKey) return;
  const button = document.querySelector("[data-follow-form=following] button, [data-follow-go]");
  if (!button || event.target.closest?.(IDLE)) return;
  event.preventDefault();
  button.click();
});
