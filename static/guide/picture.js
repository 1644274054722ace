/**
 * A picture of the stage as it stands: its boxes, lines and texts as plain SVG that drawing and slide programs read,
 * with every style resolved and the maths font inside. Nothing is drawn anew: what the browser has laid out is written
 * down, so whatever view is on the stage comes out as it looks.
 *
 * @import { Api } from "../api.js"
 * @import { Drawn } from "../draw/dom.js"
 */
import { create, html, svg } from "../draw/dom.js";
import { mathItalic } from "./italic.js";
import { clipped, control, gradient, icon, mark, needsClip, turnOf } from "./picture/extras.js";
import { blankCanvas, colour, grown, line, rect, round } from "./picture/ink.js";

/** A picture is at least so wide in pixels: sharp on a projector. */
const WIDE = 1920;

const MATH_FONT = "STIX Two Math";

/** What of a drawing's style is written into it. */
const PAINT = [
  "fill",
  "stroke",
  "fill-opacity",
  "stroke-opacity",
  "stroke-width",
  "stroke-dasharray",
  "stroke-linecap",
  "stroke-linejoin",
  "opacity",
  "vector-effect",
];

/**
 * @param {HTMLElement} host
 * @param {{ title: string, link: string, api: Api }} options
 * @returns {Promise<string>}
 */
export async function svgOf(host, { title, link, api }) {
  const box = host.getBoundingClientRect();
  const drawn = stacked(paint(host, { left: box.left, top: box.top }));
  const [width, height] = [Math.ceil(box.width), Math.ceil(box.height)];
  const usesMath = JSON.stringify(drawn).includes(MATH_FONT);
  const element = create(svg(
    "svg",
    { viewBox: `0 0 ${width} ${height}`, width, height, role: "img" },
    svg("title", {}, title),
    svg("desc", {}, link),
    usesMath ? svg("style", {}, await fontFace(api)) : null,
    rect({ x: 0, y: 0, width, height }, 0, { fill: paper(host) }),
    drawn,
  ));
  return new XMLSerializer().serializeToString(element);
}

/**
 * @param {string} source  an SVG
 * @returns {Promise<Blob>}
 */
export async function pngOf(source) {
  const [, width] = /width="([\d.]+)"/.exec(source) ?? [];
  const scale = Math.max(1, Math.ceil(WIDE / Number(width)));
  // A line that keeps its width whatever its drawing is stretched to would be thin in a large picture.
  const drawn = source.replace(
    /stroke-width="([\d.]+)"([^>]*?vector-effect="non-scaling-stroke")/g,
    (_, width, rest) => `stroke-width="${Number(width) * scale}"${rest}`,
  );
  const image = /** @type {HTMLImageElement} */ (create(
    html("img", { src: `data:image/svg+xml;charset=utf-8,${encodeURIComponent(drawn)}` }),
  ));
  await image.decode();
  const canvas = blankCanvas();
  canvas.width = image.width * scale;
  canvas.height = image.height * scale;
  canvas.getContext("2d")?.drawImage(image, 0, 0, canvas.width, canvas.height);
  return new Promise((resolve, reject) =>
    canvas.toBlob((blob) => blob ? resolve(blob) : reject(new Error("no picture")), "image/png")
  );
}

/** The font that formulas are set in, inside the file.  @param {Api} api */
async function fontFace(api) {
  const link = /** @type {HTMLLinkElement | null} */ (document.getElementById("math-font"));
  if (!link) return "";
  const bytes = new Uint8Array(await api.getBytes(new URL(link.href).pathname));
  const binary = Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
  return `@font-face{font-family:"${MATH_FONT}";src:url(data:font/woff2;base64,${
    btoa(binary)
  }) format("woff2")}`;
}

/** The ground an element stands on.  @param {Element} host */
function paper(host) {
  for (let at = /** @type {Element | null} */ (host); at; at = at.parentElement) {
    const ground = colour(getComputedStyle(at).backgroundColor);
    if (ground.opacity > 0) return ground.hex;
  }
  return "#ffffff";
}

/** @typedef {{ left: number, top: number }} Origin */

/** A piece of the picture, and how far in front it is. @typedef {{ depth: number, drawn: Drawn }} Piece */

/**
 * What an element looks like, in the order of the document.
 * @param {Element} element
 * @param {Origin} origin
 * @returns {Piece[]}
 */
function paint(element, origin) {
  const style = getComputedStyle(element);
  if (style.display === "none" || style.visibility === "hidden" || style.opacity === "0") return [];
  const box = element.getBoundingClientRect();
  // Words for screen readers alone are cut down to a point.
  if (style.clipPath !== "none" && box.width <= 1) return [];
  if (element instanceof SVGSVGElement) return [piece(drawing(element, box, origin))];
  if (element instanceof HTMLCanvasElement) {
    return box.width && box.height ? [piece(raster(element, box, origin))] : [];
  }
  const at = { x: box.left - origin.left, y: box.top - origin.top, width: box.width, height: box.height };
  const shaped = mark(style, at);
  if (shaped) return [piece(shaped)];
  const pieces = [...decoration(style, box, origin)].map(piece);
  if (element instanceof HTMLInputElement) return [...pieces, ...control(element, style, at).map(piece)];
  /** @type {Piece[]} */
  let inside = [];
  for (const node of element.childNodes) {
    if (node instanceof Text) inside.push(...[...text(node, style, origin)].map(piece));
    else if (node instanceof Element) inside.push(...paint(node, origin));
  }
  // What is scrolled out of sight is not in the picture either.
  if (needsClip(element, style)) inside = [piece(clipped(at, stacked(inside)))];
  pieces.push(...inside);
  const depth = Number(style.zIndex);
  if (Number(style.opacity) < 1) {
    return [{ depth: depth || 0, drawn: svg("g", { opacity: style.opacity }, stacked(pieces)) }];
  }
  // Without a place of its own in the stack an element lets each of its parts have one.
  return Number.isNaN(depth) ? pieces : stacked(pieces).map((drawn) => ({ depth, drawn }));
}

/** @param {Drawn} drawn  @returns {Piece} */
function piece(drawn) {
  return { depth: 0, drawn };
}

/** From back to front.  @param {Piece[]} pieces  @returns {Drawn[]} */
function stacked(pieces) {
  return pieces.toSorted((a, b) => a.depth - b.depth).map(({ drawn }) => drawn);
}

/**
 * Ground, border and rings of a box.
 * @param {CSSStyleDeclaration} style
 * @param {DOMRect} box
 * @param {Origin} origin
 * @returns {Generator<Drawn>}
 */
function* decoration(style, box, { left, top }) {
  if (!box.width || !box.height) return;
  const at = { x: box.left - left, y: box.top - top, width: box.width, height: box.height };
  const radius = Math.min(parseFloat(style.borderTopLeftRadius) || 0, box.width / 2, box.height / 2);
  const ground = colour(style.backgroundColor);
  if (ground.opacity > 0) yield rect(at, radius, { fill: ground.hex, "fill-opacity": ground.opacity });
  yield* gradient(style.backgroundImage, at, radius);
  const outline = parseFloat(style.outlineWidth) || 0;
  if (outline && style.outlineStyle !== "none") {
    const by = (parseFloat(style.outlineOffset) || 0) + outline / 2;
    const ink = colour(style.outlineColor);
    yield rect(
      grown(at, by),
      Math.max(0, radius + by),
      line(ink, outline, dashes(style.outlineStyle, outline)),
    );
  }
  for (const { inset, spread, bar, ink } of rings(style.boxShadow)) {
    if (bar) {
      yield rect({ ...at, width: bar }, 0, { fill: ink.hex, "fill-opacity": ink.opacity });
      continue;
    }
    const by = inset ? -spread / 2 : spread / 2;
    yield rect(grown(at, by), Math.max(0, radius + by), line(ink, spread));
  }
  const sides = /** @type {const} */ (["Top", "Right", "Bottom", "Left"]).map((side) => ({
    side,
    width: style[`border${side}Style`] === "none" ? 0 : parseFloat(style[`border${side}Width`]) || 0,
    ink: colour(style[`border${side}Color`]),
    dashes: dashes(style[`border${side}Style`], parseFloat(style[`border${side}Width`]) || 0),
  }));
  const [first] = sides;
  if (sides.every(({ width, ink }) => width === first.width && ink.hex === first.ink.hex)) {
    if (first.width && first.ink.opacity) {
      const by = -first.width / 2;
      yield rect(grown(at, by), Math.max(0, radius + by), line(first.ink, first.width, first.dashes));
    }
    return;
  }
  for (const { side, width, ink, dashes } of sides) {
    if (!width || !ink.opacity) continue;
    const [x1, y1, x2, y2] = side === "Top"
      ? [at.x, at.y + width / 2, at.x + at.width, at.y + width / 2]
      : side === "Bottom"
      ? [at.x, at.y + at.height - width / 2, at.x + at.width, at.y + at.height - width / 2]
      : side === "Left"
      ? [at.x + width / 2, at.y, at.x + width / 2, at.y + at.height]
      : [at.x + at.width - width / 2, at.y, at.x + at.width - width / 2, at.y + at.height];
    yield svg("line", {
      x1: round(x1),
      y1: round(y1),
      x2: round(x2),
      y2: round(y2),
      ...line(ink, width, dashes),
    });
  }
}

/**
 * Shadows that are lines: a ring around the box or in it, or a bar along its left edge.
 * @param {string} shadow  as computed
 * @returns {{ inset: boolean, spread: number, bar: number, ink: import("./picture/ink.js").Ink }[]}
 */
function rings(shadow) {
  if (shadow === "none") return [];
  return shadow.split(/,(?![^(]*\))/).flatMap((part) => {
    const lengths = [...part.replace(/[a-z-]+\([^)]*\)/g, "").matchAll(/-?[\d.]+px/g)].map(([length]) =>
      parseFloat(length)
    );
    const [x, y, blur, spread] = lengths;
    const ink = /[a-z-]+\([^)]*\)|#[0-9a-f]+/i.exec(part)?.[0];
    const inset = part.includes("inset");
    const bar = inset && x > 0 && !spread ? x : 0;
    if (y || blur || !ink || (!bar && (x || !(spread > 0)))) return [];
    return [{ inset, spread, bar, ink: colour(ink) }];
  });
}

/** @param {string} style  @param {number} width  @returns {string | null} */
function dashes(style, width) {
  if (style === "dashed") return `${3 * width} ${2 * width}`;
  return style === "dotted" ? `${width} ${width}` : null;
}

/**
 * A text where it stands, line by line.
 * @param {Text} node
 * @param {CSSStyleDeclaration} style
 * @param {Origin} origin
 * @returns {Generator<Drawn>}
 */
function* text(node, style, { left, top }) {
  if (!node.data.trim()) return;
  const isMath = node.parentElement?.namespaceURI === "http://www.w3.org/1998/Math/MathML";
  const ink = colour(style.color);
  for (const { words, box } of linesOf(node)) {
    if (!box.width) continue;
    const turn = turnOf(node.parentElement, style);
    // A text that stands upright is laid down around its middle.
    const [x, y] = [box.left - left + box.width / 2, box.top - top + box.height / 2];
    const [length, height] = turn ? [box.height, box.width] : [box.width, box.height];
    yield svg("text", {
      x: round(x - length / 2),
      y: round(y - height / 2 + height * ascentOf(style)),
      transform: turn ? `rotate(${turn} ${round(x)} ${round(y)})` : null,
      "font-family": style.fontFamily,
      "font-size": round(parseFloat(style.fontSize)),
      "font-weight": style.fontWeight === "400" ? null : style.fontWeight,
      "font-style": style.fontStyle === "normal" ? null : style.fontStyle,
      fill: ink.hex,
      "fill-opacity": ink.opacity,
      // Another font on another machine takes no more room than ours.
      textLength: round(length),
      lengthAdjust: "spacingAndGlyphs",
    }, isMath && node.parentElement?.localName === "mi" ? mathItalic(words) : words);
  }
}

/** The lines a text is broken into.  @param {Text} node  @returns {{ words: string, box: DOMRect }[]} */
function linesOf(node) {
  const range = document.createRange();
  range.selectNodeContents(node);
  const boxes = [...range.getClientRects()];
  if (boxes.length <= 1) return boxes.map((box) => ({ words: node.data.trim(), box }));
  /** @type {{ words: string, box: DOMRect }[]} */
  const lines = [];
  for (let at = 0; at < node.data.length; at++) {
    range.setStart(node, at);
    range.setEnd(node, at + 1);
    const box = range.getBoundingClientRect();
    const line = boxes.find(({ top, bottom }) =>
      box.top + box.height / 2 >= top && box.top + box.height / 2 <= bottom
    );
    if (!line) continue;
    const last = lines.at(-1);
    if (last?.box === line) last.words += node.data[at];
    else lines.push({ words: node.data[at], box: line });
  }
  return lines.map(({ words, box }) => ({ words: words.trim(), box }));
}

/** @type {Map<string, number>} */
const ascents = new Map();

/** Share of a line of text above its baseline.  @param {CSSStyleDeclaration} style  @returns {number} */
function ascentOf({ fontStyle, fontWeight, fontFamily }) {
  const font = `${fontStyle} ${fontWeight} 100px ${fontFamily}`;
  const known = ascents.get(font);
  if (known !== undefined) return known;
  const context = blankCanvas().getContext("2d");
  if (!context) return 0.8;
  context.font = font;
  const { fontBoundingBoxAscent: above, fontBoundingBoxDescent: below } = context.measureText("x");
  const share = above / (above + below);
  ascents.set(font, share);
  return share;
}

/**
 * A drawing of the page's own, every style resolved.
 * @param {SVGSVGElement} element
 * @param {DOMRect} box
 * @param {Origin} origin
 * @returns {Drawn}
 */
function drawing(element, box, { left, top }) {
  return svg(
    "svg",
    {
      x: round(box.left - left),
      y: round(box.top - top),
      width: round(box.width),
      height: round(box.height),
      viewBox: element.getAttribute("viewBox"),
      preserveAspectRatio: element.getAttribute("preserveAspectRatio"),
      overflow: getComputedStyle(element).overflow,
    },
    [...element.children].flatMap((child) => child.localName === "use" ? icon(child, box) : resolved(child)),
  );
}

/** @param {Element} element  @returns {Drawn[]} */
function resolved(element) {
  const style = getComputedStyle(element);
  if (style.display === "none" || style.visibility === "hidden") return [];
  /** @type {Record<string, string | number | null>} */
  const attributes = {};
  for (const { name, value } of element.attributes) {
    if (!/^(class|style|id|data-|aria-|on|tabindex|role)/.test(name)) attributes[name] = value;
  }
  for (const name of PAINT) attributes[name] = style.getPropertyValue(name).replaceAll("px", "");
  for (const name of ["fill", "stroke"]) {
    const value = style.getPropertyValue(name);
    if (value === "none") continue;
    const { hex, opacity } = colour(value);
    attributes[name] = hex;
    attributes[`${name}-opacity`] = round(opacity * Number(style.getPropertyValue(`${name}-opacity`)));
  }
  const isText = element.localName === "text";
  if (isText) Object.assign(attributes, { "font-family": style.fontFamily, "font-size": style.fontSize });
  /** @type {import("../draw/dom.js").Child[]} */
  const children = [];
  for (const node of element.childNodes) {
    if (node instanceof Element) children.push(...resolved(node));
    else if (isText && node instanceof Text) children.push(node.data);
  }
  return [svg(element.localName, attributes, children)];
}

/** @param {HTMLCanvasElement} element  @param {DOMRect} box  @param {Origin} origin  @returns {Drawn} */
function raster(element, box, { left, top }) {
  return svg("image", {
    x: round(box.left - left),
    y: round(box.top - top),
    width: round(box.width),
    height: round(box.height),
    href: element.toDataURL("image/png"),
  });
}
