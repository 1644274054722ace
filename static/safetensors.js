/**
 * Arrays as bytes. Pure.
 *
 * @import { Tensor } from "./types.d.ts"
 */

/**
 * Arrays from a safetensors file: its header's length, its header in JSON, then the numbers.
 * @param {ArrayBuffer} bytes
 * @returns {Record<string, Tensor>}
 * @throws {RangeError}  if an array is not of 64-bit numbers
 */
export function decodeSafetensors(bytes) {
  const length = Number(new DataView(bytes).getBigUint64(0, true));
  const header = JSON.parse(new TextDecoder().decode(new Uint8Array(bytes, 8, length)));
  delete header.__metadata__;
  return Object.fromEntries(
    Object.entries(header).map(([name, { dtype, shape, data_offsets: [from, to] }]) => {
      if (dtype !== "F64") throw new RangeError(`${name} is of ${dtype}, not F64`);
      return [name, { shape, data: new Float64Array(bytes.slice(8 + length + from, 8 + length + to)) }];
    }),
  );
}
