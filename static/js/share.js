// A short link and the HTML of a frame for the graph as it stands: details[data-share] with what the page asked of the
// server in data-state; what was done with the graph since stands in the address.
const WALKED = ["open", "hidden", "pins", "off", "years", "strength", "groups"];

function state(box) {
  const query = new URLSearchParams(box.dataset.state);
  for (const [name, value] of new URLSearchParams(location.search)) {
    if (value && WALKED.includes(name)) query.set(name, value);
  }
  return query.toString();
}

function refreshFrame(box) {
  const text = box.querySelector("[data-share-embed]");
  const address = `$1${state(box).replaceAll("&", "&amp;")}"`;
  text.value = text.value.replace(/(src="[^"?]*\?)[^"]*"/, address);
}

async function makeLink(box, said) {
  const answer = await fetch(box.dataset.api, {
    method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ query: state(box) }),
  });
  const found = await answer.json();
  if (!answer.ok) throw new Error(found.detail);
  const shown = box.querySelector("[data-share-link]");
  shown.hidden = false;
  shown.querySelector("input").value = found.short_url;
  shown.querySelector("input").select();
  said.textContent = said.dataset.made;
}

for (const box of document.querySelectorAll("[data-share]")) {
  const said = box.querySelector("[data-share-said]"), form = box.querySelector("form");
  box.addEventListener("toggle", () => {
    said.textContent = "";
    box.querySelector("[data-share-link]").hidden = true;
    if (box.open) refreshFrame(box);
  });
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    form.setAttribute("aria-busy", "true");
    try {
      await makeLink(box, said);
    } catch (error) {
      said.textContent = error instanceof TypeError ? said.dataset.failed : error.message || said.dataset.failed;
    }
    form.removeAttribute("aria-busy");
  });
}
