/**
 * What is fetched, as the state holds it: nothing yet, on its way, here, or not to be had. A part that is on its way has
 * a key saying what it is of; an answer with another key is late. Pure.
 *
 * @import { Action, Remote } from "./types.d.ts"
 */

/** @type {{ status: "idle" }} */
export const IDLE = Object.freeze({ status: "idle" });

/**
 * @template T
 * @param {Remote<T>} remote
 * @param {string} key
 * @returns {Remote<T>}
 */
export function loading(remote, key) {
  return Object.freeze({ status: "loading", key, previous: lastOf(remote) });
}

/**
 * What there is to show: the value, or the one before it until it is here.
 * @template T
 * @param {Remote<T>} remote
 * @returns {T | null}
 */
export function lastOf(remote) {
  return remote.status === "ready" ? remote.value : remote.status === "loading" ? remote.previous : null;
}

/**
 * @template T
 * @param {string} key
 * @param {T} value
 * @returns {Remote<T>}
 */
export function ready(key, value) {
  return Object.freeze({ status: "ready", key, value });
}

/**
 * @param {Extract<Action, { key: string, problem: unknown }>} action
 * @returns {Remote<never>}
 */
export function failed({ key, problem }) {
  return Object.freeze({ status: "failed", key, problem });
}

/**
 * @template T
 * @param {Remote<T>} remote
 * @returns {Remote<T>}
 */
export function unfailed(remote) {
  return remote.status === "failed" ? IDLE : remote;
}

/** @param {Remote<unknown>} remote  @param {string} key  @returns {boolean} */
export function awaited(remote, key) {
  return remote.status === "loading" && remote.key === key;
}
