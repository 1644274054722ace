/**
 * Does every number come through JSON as it was? Reads an array as the API sends it from standard input, and prints the
 * 64 bits of each number as the page has it; then the same numbers as the page would send them. Started by
 * tests/test_javascript.py.
 */
import { readFileSync } from "node:fs";
import process from "node:process";

import { decodeTensor } from "../../static/decode.js";

const { data } = decodeTensor(JSON.parse(readFileSync(0, "utf8")).x);
const numbers = data ?? new Float64Array();
const words = new BigUint64Array(numbers.buffer);
const sent = JSON.stringify([...numbers].filter(Number.isFinite));
process.stdout.write(JSON.stringify({ bits: [...words].map(String), sent }));
