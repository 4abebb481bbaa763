// The theme button: light or dark, remembered; going back to the system's own choice forgets it.
const root = document.documentElement;
const system = matchMedia("(prefers-color-scheme: dark)");

const current = () => root.dataset.theme || (system.matches ? "dark" : "light");

function remember(theme) {
  try {
    if (theme) localStorage.setItem("theme", theme);
    else localStorage.removeItem("theme");
  } catch {
    // Storage is refused: the choice lasts for this page.
  }
}

function choose(theme) {
  const isSystem = theme === (system.matches ? "dark" : "light");
  if (isSystem) delete root.dataset.theme;
  else root.dataset.theme = theme;
  remember(isSystem ? "" : theme);
  document.dispatchEvent(new CustomEvent("themechange", { detail: theme }));
}

for (const button of document.querySelectorAll("[data-theme-toggle]")) {
  const show = () => button.setAttribute("aria-pressed", String(current() === "dark"));
  button.addEventListener("click", () => {
    choose(current() === "dark" ? "light" : "dark");
    show();
  });
  system.addEventListener("change", show);
  show();
}
