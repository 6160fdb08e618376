/* The theme that the reader chose, before anything is painted, and the button that changes it. */
const themes = ["auto", "light", "dark"];

function storedTheme() {
  try {
    return themes.includes(localStorage.theme) ? localStorage.theme : "auto";
  } catch {
    return "auto"; // Storage is refused: the choice lasts for this page.
  }
}

function showTheme(theme) {
  if (theme === "auto") delete root.dataset.theme;
  else root.dataset.theme = theme;
}

showTheme(storedTheme());
ready(() => {
  const button = document.querySelector(".theme");
  let theme = storedTheme();
  const label = () => {
    button.title = button.dataset[theme];
    button.lastElementChild.textContent = button.dataset[theme];
  };
  button.addEventListener("click", () => {
    theme = themes[(themes.indexOf(theme) + 1) % themes.length];
    try { localStorage.theme = theme; } catch { /* as above */ }
    showTheme(theme);
    label();
  });
  label();
  button.hidden = false;
});
