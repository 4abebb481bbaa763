// The numbers of what is unread, in the header: asked again while the page is looked at, without moving anything.
// Every minute and whenever the reader comes back; less often while the site does not answer; never in the background.
const nav = document.querySelector("[data-counts]");
const said = document.querySelector("[data-unread-said]");
const title = document.title;
const EVERY = 60_000;
const AT_MOST = 15 * EVERY;
let wait = EVERY;
let timer;
let asked = Date.now();

function show(counts) {
  const news = [];
  for (const [part, count] of Object.entries(counts)) {
    for (const badge of document.querySelectorAll(`[data-unread="${part}"]`)) {
      const number = badge.firstElementChild;
      if (part !== "total" && number.textContent !== count && count !== "0" && badge.closest("a")) {
        if (parseInt(count) > (badge.hidden ? 0 : parseInt(number.textContent))) news.push(badge.closest("a"));
      }
      number.textContent = count;
      badge.hidden = count === "0";
    }
  }
  document.title = counts.notifications === "0" ? title : `(${counts.notifications}) ${title}`;
  const words = new Set(news.map((link) => link.textContent.replace(/\s+/g, " ").trim()));
  if (words.size) said.textContent = [...words].join(", ");
}

async function ask() {
  clearTimeout(timer);
  if (document.hidden) return;
  asked = Date.now();
  try {
    const answer = await fetch(nav.dataset.counts, { cache: "no-cache" }); // the browser sends the ETag it has
    if (answer.status === 401) return; // logged out in another window
    if (!answer.ok) throw new Error(answer.statusText);
    show(await answer.json());
    wait = EVERY;
  } catch {
    wait = Math.min(wait * 2, AT_MOST);
  }
  timer = setTimeout(ask, wait);
}

function back() {
  if (!document.hidden && Date.now() - asked > 5_000) ask();
}

if (nav) {
  timer = setTimeout(ask, EVERY);
  document.addEventListener("visibilitychange", back);
  addEventListener("focus", back);
}
