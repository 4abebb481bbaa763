// Copies a text and says so: button[data-copy] with the text itself, or button[data-copy-from] with the id of the field
// that holds it; the words to show afterwards stand in data-copied.
for (const button of document.querySelectorAll("[data-copy], [data-copy-from]")) {
  const words = button.textContent, field = document.getElementById(button.dataset.copyFrom);
  button.setAttribute("aria-live", "polite");
  button.addEventListener("click", async () => {
    const text = field ? field.value : button.dataset.copy;
    try {
      await navigator.clipboard.writeText(text);
      button.textContent = button.dataset.copied;
    } catch {
      if (field) field.select(); // The browser refuses: show it, so that it can be copied by hand.
      else button.textContent = text;
    }
    setTimeout(() => { button.textContent = words; }, 4000);
  });
}
