// While a proof is checked, looks every two seconds whether it is done, and then shows what came of it.
// Without scripts the page reloads itself.
const waiting = document.querySelector("[data-checking]");

async function isDone() {
  const answer = await fetch(location.href, { headers: { Accept: "text/html" }, cache: "no-store" });
  if (!answer.ok || answer.redirected) return answer.redirected;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  return page.querySelector("[data-checking]")?.dataset.checking !== waiting.dataset.checking;
}

async function look() {
  try {
    if (!document.hidden && await isDone()) {
      location.reload();
      return;
    }
  } catch {
    // The connection is away for a moment: look again.
  }
  setTimeout(look, 2000);
}

if (waiting) setTimeout(look, 1500);
