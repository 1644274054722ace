/**
 * What views ask of the server beside traces: surfaces, data, charts. A view asks while it draws and gets what there is;
 * when more is there, the page draws again.
 *
 * A slot is one place of the page. It has one request under way at a time: while someone scrubs, it shows the answers
 * that arrive and then asks for the one that is wanted by then, instead of queueing them all. Answers never change, so
 * the last ones are kept.
 *
 * @import { Api } from "./api.js"
 * @import { Ask, Clock, Problem, Remote, Run } from "./types.d.ts"
 */
import { problemOf } from "./api.js";
import { browserClock } from "./player.js";

/** Answers that are kept. */
const KEPT = 80;

/** What takes longer than one request may is asked for again after so long. Milliseconds. */
const AGAIN = 1000;

/**
 * @typedef {object} Slot
 * @property {Ask<any> | null} wanted  what the page showed last
 * @property {{ ask: Ask<any>, controller: AbortController } | null} flight
 * @property {{ key: string, run: string, value: any } | null} last  the last answer that came
 * @property {{ key: string, problem: Problem } | null} failed
 */

/**
 * @param {Pick<Api, "ask">} api
 * @param {() => void} changed  called when there is something new to show
 * @param {Clock} [clock]
 * @returns {{ ask: <T>(ask: Ask<T>) => Remote<T>, retry: () => void, round: () => void }}
 *   `retry` asks again for what has failed; `round` begins a drawing: what is not asked for until the next one is not
 *   wanted any more
 */
export function createInquiries(api, changed, clock = browserClock()) {
  /** @type {Map<string, any>} */
  const kept = new Map();
  /** @type {Map<string, Slot>} */
  const slots = new Map();

  /** @param {string} key */
  const recall = (key) => {
    const value = kept.get(key);
    if (value === undefined) return undefined;
    kept.delete(key);
    kept.set(key, value);
    return value;
  };

  /** @param {Slot} slot */
  const start = (slot) => {
    const ask = slot.wanted;
    if (!ask || slot.flight || slot.failed?.key === keyOf(ask) || kept.has(keyOf(ask))) return;
    const controller = new AbortController();
    slot.flight = { ask, controller };
    const key = keyOf(ask);
    const over = () => {
      if (slot.flight?.controller === controller) slot.flight = null;
    };
    api.ask(ask.run, ask.path, ask.query ?? {}, controller).then((answer) => {
      const value = ask.decode ? ask.decode(answer) : answer;
      kept.set(key, value);
      if (kept.size > KEPT) kept.delete(/** @type {string} */ (kept.keys().next().value));
      slot.last = { key, run: ask.run.id, value };
      over();
      start(slot);
      changed();
    }).catch((error) => {
      over();
      const problem = problemOf(error);
      if (!problem) return;
      if (problem.status === 503) return clock.wait(() => start(slot), AGAIN);
      slot.failed = { key, problem };
      start(slot);
      changed();
    });
  };

  return {
    ask(ask) {
      const key = keyOf(ask);
      let slot = slots.get(ask.slot);
      if (!slot) slots.set(ask.slot, slot = { wanted: null, flight: null, last: null, failed: null });
      slot.wanted = ask;
      const value = recall(key);
      if (value !== undefined) {
        slot.last = { key, run: ask.run.id, value };
        return { status: "ready", key, value };
      }
      if (slot.flight && slot.flight.ask.run.id !== ask.run.id) {
        slot.flight.controller.abort();
        slot.flight = null;
      }
      start(slot);
      if (slot.failed?.key === key) return { status: "failed", ...slot.failed };
      const previous = slot.last && slot.last.run === ask.run.id ? slot.last.value : null;
      return { status: "loading", key, previous };
    },
    retry() {
      for (const slot of slots.values()) {
        slot.failed = null;
        start(slot);
      }
      changed();
    },
    round() {
      for (const [name, slot] of slots) {
        if (!slot.wanted && !slot.flight) slots.delete(name);
        slot.wanted = null;
      }
    },
  };
}

/** @param {Ask<any>} ask */
function keyOf({ run, path, query = {} }) {
  return `${run.id}${path}?${JSON.stringify(query)}`;
}
