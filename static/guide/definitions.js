/**
 * A definition beside every symbol: where the mouse rests, where the keyboard's focus stays, where a finger stays down.
 * It leaves by itself, with Escape, and one may move into it. What it says comes from the glossary, and for what is not
 * there from the run itself, which names and explains every value it has.
 *
 * @import { Desk } from "./desk.d.ts"
 * @import { Glossary, Term } from "./terms.d.ts"
 * @import { Content } from "../draw/dom.js"
 * @import { Run } from "../types.d.ts"
 */
import { create, html, patch } from "../draw/dom.js";
import { full } from "../draw/format.js";
import { symbol } from "../draw/label.js";
import { settled } from "../player.js";
import { parseAddress } from "../trace.js";
import { drawFormula, drawSymbol } from "./formulas.js";
import { termById, termOfField, termOfLetter, termOfPhase, termOfQuantity } from "./vocabulary.js";

/** How long one looks before a definition comes, and how long it stays when one has left. Milliseconds. */
const REST = 350, FOCUS_REST = 600, HOLD = 500, LEAVE = 180;

/** A finger that moved further than this is doing something else. CSS pixels. */
const STILL = 10;

/** Everything that has a definition. */
export const DEFINED =
  "[data-address], [data-name], [data-call], [data-role], [data-term]:not(body), [data-go], .legend [data-phase], .timeline-name, .badge, .timeline-label, .field-name";

/** Parts a formula names, by the term they are. */
const ROLES = /** @type {Record<string, string>} */ ({ error: "da", slope: "slope", path: "path" });

/**
 * What is defined, and which number it stands for here.
 * @typedef {{ title: Content, text: string, formula: Term["formula"], number: { address: string, value: string | null } | null, id: string | null }} Definition
 */

/**
 * What the visitor did first, before there were definitions; whether a finger or a button has been lifted since, and
 * where the pointer is.
 * @typedef {{ event: Event, isOver: () => boolean, pointer: () => { x: number, y: number } }} First
 */

/**
 * @param {Desk} desk
 * @param {Glossary} glossary
 * @param {(id: string | null) => void} openGlossary
 * @returns {(first: First) => void}  shows the definition of what the visitor was at when all this was asked for
 */
export function attach(desk, glossary, openGlossary) {
  const { t, getState, frame } = desk;
  const tip = /** @type {HTMLElement} */ (create(html("div", { id: "definition", role: "tooltip" })));
  tip.popover = "manual";
  document.querySelector("main")?.append(tip);
  /** What is pointed at, what the tip is about, and what says so. @type {Element | null} */
  let wanted = null;
  /** @type {HTMLElement | null} */
  let shown = null;
  /** @type {Element | null} */
  let described = null;
  /** The browser's own tooltips keep silent meanwhile. @type {{ element: Element, title: string } | null} */
  let silenced = null;

  /** @param {HTMLElement} element */
  const show = (element) => {
    const run = frame()?.run;
    const definition = run && definitionOf(element, run, glossary);
    if (!definition || getState().playing) return hide();
    patch(tip, content(definition, t, openGlossary));
    shown = element;
    describe(element);
    silence(element);
    if (!tip.matches(":popover-open")) tip.showPopover();
    place(tip, element);
  };
  const hide = () => {
    if (!shown) return;
    shown = null;
    describe(null);
    silence(null);
    tip.hidePopover();
  };
  const forget = () => {
    wanted = null;
    hide();
  };
  /** @param {HTMLElement | null} element */
  const describe = (element) => {
    described?.removeAttribute("aria-describedby");
    described = element?.matches(":focus") && !element.hasAttribute("aria-describedby") ? element : null;
    described?.setAttribute("aria-describedby", tip.id);
  };
  /** @param {Element | null} element */
  const silence = (element) => {
    silenced?.element.setAttribute("title", silenced.title);
    const titled = element?.closest("[title]");
    silenced = titled ? { element: titled, title: titled.getAttribute("title") ?? "" } : null;
    silenced?.element.removeAttribute("title");
  };
  const showWanted = () => {
    if (wanted instanceof Element && wanted.isConnected) show(/** @type {HTMLElement} */ (wanted));
  };
  const soon = settled(showWanted, REST);
  const later = settled(showWanted, FOCUS_REST);
  const leave = settled(() => {
    if (wanted === null) hide();
  }, LEAVE);

  /** Where the mouse is: what comes under it while it rests has not been pointed at. */
  let mouse = { x: NaN, y: NaN };
  document.addEventListener("pointerover", (event) => {
    if (event.pointerType === "touch" || event.buttons) return;
    if (event.clientX === mouse.x && event.clientY === mouse.y) return;
    const target = /** @type {Element} */ (event.target);
    if (tip.contains(target)) {
      wanted = shown;
      return;
    }
    wanted = definedAt(target);
    if (wanted) soon();
    else leave();
  });
  document.addEventListener("pointerdown", (event) => {
    if (tip.contains(/** @type {Node} */ (event.target))) return;
    if (event.pointerType === "touch") hold(event);
    else forget();
  });
  document.addEventListener("focusin", (event) => {
    const target = /** @type {Element} */ (event.target);
    if (!target.matches(":focus-visible") || tip.contains(target)) return;
    // A dialog that has been shut gives the focus back; nobody went there to ask.
    if (/** @type {Element | null} */ (event.relatedTarget)?.closest("dialog:not([open])")) return forget();
    wanted = definedBy(target);
    if (wanted) later();
    else hide();
  });
  document.addEventListener("focusout", forget);
  document.addEventListener("input", forget);
  document.addEventListener("scroll", () => {
    hide();
    if (wanted) soon();
  }, { capture: true, passive: true });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && shown) {
      // The first Escape takes away what came by itself, and nothing else.
      event.preventDefault();
      event.stopPropagation();
      forget();
    } else if (event.key !== "Shift") wanted = null;
  }, { capture: true });
  desk.subscribe((state, before) => {
    if (state.cursor !== before.cursor || state.run !== before.run) forget();
  });

  // A finger that stays down asks; the click it ends with is not meant.
  /** @type {{ x: number, y: number, element: Element } | null} */
  let held = null;
  const heldLong = settled(() => {
    if (!held) return;
    wanted = held.element;
    showWanted();
    if (shown) document.addEventListener("click", swallow, { capture: true, once: true });
  }, HOLD);
  /** @param {PointerEvent} event */
  const hold = ({ target, clientX, clientY }) => {
    forget();
    const element = definedAt(/** @type {Element} */ (target));
    held = element && { x: clientX, y: clientY, element };
    if (held) heldLong();
  };
  /** @param {Event} event */
  const swallow = (event) => {
    if (tip.contains(/** @type {Node} */ (event.target))) return;
    event.preventDefault();
    event.stopPropagation();
  };
  const release = () => held = null;
  document.addEventListener("pointerup", release);
  document.addEventListener("pointercancel", release);
  document.addEventListener("pointermove", ({ clientX, clientY }) => {
    mouse = { x: clientX, y: clientY };
    if (held && Math.hypot(clientX - held.x, clientY - held.y) > STILL) held = null;
  });
  document.addEventListener("contextmenu", (event) => {
    if (held || shown && "pointerType" in event && event.pointerType === "touch") event.preventDefault();
  });

  return ({ event, isOver, pointer }) => {
    mouse = pointer();
    if ("pointerType" in event && event.pointerType === "touch") {
      if (!isOver()) hold(/** @type {PointerEvent} */ (event));
      return;
    }
    const focused = document.querySelector(":focus-visible");
    const target = /** @type {Element} */ (event.target);
    // Who has clicked meanwhile wanted something else.
    const rests = target.matches(":hover") && !isOver();
    wanted = focused ? definedBy(focused) : rests ? definedAt(target) : null;
    if (wanted) soon();
  };
}

/**
 * The term that something on the page is about, by id; null if it is about none.
 * @param {Element} element
 * @param {Run} run
 * @param {Glossary} glossary
 * @returns {string | null}
 */
export function termAt(element, run, glossary) {
  return definitionOf(definedBy(element) ?? element, run, glossary)?.id ?? null;
}

/** What knows what it is, or else a letter of a formula.  @param {Element} element  @returns {Element | null} */
function definedAt(element) {
  return element.closest(DEFINED) ?? element.closest("math mi");
}

/**
 * What a control is about: itself, or what it names. A part of the page that the focus may come to is about nothing.
 * @param {Element} element
 * @returns {Element | null}
 */
function definedBy(element) {
  if (element.matches(DEFINED)) return element;
  const field = element.closest("label.field, div.field");
  if (field) return field.querySelector(".field-name");
  return element.matches("button, a, summary, [role=button]") ? element.querySelector(DEFINED) : null;
}

/**
 * What something on the page that has a definition is.
 * @param {Element} element
 * @param {Run} run
 * @param {Glossary} glossary
 * @returns {Definition | null}
 */
export function definitionOf(element, run, glossary) {
  if (element.localName === "mi" && !element.matches(DEFINED)) {
    return ofTerm(termOfLetter(glossary, letterOf(element)));
  }
  const { dataset } = /** @type {HTMLElement} */ (element);
  const { go, address = go, name, call, role, term: id, value } = dataset;
  if (role !== undefined || id !== undefined) {
    return ofTerm(termById(glossary, id ?? ROLES[role ?? ""] ?? ""));
  }
  const cell = address === undefined ? null : parseAddress(address);
  const named = cell?.name ?? name ?? call;
  if (named !== undefined) {
    const number = address === undefined
      ? null
      : { address, value: value === undefined ? null : full(Number(value)) };
    return ofValue(run, named, glossary, number);
  }
  if (element.matches(".field-name")) return ofTerm(termOfField(glossary, fieldPath(element)));
  const phase = /** @type {HTMLElement | null} */ (element.closest("[data-phase]"))?.dataset.phase;
  return phase ? ofTerm(termOfPhase(glossary, phase)) : null;
}

/**
 * A letter as it stands in a formula: by itself, as an index of another, or in the name of a derivative.
 * @param {Element} element  an `mi`
 */
function letterOf(element) {
  const letter = element.textContent ?? "";
  let part = element;
  for (let at = element.parentElement; at && at.localName !== "math"; part = at, at = at.parentElement) {
    const isIndex = /^m(sub|sup|subsup|under|underover)$/.test(at.localName) && at.firstElementChild !== part;
    if (isIndex) return { letter, index: true, of: null };
    const [, of] = at.localName === "mfrac" ? /^∂L∂(\p{L})/u.exec(at.textContent ?? "") ?? [] : [];
    if (of) return { letter, index: false, of };
  }
  return { letter, index: false, of: null };
}

/** The path of the field a label belongs to.  @param {Element} label */
function fieldPath(label) {
  const field = label.closest(".field, .features")?.querySelector("[name], [id]");
  return field?.getAttribute("name") || field?.id.replace("batch-kind", "batch_size") || "";
}

/** @param {Term | null} term  @returns {Definition | null} */
function ofTerm(term) {
  if (!term) return null;
  const { id, symbol, name, text, formula } = term;
  return { title: [symbol && drawSymbol(symbol), html("b", {}, name)], text, formula, number: null, id };
}

/**
 * @param {Run} run
 * @param {string} name
 * @param {Glossary} glossary
 * @param {Definition["number"]} number
 * @returns {Definition | null}
 */
function ofValue(run, name, glossary, number) {
  const info = run.values[name];
  if (!info) return null;
  const term = termOfQuantity(glossary, info.quantity);
  const exact = term?.quantities.includes(info.quantity);
  return {
    title: [symbol(run, name), html("b", {}, exact && term ? term.name : info.label)],
    text: exact && term ? term.text : info.meaning,
    formula: term?.formula ?? null,
    number,
    id: term?.id ?? null,
  };
}

/**
 * @param {Definition} definition
 * @param {Desk["t"]} t
 * @param {(id: string | null) => void} openGlossary
 * @returns {Content}
 */
function content({ title, text, formula, number, id }, t, openGlossary) {
  return [
    html("p", { class: "definition-title" }, title),
    html("p", {}, text),
    formula && html("p", { class: "definition-formula" }, drawFormula(formula)),
    number && html(
      "p",
      { class: "definition-number" },
      html("code", {}, number.address),
      number.value === null ? null : html("span", {}, number.value),
    ),
    id && html(
      "button",
      { type: "button", class: "why-link", tabindex: -1, on: { click: () => openGlossary(id) } },
      t("guide.glossary.more"),
      html("kbd", {}, "g"),
    ),
  ];
}

/**
 * Below the thing, or above it where there is no room; within the window.
 * @param {HTMLElement} tip
 * @param {Element} element
 */
function place(tip, element) {
  const at = element.getBoundingClientRect();
  const { width, height } = tip.getBoundingClientRect();
  const gap = 8;
  const below = at.bottom + gap + height <= innerHeight - gap;
  const top = below ? at.bottom + gap : Math.max(gap, at.top - gap - height);
  const left = Math.max(gap, Math.min(innerWidth - width - gap, at.left));
  tip.style.setProperty("top", `${top}px`);
  tip.style.setProperty("left", `${left}px`);
}
