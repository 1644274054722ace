/**
 * The rarer things a page is drawn with, as plain SVG: icons, gradients and hatching, cut-outs, text that stands
 * upright, fields of a form.
 *
 * @import { Drawn } from "../../draw/dom.js"
 * @import { Box } from "../../types.d.ts"
 */
import { svg } from "../../draw/dom.js";
import { colour, grown, line, rect, round } from "./ink.js";

let count = 0;

/** A name of its own within the picture.  @param {string} kind */
function fresh(kind) {
  count += 1;
  return `${kind}-${count}`;
}

/**
 * An icon: the drawing that it refers to, in the colours it has there.
 * @param {Element} element  a `use`
 * @param {DOMRect} box  where it stands
 * @returns {Drawn[]}
 */
export function icon(element, { width, height }) {
  const symbol = document.querySelector(element.getAttribute("href") ?? "");
  if (!symbol) return [];
  const style = getComputedStyle(element);
  const stroke = colour(style.stroke);
  const ink = {
    fill: "none",
    stroke: stroke.hex,
    "stroke-opacity": stroke.opacity,
    "stroke-width": style.strokeWidth.replace("px", ""),
    "stroke-linecap": style.strokeLinecap,
    "stroke-linejoin": style.strokeLinejoin,
  };
  const parts = [...symbol.children].map((part) =>
    svg(part.localName, {
      ...Object.fromEntries(
        [...part.attributes].filter(({ name }) => name !== "class").map((a) => [a.name, a.value]),
      ),
      ...part.classList.contains("solid") ? { fill: stroke.hex, "fill-opacity": stroke.opacity } : {},
    })
  );
  const size = { width: round(width), height: round(height), viewBox: symbol.getAttribute("viewBox") };
  return [svg("svg", size, svg("g", ink, parts))];
}

/** Does an element show a part of what is in it?  @param {Element} element  @param {CSSStyleDeclaration} style */
export function needsClip(element, { overflowX, overflowY }) {
  return (overflowX !== "visible" && element.scrollWidth > element.clientWidth + 1) ||
    (overflowY !== "visible" && element.scrollHeight > element.clientHeight + 1);
}

/** @param {Box} at  @param {Drawn[]} inside  @returns {Drawn} */
export function clipped(at, inside) {
  const id = fresh("clip");
  return svg(
    "g",
    {},
    svg("clipPath", { id }, rect(at, 0, {})),
    svg("g", { "clip-path": `url(#${id})` }, inside),
  );
}

/**
 * What a box is filled with beside a colour: a gradient from side to side or downwards, or hatching.
 * @param {string} image  as computed
 * @param {Box} at
 * @param {number} radius
 * @returns {Generator<Drawn>}
 */
export function* gradient(image, at, radius) {
  const found = /^(repeating-)?linear-gradient\((.*)\)$/.exec(image);
  if (!found) return;
  const parts = found[2].split(/,(?![^(]*\))/).map((part) => part.trim());
  const direction = /^(to |-?[\d.]+deg)/.test(parts[0]) ? String(parts.shift()) : "to bottom";
  const stops = parts.map((part) => ({
    ink: colour(part.replace(/(\s+-?[\d.]+(px|%))+$/, "")),
    places: [...part.matchAll(/(-?[\d.]+)(px|%)(?![^(]*\))/g)].map(([, number]) => Number(number)),
  }));
  const id = fresh("ground");
  const fill = rect(at, radius, { fill: `url(#${id})` });
  if (found[1]) {
    const end = stops[stops.length - 1];
    const begin = stops.find(({ ink }) => ink.hex === end.ink.hex && ink.opacity === end.ink.opacity) ?? end;
    const from = begin.places[0] ?? 0, to = end.places.at(-1) ?? 0, { ink } = end;
    if (!(to > from)) return;
    const turn = parseFloat(direction) || 0;
    yield svg(
      "pattern",
      { id, width: to, height: to, patternUnits: "userSpaceOnUse", patternTransform: `rotate(${turn})` },
      svg("rect", {
        x: 0,
        y: from,
        width: to,
        height: to - from,
        fill: ink.hex,
        "fill-opacity": ink.opacity,
      }),
    );
  } else {
    const across = direction === "to right" || direction === "90deg";
    yield svg(
      "linearGradient",
      { id, x1: 0, y1: 0, x2: across ? 1 : 0, y2: across ? 0 : 1 },
      stops.map(({ ink, places: [place] }, k) =>
        svg("stop", {
          offset: `${place ?? 100 * k / Math.max(1, stops.length - 1)}%`,
          "stop-color": ink.hex,
          "stop-opacity": ink.opacity,
        })
      ),
    );
  }
  yield fill;
}

/**
 * A mark that is cut out of its box.
 * @param {CSSStyleDeclaration} style
 * @param {Box} at
 * @returns {Drawn | null}  null for what is not cut, or not to a shape known here
 */
export function mark({ clipPath, backgroundColor }, { x, y, width, height }) {
  const ink = colour(backgroundColor);
  const look = { fill: ink.hex, "fill-opacity": ink.opacity };
  const circle = /^circle\(([\d.]+)%/.exec(clipPath);
  if (circle) {
    const r = Number(circle[1]) / 100 * Math.hypot(width, height) / Math.SQRT2;
    return svg("circle", { cx: round(x + width / 2), cy: round(y + height / 2), r: round(r), ...look });
  }
  const polygon = /^polygon\((.*)\)$/.exec(clipPath);
  if (!polygon) return null;
  const points = polygon[1].split(",").map((point) => {
    const [px, py] = point.trim().split(/\s+/).map((part) => parseFloat(part) / 100);
    return `${round(x + px * width)},${round(y + py * height)}`;
  });
  return svg("polygon", { points: points.join(" "), ...look });
}

/**
 * By how much a text is turned that does not lie.
 * @param {Element | null} element
 * @param {CSSStyleDeclaration} style
 * @returns {number}  degrees
 */
export function turnOf(element, { writingMode }) {
  if (!writingMode.startsWith("vertical")) return 0;
  for (let at = element; at && getComputedStyle(at).writingMode === writingMode; at = at.parentElement) {
    if (getComputedStyle(at).rotate === "180deg") return -90;
  }
  return 90;
}

/**
 * A field of a form, where it is more than its box.
 * @param {HTMLInputElement} field
 * @param {CSSStyleDeclaration} style
 * @param {Box} at
 * @returns {Drawn[]}
 */
export function control(field, style, at) {
  const ink = colour(style.accentColor === "auto" ? style.color : style.accentColor);
  const { x, y, width, height } = at;
  if (field.type === "checkbox") {
    const box = grown(at, -0.5);
    const tick = `M${round(x + 0.24 * width)} ${round(y + 0.54 * height)}L${round(x + 0.43 * width)} ${
      round(y + 0.72 * height)
    }L${round(x + 0.78 * width)} ${round(y + 0.3 * height)}`;
    return field.checked
      ? [
        rect(box, 2, { fill: ink.hex }),
        svg("path", {
          d: tick,
          ...line(colour(style.backgroundColor === "rgba(0, 0, 0, 0)" ? "#fff" : style.backgroundColor), 1.6),
        }),
      ]
      : [rect(box, 2, line(ink, 1))];
  }
  if (field.type === "range") {
    const share = (field.valueAsNumber - Number(field.min)) / (Number(field.max) - Number(field.min) || 1);
    const r = Math.min(height, 14) / 2;
    const track = { x: x + 1, y: y + height / 2 - 1.5, width: width - 2, height: 3 };
    return [
      rect(track, 1.5, { fill: colour(style.color).hex, "fill-opacity": 0.25 }),
      svg("circle", {
        cx: round(x + r + share * (width - 2 * r)),
        cy: round(y + height / 2),
        r: round(r),
        fill: ink.hex,
      }),
    ];
  }
  return [];
}
