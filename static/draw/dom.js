/**
 * The only module that makes elements. A drawing is described as plain values and `patch` makes the page agree with it,
 * reusing what is there: drawing twice leaves the same page, and focus, selection and scroll survive a redraw.
 *
 *     patch(host, [html("p", { class: "note", on: { click: go } }, "step ", html("b", {}, "12"))]);
 *
 * Text always goes in as text nodes; nothing here parses markup.
 *
 * @import { MathNode } from "../types.d.ts"
 */

/**
 * @typedef {string | number | boolean | null | undefined} Attribute
 * @typedef {Record<string, (event: any) => void>} Listeners
 * @typedef {{ tag: string, space?: string, key?: string | number, attributes?: Record<string, Attribute>,
 *   style?: Record<string, string | number | null>, on?: Listeners, children?: Child[] }} Drawn
 * @typedef {Drawn | string | number | null | undefined | false} Child
 * @typedef {Child | Child[] | Child[][]} Content
 * @typedef {Record<string, unknown> & { key?: string | number, style?: Record<string, string | number | null>, on?: Listeners }} Properties
 */

const SPACES = /** @type {Record<string, string>} */ ({
  html: "http://www.w3.org/1999/xhtml",
  svg: "http://www.w3.org/2000/svg",
  math: "http://www.w3.org/1998/Math/MathML",
});

/** Properties that lead a life of their own once a person has touched the control. */
const LIVE = new Set(["value", "checked", "open"]);

/** What each element was last drawn from. @type {WeakMap<Node, Drawn>} */
const drawn = new WeakMap();

/** What each element calls now, and the events it is subscribed to for good: redrawing swaps functions. */
const listening = /** @type {WeakMap<Node, { now: Listeners, subscribed: Set<string> }>} */ (new WeakMap());

/** @param {string} tag @param {Properties} [properties] @param {...Content} content @returns {Drawn} */
export function html(tag, properties = {}, ...content) {
  return describe("html", tag, properties, content);
}

/** @param {string} tag @param {Properties} [properties] @param {...Content} content @returns {Drawn} */
export function svg(tag, properties = {}, ...content) {
  return describe("svg", tag, properties, content);
}

/** @param {string} tag @param {Properties} [properties] @param {...Content} content @returns {Drawn} */
export function math(tag, properties = {}, ...content) {
  return describe("math", tag, properties, content);
}

/**
 * The description of a formula as a description of elements.
 * @param {MathNode} node
 * @returns {Drawn}
 */
export function mathOf({ tag, attrs, children, text }) {
  return math(tag, attrs, ...(text === undefined ? (children ?? []).map(mathOf) : [text]));
}

/**
 * An icon of templates/_icons.html, decorative: the control around it carries the name.
 * @param {string} name
 * @returns {Drawn}
 */
export function icon(name) {
  return svg("svg", { class: "icon", "aria-hidden": "true" }, svg("use", { href: `#icon-${name}` }));
}

/**
 * Makes the children of `host` be exactly these. Children with a `key` keep their element wherever they move to among
 * their siblings; the others are matched by position. Whatever stood in `host` before its first patch is removed.
 * @param {Element} host
 * @param {Content} content
 */
export function patch(host, content) {
  reconcile(host, flat([content]));
}

/** @param {Drawn} description @returns {Element} */
export function create(description) {
  const space = SPACES[description.space ?? "html"] ?? description.space ?? SPACES.html;
  const element = document.createElementNS(space, description.tag);
  update(element, description);
  return element;
}

/** @param {string} space @param {string} tag @param {Properties} properties @param {Content[]} content @returns {Drawn} */
function describe(space, tag, properties, content) {
  const { key, style, on, ...attributes } = properties;
  return {
    tag,
    space,
    key,
    style,
    on,
    attributes: /** @type {Record<string, Attribute>} */ (attributes),
    children: flat(content),
  };
}

/** Nested lists become one; nothings go; neighbouring texts stay apart. @param {Content[]} content @returns {Child[]} */
function flat(content) {
  return /** @type {Child[]} */ (content.flat(Infinity)).filter((child) =>
    child !== null && child !== undefined && child !== false
  );
}

/** @param {Element} host @param {Child[]} children */
function reconcile(host, children) {
  const old = [...host.childNodes];
  /** @type {Map<string, ChildNode>} */
  const keyed = new Map();
  /** @type {ChildNode[]} */
  const loose = [];
  for (const node of old) {
    const key = drawn.get(node)?.key;
    if (key === undefined) loose.push(node);
    else keyed.set(String(key), node);
  }
  let next = 0;
  /** The first of the remaining loose nodes that will do. @param {(node: ChildNode) => boolean} test */
  const take = (test) => {
    const at = loose.findIndex((node, index) => index >= next && test(node));
    if (at < 0) return null;
    next = at + 1;
    return loose[at];
  };
  /** @type {Node[]} */
  const wanted = children.map((child) => {
    if (typeof child !== "object" || child === null) {
      const text = String(child);
      const node = take((node) => node.nodeType === Node.TEXT_NODE) ?? document.createTextNode(text);
      if (node.nodeValue !== text) node.nodeValue = text;
      return node;
    }
    const key = child.key === undefined ? null : String(child.key);
    const node = key === null ? take((node) => fits(node, child)) : keyed.get(key);
    if (!node || !fits(node, child)) return create(child);
    if (key !== null) keyed.delete(key);
    update(/** @type {Element} */ (node), child);
    return node;
  });
  const keep = new Set(wanted);
  for (const node of old) if (!keep.has(node) && node.parentNode === host) node.remove();
  // Elements already in order are left alone: moving the focused one would blur it.
  let here = host.firstChild;
  for (const node of wanted) {
    if (node === here) here = here.nextSibling;
    else host.insertBefore(node, here);
  }
}

/** @param {Node} node @param {Drawn} description */
function fits(node, description) {
  const before = drawn.get(node);
  return before !== undefined && before.tag === description.tag && before.space === description.space;
}

/** @param {Element} element @param {Drawn} description */
function update(element, description) {
  const before = drawn.get(element);
  if (before === description) return;
  drawn.set(element, description);
  setAttributes(element, before?.attributes ?? {}, description.attributes ?? {});
  setStyle(element, before?.style ?? {}, description.style ?? {});
  if (description.on || before?.on) listen(element, description.on ?? {});
  if (description.children?.length || before?.children?.length) {
    reconcile(element, description.children ?? []);
  }
}

/** @param {Element} element @param {Record<string, Attribute>} before @param {Record<string, Attribute>} after */
function setAttributes(element, before, after) {
  for (const name in before) if (!(name in after)) setAttribute(element, name, null);
  for (const name in after) if (before[name] !== after[name]) setAttribute(element, name, after[name]);
}

/** In aria- and data- attributes false is a word; elsewhere it means absent. */
const WORDS = /^(aria|data)-/;

/** @param {Element} element @param {string} name @param {Attribute} value */
function setAttribute(element, name, value) {
  if (LIVE.has(name) && name in element) /** @type {any} */ (element)[name] = value ?? "";
  else if (value === null || value === undefined) element.removeAttribute(name);
  else if (typeof value !== "boolean" || WORDS.test(name)) element.setAttribute(name, String(value));
  else if (value) element.setAttribute(name, "");
  else element.removeAttribute(name);
}

/**
 * Through the style object, never as an attribute: the page's Content-Security-Policy allows no inline style.
 * @param {Element} element
 * @param {Record<string, string | number | null>} before
 * @param {Record<string, string | number | null>} after
 */
function setStyle(element, before, after) {
  const style = /** @type {HTMLElement} */ (element).style;
  for (const name in before) if (!(name in after)) style.removeProperty(name);
  for (const name in after) {
    const value = after[name];
    if (before[name] === value) continue;
    if (value === null) style.removeProperty(name);
    else style.setProperty(name, String(value));
  }
}

/** @param {Element} element @param {Listeners} listeners */
function listen(element, listeners) {
  const entry = listening.get(element) ?? { now: listeners, subscribed: new Set() };
  entry.now = listeners;
  listening.set(element, entry);
  for (const type in listeners) {
    if (entry.subscribed.has(type)) continue;
    entry.subscribed.add(type);
    element.addEventListener(type, (event) => entry.now[type]?.(event));
  }
}
