// Copies an address and says so: button[data-copy] with the words to show in data-copied.
for (const button of document.querySelectorAll("[data-copy]")) {
  const words = button.textContent;
  button.setAttribute("aria-live", "polite");
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(button.dataset.copy);
      button.textContent = button.dataset.copied;
    } catch {
      button.textContent = button.dataset.copy; // The browser refuses: show it, so that it can be copied by hand.
    }
    setTimeout(() => { button.textContent = words; }, 4000);
  });
}
