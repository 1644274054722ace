/**
 * The letters that a browser sets a one-letter name in a formula with: 𝑧 for z. A text outside of a formula has to name
 * them outright. Pure.
 */

/** Where each alphabet begins, and where its mathematical italics do. */
const ALPHABETS = Object.freeze([
  { from: 0x41, to: 0x5a, italic: 0x1d434 },
  { from: 0x61, to: 0x7a, italic: 0x1d44e },
  { from: 0x391, to: 0x3a9, italic: 0x1d6e2 },
  { from: 0x3b1, to: 0x3c9, italic: 0x1d6fc },
]);

/** Those that have a place of their own in Unicode. */
const ALONE = /** @type {Record<string, string>} */ ({ h: "\u210e", "∂": "\u{1d715}", "ϵ": "\u{1d716}" });

/**
 * @param {string} name
 * @returns {string}  a single letter in mathematical italics; anything longer as it is
 */
export function mathItalic(name) {
  if ([...name].length !== 1) return name;
  if (name in ALONE) return ALONE[name];
  const code = /** @type {number} */ (name.codePointAt(0));
  const alphabet = ALPHABETS.find(({ from, to }) => code >= from && code <= to);
  return alphabet ? String.fromCodePoint(code - alphabet.from + alphabet.italic) : name;
}
