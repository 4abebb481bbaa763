// What is wider than its column scrolls, by keys too; what fits is no stop of the Tab key. Without scripts, whatever
// could be wide is one.
const boxes = ".wide, .scroll, .abstract-text, .written, .work-head h1, .biography, math[display=block]";
const watch = new ResizeObserver((seen) => {
  for (const { target } of seen) {
    if (target.scrollWidth > target.clientWidth) target.tabIndex = 0;
    else target.removeAttribute("tabindex");
  }
});

export function watchWidths(under = document) {
  for (const box of under.querySelectorAll(boxes)) watch.observe(box);
}

watchWidths();
// The tab of this page is in sight, also where the row of tabs is wider than the screen.
for (const tab of document.querySelectorAll(".tabs [aria-current]")) {
  const row = tab.parentElement;
  row.scrollLeft += Math.max(0, tab.getBoundingClientRect().right - row.getBoundingClientRect().right);
}
