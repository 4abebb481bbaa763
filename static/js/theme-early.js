// Runs before the first paint, hence no module: sets the remembered theme and says that scripts run.
document.documentElement.dataset.scripts = "on";
try {
  const theme = localStorage.getItem("theme");
  if (theme === "dark" || theme === "light") document.documentElement.dataset.theme = theme;
} catch {
  // Storage is refused: the system's preference stands.
}
