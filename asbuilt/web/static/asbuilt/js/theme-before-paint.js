// @ts-check
// Sets the theme before anything is painted, so that a dark page does not flash white. The one script that is loaded the
// classic way, in <head>, because modules run only after the page is there.

(() => {
  const root = document.documentElement;
  const system = window.matchMedia("(prefers-color-scheme: dark)");

  /** @returns {string | null} what was chosen, or null when nothing was or nothing can be kept */
  function chosen() {
    try {
      return localStorage.getItem("asbuilt-theme");
    } catch {
      return null;
    }
  }

  function apply() {
    const choice = chosen();
    const dark = choice === "dark" || (choice !== "light" && system.matches);
    root.dataset.theme = dark ? "dark" : "light";
  }

  apply();
  root.classList.add("js");
  system.addEventListener("change", apply);
  window.addEventListener("storage", apply);
  document.addEventListener("asbuilt:theme", apply);
})();
