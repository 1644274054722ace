/**
 * Light, dark, or as the system: said on <html data-theme>, remembered where the browser allows it. Loaded before the
 * first paint, so that nothing flashes.
 */

/** @typedef {"auto" | "light" | "dark"} Theme */

/** @type {readonly Theme[]} */
export const THEMES = Object.freeze(["auto", "light", "dark"]);

const KEY = "backscope.theme";

/** @returns {Theme} */
export function theme() {
  const said = document.documentElement.dataset.theme;
  return THEMES.find((known) => known === said) ?? "auto";
}

/** @param {Theme} wanted */
export function setTheme(wanted) {
  show(wanted);
  try {
    if (wanted === "auto") localStorage.removeItem(KEY);
    else localStorage.setItem(KEY, wanted);
  } catch {
    // Storage is off or full: the theme holds for this page.
  }
}

/** The one after: auto, light, dark, auto. @returns {Theme} */
export function nextTheme() {
  return THEMES[(THEMES.indexOf(theme()) + 1) % THEMES.length];
}

/** @param {Theme} wanted */
function show(wanted) {
  if (wanted === "auto") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = wanted;
}

/** @returns {Theme} */
function remembered() {
  try {
    const said = localStorage.getItem(KEY);
    return THEMES.find((known) => known === said) ?? "auto";
  } catch {
    return "auto";
  }
}

show(remembered());
