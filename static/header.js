/**
 * The header's tools: example menu, language, theme, help, and the sheet that holds the experiment where there is
 * no room beside the stage.
 *
 * @import { Spec, Translate } from "./types.d.ts"
 */
import { nextTheme, setTheme, theme } from "./theme.js";

/** The experiment stands beside the stage above this size, by the size of the text; page.css has the same condition. */
const WIDE = "(min-width: 68.75em) and (min-height: 35em)";

/**
 * @typedef {object} Header
 * @property {{ name: string, label: string, spec: Spec }[]} examples  as the menu lists them
 * @property {(name: string | null) => void} showExample  null for the visitor's own experiment
 * @property {() => void} toggleHelp
 * @property {() => void} toggleExperiment
 * @property {(how: "open" | "closed" | "auto") => void} showExperiment  where there is no room for it beside the stage, a
 *   visitor opens it himself
 * @property {() => void} changeTheme
 */

/**
 * @param {object} options
 * @param {Translate} options.t
 * @param {() => string} options.fragment  what a link to this moment ends with
 * @param {(spec: Spec) => void} options.open  opens an example
 * @returns {Header}
 */
export function createHeader({ t, fragment, open }) {
  const menu = /** @type {HTMLSelectElement} */ (byId("example-menu"));
  const examples = [...menu.options].filter(({ value }) => value).map((option) => ({
    name: option.value,
    label: option.text,
    spec: JSON.parse(option.dataset.spec ?? "{}"),
  }));
  menu.addEventListener("change", () => {
    const example = examples.find(({ name }) => name === menu.value);
    if (example) open(example.spec);
  });

  const language = /** @type {HTMLAnchorElement} */ (byId("language"));
  // The moment comes along; the address bar may not have it yet.
  language.addEventListener("click", () => language.hash = fragment());

  const help = /** @type {HTMLDialogElement} */ (byId("help"));
  const toggleHelp = () => help.open ? help.close() : help.showModal();
  byId("help-open").addEventListener("click", () => {
    // The menu goes first, so that the focus comes back to its button.
    byId("learn-menu").hidePopover();
    toggleHelp();
  });
  byId("help-close").addEventListener("click", toggleHelp);
  help.addEventListener("click", (event) => event.target === help && help.close());

  byId("theme").addEventListener("click", changeTheme);
  showTheme(t);
  const experiment = experimentSheet();

  function changeTheme() {
    setTheme(nextTheme());
    showTheme(t);
  }

  return {
    examples,
    showExample: (name) => menu.value = name ?? "",
    toggleHelp,
    toggleExperiment: experiment.toggle,
    showExperiment: experiment.show,
    changeTheme,
  };
}

/** @param {Translate} t */
function showTheme(t) {
  const button = byId("theme");
  const text = t(`theme.${theme()}`);
  button.title = text;
  button.setAttribute("aria-label", text);
  button.querySelector("use")?.setAttribute("href", `#icon-theme-${theme()}`);
}

/** @returns {{ toggle: () => void, show: Header["showExperiment"] }} */
function experimentSheet() {
  const wide = matchMedia(WIDE);
  const toggle = byId("experiment-toggle");
  const panel = byId("experiment");
  const isOpen = () => {
    const { experiment } = document.body.dataset;
    return experiment === "open" || (experiment === "auto" && wide.matches);
  };
  /** @param {boolean} open */
  const set = (open) => {
    document.body.dataset.experiment = open ? "open" : "closed";
    toggle.setAttribute("aria-expanded", String(open));
    if (wide.matches) return;
    if (open) byId("experiment-close").focus();
    else if (panel.contains(document.activeElement) || document.activeElement === document.body) {
      toggle.focus();
    }
  };
  const adapt = () => {
    document.body.dataset.experiment = "auto";
    toggle.setAttribute("aria-expanded", String(isOpen()));
  };
  adapt();
  wide.addEventListener("change", adapt);
  toggle.addEventListener("click", () => set(!isOpen()));
  byId("experiment-close").addEventListener("click", () => set(false));
  panel.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || wide.matches) return;
    event.stopPropagation();
    set(false);
    toggle.focus();
  });
  document.addEventListener("pointerdown", (event) => {
    if (wide.matches || !isOpen() || !(event.target instanceof Node)) return;
    if (!panel.contains(event.target) && !toggle.contains(event.target)) set(false);
  });
  return {
    toggle: () => set(!isOpen()),
    show: (how) =>
      how === "auto"
        ? adapt()
        : isOpen() !== (how === "open") && (how === "closed" || wide.matches) && set(how === "open"),
  };
}

/** @param {string} id @returns {HTMLElement} */
function byId(id) {
  return /** @type {HTMLElement} */ (document.getElementById(id));
}
