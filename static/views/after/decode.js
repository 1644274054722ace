/**
 * What an update was good for, as the page wants it. Pure.
 *
 * @import { Aftermath } from "../../types.d.ts"
 */
import { decodeNumber, decodeTensor } from "../../decode.js";

/**
 * @param {any} answer
 * @returns {Aftermath}
 */
export function decodeAftermath({ step, batch, loss, penalty, predicted, change, shares, values }) {
  /** @param {any} pair */
  const numbers = (pair) => ({ before: decodeNumber(pair.before), after: decodeNumber(pair.after) });
  return {
    ...{ step, batch, loss: numbers(loss), penalty: penalty && numbers(penalty) },
    ...{ predicted: decodeNumber(predicted), change: decodeNumber(change) },
    shares: Object.fromEntries(
      Object.entries(shares).map(([name, share]) => [name, decodeNumber(/** @type {any} */ (share))]),
    ),
    values: Object.fromEntries(
      Object.entries(values).map(([name, tensor]) => [name, decodeTensor(/** @type {any} */ (tensor))]),
    ),
  };
}
