// The list of what one follows: selects all of a page, and says how many are selected.
for (const form of document.querySelectorAll("[data-follow-list]")) {
  const all = form.querySelector("[data-all]"), said = form.querySelector("[data-selected]");
  const boxes = [...form.querySelectorAll("input[name=target]")];
  const acts = form.querySelectorAll("button[name=act]");
  const count = () => {
    const chosen = boxes.filter((box) => box.checked).length;
    all.checked = chosen === boxes.length;
    all.indeterminate = chosen > 0 && chosen < boxes.length;
    said.textContent = chosen ? said.dataset.some.replace("{count}", chosen) : said.dataset.none;
    for (const act of acts) act.disabled = !chosen;
  };
  form.addEventListener("change", (event) => {
    if (event.target === all) for (const box of boxes) box.checked = all.checked;
    count();
  });
  addEventListener("pageshow", count); // The browser keeps what was checked when one comes back.
  count();
}
