/**
 * The door to what helps people understand and share: sharing, presenting, definitions, the tour, lessons. A page that
 * is only looked at needs none of it, so a part comes when it is first asked for, with its texts and its styles.
 *
 * @import { Desk } from "./guide/desk.d.ts"
 */
import { sheet } from "./sheets.js";
import { say } from "./toast.js";
import { format, placeOf, read } from "./url.js";

/** Each part: its module, and the style sheets it needs. */
const PARTS = {
  share: { module: () => import("./guide/share.js"), styles: ["dialog", "share"] },
  present: { module: () => import("./guide/present.js"), styles: ["present"] },
  pointer: { module: () => import("./guide/pointer.js"), styles: ["present"] },
  data: { module: () => import("./guide/data.js"), styles: ["dialog", "data"] },
  glossary: { module: () => import("./guide/glossary.js"), styles: ["dialog", "glossary"] },
  lessons: { module: () => import("./guide/lessons.js"), styles: ["dialog", "share", "glossary", "lesson"] },
  tour: { module: () => import("./guide/tour.js"), styles: ["glossary", "tour"] },
  files: {
    module: () => import("./guide/files.js"),
    styles: ["dialog", "share", "glossary", "lesson"],
  },
};

/**
 * @typedef {object} Guide
 * @property {() => void} togglePointer
 * @property {(about: Element | null) => void} openGlossary  at the term that something on the page is about
 */

/**
 * @param {Desk & { texts: (part: string) => Promise<void> }} options  `texts` fetches the texts of a part of the page
 * @returns {Guide}
 */
export function createGuide({ texts, ...desk }) {
  const { t } = desk;

  /**
   * @template {keyof typeof PARTS} Name
   * @param {Name} name
   * @param {(module: Awaited<ReturnType<(typeof PARTS)[Name]["module"]>>) => void} then
   */
  const use = async (name, then) => {
    const { module, styles } = PARTS[name];
    try {
      const [loaded] = await Promise.all([
        module(),
        texts("guide"),
        texts("data"),
        ...styles.map((name) => sheet(`guide/${name}`)),
      ]);
      then(/** @type {any} */ (loaded));
    } catch (error) {
      say(t("guide.failed"));
      throw error;
    }
  };

  const share = () => use("share", ({ openShare }) => openShare(desk));
  document.getElementById("share")?.addEventListener("click", share);
  document.getElementById("edit-data")?.addEventListener(
    "click",
    () => use("data", ({ openData }) => void openData(desk)),
  );
  const whole = /** @type {HTMLAnchorElement | null} */ (document.getElementById("open-whole"));
  whole?.addEventListener("click", () => whole.hash = format(placeOf(desk.getState())));
  const togglePointer = () => use("pointer", (pointer) => pointer.toggle());
  presentWhenAsked(desk, () => use("present", ({ openBar }) => openBar({ ...desk, togglePointer })));
  const openGlossary = (/** @type {Element | null} */ about) =>
    use("glossary", (glossary) => glossary.openGlossary(desk, about));
  defineWhenAsked((first) => use("glossary", ({ define }) => define(desk, first)));
  offer("open-glossary", () => openGlossary(null));
  offer("open-lessons", () => use("lessons", ({ openLessons }) => void openLessons(desk)));
  desk.subscribe(({ lesson, run }, before) => {
    const isNew = lesson !== null && (lesson !== before.lesson || run.status !== before.run.status);
    if (isNew && run.status === "ready") use("lessons", ({ followLink }) => followLink(desk, lesson));
  });
  const tour = () => use("tour", ({ startTour }) => startTour(desk));
  offer("open-tour", tour);
  if (isFirstVisit()) {
    onceShown(desk, () => {
      try {
        localStorage.setItem(TOUR, "seen");
      } catch {
        return;
      }
      tour();
    });
  }
  if (hasOwnLesson()) onceShown(desk, () => use("lessons", ({ resumeOwn }) => resumeOwn(desk)));
  acceptFiles((file) => use("files", ({ receive }) => receive(desk, file)));
  return { togglePointer, openGlossary };
}

/** That the tour was seen is all the page remembers of anybody, and only in the visitor's own browser. */
const TOUR = "backscope.tour";

/**
 * Is somebody here for the first time, on the page itself? A link to a moment is about that moment.
 * @returns {boolean}
 */
function isFirstVisit() {
  const served = import.meta.url.startsWith("http");
  if (!served || document.body.dataset.embedded || Object.keys(read()).length) return false;
  try {
    return localStorage.getItem(TOUR) === null;
  } catch {
    return false; // nothing can be remembered: then better never than every time
  }
}

/** Was this tab in the middle of a lesson from a file? (lesson/own.js)  @returns {boolean} */
function hasOwnLesson() {
  try {
    return sessionStorage.getItem("backscope.lesson") !== null;
  } catch {
    return false;
  }
}

/**
 * Once there is something to see.
 * @param {Pick<Desk, "subscribe" | "frame">} desk
 * @param {() => void} then
 */
function onceShown({ subscribe, frame }, then) {
  const stop = subscribe(({ trace }) => {
    if (trace.status !== "ready" && !frame()) return;
    stop();
    then();
  });
}

/**
 * An entry of the menu: the menu goes first, so that the focus comes back to its button.
 * @param {string} id
 * @param {() => void} action
 */
function offer(id, action) {
  document.getElementById(id)?.addEventListener("click", () => {
    document.getElementById("learn-menu")?.hidePopover();
    action();
  });
}

/**
 * Definitions come with the first thing somebody points at or goes to.
 * @param {(first: import("./guide/definitions.js").First) => void} define
 */
function defineWhenAsked(define) {
  let pointer = { x: NaN, y: NaN };
  document.addEventListener("pointermove", ({ clientX, clientY }) => pointer = { x: clientX, y: clientY });
  const heard = (/** @type {Event} */ event) => {
    if (!(/** @type {Element} */ (event.target)).closest(".desk, .player")) return;
    for (const name of ASKING) document.removeEventListener(name, heard);
    let over = false;
    for (const name of ["pointerup", "pointercancel"]) {
      document.addEventListener(name, () => over = true, { once: true });
    }
    define({ event, isOver: () => over, pointer: () => pointer });
  };
  for (const name of ASKING) document.addEventListener(name, heard);
}

/** What somebody does who may want to know. */
const ASKING = ["pointermove", "pointerdown", "focusin"];

/**
 * The bar of projector mode comes when that mode first does, by its button, its key or a link.
 * @param {Pick<Desk, "dispatch" | "subscribe">} desk
 * @param {() => void} openBar
 */
function presentWhenAsked({ dispatch, subscribe }, openBar) {
  document.getElementById("present")?.addEventListener("click", () => {
    dispatch({ type: "present", present: true });
    // The button is gone in that mode; what is on the stage has the keys.
    document.getElementById("stage-panel")?.focus();
  });
  let there = false;
  subscribe(({ present }) => {
    if (!present || there) return;
    there = true;
    openBar();
  });
}

/**
 * A file dropped on the page is opened, unless what it was dropped on has taken it.
 * @param {(file: File) => void} receive
 */
function acceptFiles(receive) {
  /** @param {DragEvent} event */
  const hasFile = ({ dataTransfer }) => dataTransfer?.types.includes("Files") ?? false;
  document.addEventListener("dragover", (event) => {
    if (event.defaultPrevented || !hasFile(event)) return;
    event.preventDefault();
    document.body.dataset.drop = "true";
  });
  document.addEventListener("dragleave", (event) => {
    if (event.relatedTarget === null) delete document.body.dataset.drop;
  });
  document.addEventListener("drop", (event) => {
    delete document.body.dataset.drop;
    const file = event.dataTransfer?.files[0];
    if (event.defaultPrevented || !file) return;
    event.preventDefault();
    receive(file);
  });
}
