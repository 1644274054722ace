/**
 * JSON as people write it by hand: read strictly, with the line of every value, so that an error can say where it is.
 * Pure.
 */

/** Lists and objects nested deeper than this are no file of ours. */
export const DEEPEST = 64;

/** What is wrong with a text that is not JSON, and where. `key` names a text of the catalogue. */
export class NotJson extends Error {
  /** @param {string} key  @param {number} line  @param {number} column */
  constructor(key, line, column) {
    super(`${key} at line ${line}, column ${column}`);
    this.name = "NotJson";
    this.key = key;
    this.line = line;
    this.column = column;
  }
}

/**
 * @param {string} text
 * @returns {{ value: unknown, lineOf: (path: string) => number }}  `lineOf("steps[2].ask")` is the line where that
 *   begins; of what is not there, the line of the nearest thing around it
 * @throws {NotJson}
 */
export function readJson(text) {
  /** @type {Map<string, number>} */
  const places = new Map();
  let at = 0;

  /** @param {string} key  @param {number} [where]  @returns {never} */
  const fail = (key, where = at) => {
    const before = text.slice(0, where).split("\n");
    throw new NotJson(`guide.json.${key}`, before.length, before[before.length - 1].length + 1);
  };
  const blank = /[ \t\r\n]*/y;
  const space = () => {
    blank.lastIndex = at;
    blank.test(text);
    at = Math.max(at, blank.lastIndex);
  };
  const lexer = /"(?:[^"\\]|\\.)*"|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/ys;
  /** A string, a number or a word. */
  const plain = () => {
    lexer.lastIndex = at;
    const [token] = lexer.exec(text) ?? [];
    if (token === undefined) {
      return fail(
        at >= text.length ? "ends" : text[at] === '"' ? "string" : text[at] === "'" ? "quotes" : "value",
      );
    }
    const value = parsed(token);
    if (value === undefined) return fail("string");
    if (value === Infinity || value === -Infinity) return fail("number");
    at += token.length;
    return value;
  };

  /** @param {string} path  @param {number} depth  @returns {unknown} */
  const read = (path, depth) => {
    space();
    if (depth > DEEPEST) fail("deep");
    places.set(path, at);
    if (text[at] === "[") return list(path, depth);
    return text[at] === "{" ? record(path, depth) : plain();
  };
  /** @param {string} path  @param {number} depth */
  const list = (path, depth) => {
    /** @type {unknown[]} */
    const items = [];
    at += 1;
    space();
    if (text[at] === "]") at += 1;
    else {
      do items.push(read(`${path}[${items.length}]`, depth + 1)); while (goesOn("]"));
    }
    return items;
  };
  /** @param {string} path  @param {number} depth */
  const record = (path, depth) => {
    /** @type {[string, unknown][]} */
    const entries = [];
    const names = new Set();
    at += 1;
    space();
    if (text[at] === "}") at += 1;
    else {
      do {
        space();
        const start = at;
        if (text[at] !== '"') fail(text[at] === "'" ? "quotes" : text[at] === "}" ? "comma" : "name");
        const name = String(plain());
        if (names.has(name)) fail("twice", start);
        names.add(name);
        space();
        if (text[at] !== ":") fail("colon");
        at += 1;
        entries.push([name, read(path ? `${path}.${name}` : name, depth + 1)]);
        places.set(path ? `${path}.${name}` : name, start);
      } while (goesOn("}"));
    }
    return Object.fromEntries(entries);
  };
  /** Past a comma, or past the end.  @param {string} end  @returns {boolean} */
  const goesOn = (end) => {
    space();
    const found = text[at];
    if (found !== "," && found !== end) fail(at >= text.length ? "ends" : "between");
    at += 1;
    if (found === end) return false;
    space();
    if (text[at] === end) fail("comma");
    return true;
  };

  if (text.startsWith("\uFEFF")) at = 1;
  const value = read("", 0);
  space();
  if (at < text.length) fail("after");
  return { value, lineOf: (path) => lineAt(text, places.get(nearest(path, places)) ?? 0) };
}

/** @param {string} token  @returns {unknown}  undefined for a text with a line break or a meaningless \\ in it */
function parsed(token) {
  try {
    return JSON.parse(token);
  } catch {
    return undefined;
  }
}

/** @param {string} text  @param {number} at  @returns {number} */
function lineAt(text, at) {
  let line = 1;
  for (let k = text.indexOf("\n"); k >= 0 && k < at; k = text.indexOf("\n", k + 1)) line += 1;
  return line;
}

/** The path itself, or the longest beginning of it that is there.  @param {string} path  @param {Map<string, number>} places */
function nearest(path, places) {
  let here = path;
  while (here && !places.has(here)) here = here.replace(/(?:\.?[^.[\]]+|\[\d+\])$/, "");
  return here;
}
