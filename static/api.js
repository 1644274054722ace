/**
 * The page's only way to the server. Answers come back decoded, refusals as `ApiError` with the problem in it.
 *
 * Everything below a run id never changes, so traces are kept (the most recently used, up to a bound) and one request
 * serves everyone who waits for the same step.
 *
 * @import { Catalog, Check, Diagnosis, Explanation, History, Problem, Progress, Run, Spec, Tensor, Trace } from "./types.d.ts"
 */
import { decodeHistory, decodeNumbers, decodeTrace } from "./decode.js";

/** Kinds of problem the page itself finds are spelled as the server spells its own. */
const TYPES = "urn:backscope:problem:";

const SAFETENSORS = "application/vnd.safetensors";

/** @type {Problem} */
const NO_ANSWER = { type: `${TYPES}no-answer`, title: "No answer", detail: "", status: 0, errors: [] };

/** A refusal by the server, or the lack of any answer (`problem.status` 0). */
export class ApiError extends Error {
  /** @param {Problem} problem */
  constructor(problem) {
    super(problem.detail || problem.title);
    this.name = "ApiError";
    this.problem = problem;
  }
}

/** @typedef {{ signal?: AbortSignal }} Options */

/**
 * @typedef {object} Api
 * @property {(spec: Spec, options?: Options) => Promise<Run>} createRun
 * @property {(id: string, options?: Options) => Promise<Run>} getRun
 * @property {(run: Run, step: number, options?: Options) => Promise<Trace>} getTrace
 * @property {(run: Run, step: number) => Trace | null} cachedTrace  at once, if it is there
 * @property {(run: Run, steps: number[]) => void} prefetch  fetch these in the background and stop what an earlier call still fetches
 * @property {(run: Run, points?: number, options?: Options) => Promise<History>} getHistory
 * @property {(run: Run, step: number, address: { name: string, index: number[] }, language: string, options?: Options) => Promise<Explanation>} getExplain
 * @property {(run: Run, step: number, options?: Options) => Promise<Check>} getCheck
 * @property {(run: Run, options?: Options) => Promise<Diagnosis>} getDiagnosis
 * @property {(run: Run, progress: (progress: Progress) => void, options?: Options & { points?: number }) => Promise<void>} follow
 *   waits until a run is computed to its end, and tells how far it has come, with so many points of the loss
 * @property {(text: string, options?: Options) => Promise<any>} readCsv  what a CSV text holds, as data of a spec
 * @property {(run: Run, path: string, query: Record<string, string | number>, options?: Options) => Promise<any>} ask
 *   anything else below the address of a run
 * @property {(options?: Options) => Promise<Catalog>} getCatalog
 * @property {(run: Run, step: number, names: string[], row?: number) => Promise<Record<string, Tensor>>} getArrays
 *   as bytes, however large; of one row of the batch if it is given
 * @property {(path: string, query?: Record<string, string | number>) => Promise<any>} getJson  what a part of the page
 *   keeps on the server: its texts, the glossary, a lesson
 * @property {(path: string) => Promise<ArrayBuffer>} getBytes  a file, such as a font
 */

/**
 * @param {object} [settings]
 * @param {string} [settings.base]  where the API is
 * @param {string} [settings.language]  of labels and meanings
 * @param {typeof fetch} [settings.fetch]
 * @param {number} [settings.traces]  how many traces to keep at most
 * @param {number} [settings.numbers]  how many numbers those may hold together
 * @returns {Api}
 */
export function createApi({ base = "/api/v1", language = "en", fetch, traces = 64, numbers = 4e6 } = {}) {
  const fetchNow = fetch ??
    ((/** @type {Parameters<typeof globalThis.fetch>} */ ...args) => globalThis.fetch(...args));
  const request = requester(base, fetchNow);
  const fromRoot = requester("", fetchNow);
  const kept = createCache(traces, numbers);
  /** @type {Map<string, Shared<Trace>>} */
  const underway = new Map();
  let background = new AbortController();

  /** @type {Api["getTrace"]} */
  const getTrace = (run, step, { signal } = {}) => {
    const key = `${run.id}/${step}`;
    const there = kept.get(key);
    if (there) return Promise.resolve(there);
    const before = underway.get(key);
    if (before) return before.join(signal);
    const shared = share((signal) => {
      return request(`/runs/${run.id}/steps/${step}`, {}, signal).then(decodeTrace).then((trace) => {
        kept.set(
          key,
          trace,
          Object.values(trace.values).reduce((sum, { data }) => sum + (data?.length ?? 0), 0),
        );
        return trace;
      });
    }, () => {
      if (underway.get(key) === shared) underway.delete(key);
    });
    underway.set(key, shared);
    return shared.join(signal);
  };

  /**
   * Waits until a run is computed to its end, and tells how far it has come.
   * @param {Run} run
   * @param {(progress: Progress) => void} progress
   * @param {AbortSignal} [signal]
   * @param {number} [points]  of the loss on the way
   */
  const follow = async (run, progress, signal, points = 2) => {
    /** @type {NonNullable<Progress["losses"]>} */
    let losses = { steps: [], loss: [] };
    const path = `${base}/runs/${run.id}/events?to=${run.steps - 1}&points=${points}`;
    const response = await fetchNow(path, {
      headers: { accept: "text/event-stream" },
      signal: signal ?? null,
    });
    if (!response.ok || !response.body) {
      throw new ApiError(asProblem(response, await response.json().catch(() => null)));
    }
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    let text = "";
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return;
      text += value;
      const events = text.split("\n\n");
      text = events.pop() ?? "";
      for (const { kind, data } of events.map(readEvent)) {
        if (kind === "history") {
          const { steps, loss } = decodeHistory({ ...data, norms: {} });
          losses = { steps: [...losses.steps, ...steps], loss: [...losses.loss, ...loss] };
        } else if (kind === "progress") progress({ ...data, losses });
        else if (kind === "error") throw new ApiError(asProblem(response, data));
        else if (kind === "done") return;
      }
    }
  };

  return {
    getTrace,
    cachedTrace: (run, step) => kept.get(`${run.id}/${step}`) ?? null,
    prefetch(run, steps) {
      const before = background;
      background = new AbortController();
      for (const step of steps) {
        if (step >= 0 && step < run.steps) getTrace(run, step, background).catch(() => {});
      }
      before.abort();
    },
    getRun: (id, { signal } = {}) => request(`/runs/${id}`, { lang: language }, signal),
    createRun: (spec, { signal } = {}) => request("/runs", { lang: language }, signal, spec),
    getHistory: (run, points = 200, { signal } = {}) =>
      request(`/runs/${run.id}/history`, { points: Math.max(2, points) }, signal).then(decodeHistory),
    getExplain: (run, step, { name, index }, language, { signal } = {}) =>
      request(
        `/runs/${run.id}/steps/${step}/explain`,
        { name, index: index.join(","), lang: language },
        signal,
      )
        .then(decodeNumbers),
    getCheck: (run, step, { signal } = {}) =>
      request(`/runs/${run.id}/steps/${step}/check`, {}, signal).then(decodeNumbers),
    getDiagnosis: (run, { signal } = {}) => request(`/runs/${run.id}/diagnosis`, { lang: language }, signal),
    follow: (run, progress, { signal, points } = {}) => follow(run, progress, signal, points),
    readCsv: (text, { signal } = {}) => request("/data/csv", {}, signal, { text }),
    ask: (run, path, query, { signal } = {}) => request(`/runs/${run.id}${path}`, query, signal),
    getCatalog: ({ signal } = {}) => request("/catalog", { lang: language }, signal),
    getArrays: async (run, step, names, row) => {
      const one = row === undefined ? "" : `&examples=${row}`;
      const path = `${base}/runs/${run.id}/steps/${step}?names=${names.join(",")}${one}`;
      const response = await fetchNow(path, { headers: { accept: SAFETENSORS } }).catch(() => null);
      if (!response) throw new ApiError(NO_ANSWER);
      if (!response.ok) throw new ApiError(asProblem(response, await response.json().catch(() => null)));
      const { decodeSafetensors } = await import("./safetensors.js");
      return decodeSafetensors(await response.arrayBuffer());
    },
    getJson: (path, query = {}) => fromRoot(path, query),
    getBytes: async (path) => {
      const response = await fetchNow(path);
      if (response.ok) return response.arrayBuffer();
      throw new ApiError(asProblem(response, await response.json().catch(() => null)));
    },
  };
}

/**
 * @param {unknown} error  what a call above rejected with
 * @returns {Problem | null}  null if the call was aborted, which is nobody's problem
 */
export function problemOf(error) {
  if (error instanceof ApiError) return error.problem;
  if (error instanceof DOMException && error.name === "AbortError") return null;
  return {
    type: `${TYPES}unexpected`,
    title: "Unexpected error",
    detail: String(error),
    status: 0,
    errors: [],
  };
}

/**
 * One server-sent event.
 * @param {string} text
 * @returns {{ kind: string, data: any }}
 */
export function readEvent(text) {
  let kind = "message", data = "";
  for (const line of text.split("\n")) {
    if (line.startsWith("event:")) kind = line.slice(6).trim();
    else if (line.startsWith("data:")) data += line.slice(5).trim();
  }
  return { kind, data: data ? JSON.parse(data) : null };
}

/**
 * @param {string} base
 * @param {typeof fetch} fetch
 * @returns {(path: string, query: Record<string, string | number>, signal?: AbortSignal, body?: unknown) => Promise<any>}
 */
function requester(base, fetch) {
  return async (path, query, signal, body) => {
    const search = new URLSearchParams(Object.entries(query).map(([key, value]) => [key, `${value}`]))
      .toString();
    const url = `${base}${path}${search ? `?${search}` : ""}`;
    /** @type {RequestInit} */
    const init = { headers: { accept: "application/json" }, signal: signal ?? null };
    if (body !== undefined) {
      init.method = "POST";
      init.headers = { ...init.headers, "content-type": "application/json" };
      init.body = JSON.stringify(body);
    }
    /** @type {Response} */
    let response;
    /** @type {any} */
    let answer;
    try {
      response = await fetch(url, init);
      answer = await response.text();
    } catch (error) {
      if (signal?.aborted) throw error;
      throw new ApiError(NO_ANSWER);
    }
    try {
      answer = JSON.parse(answer);
    } catch {
      throw new ApiError(asProblem(response, null));
    }
    if (!response.ok) throw new ApiError(asProblem(response, answer));
    if (response.headers.get("backscope-kept") === "memory") answer.kept = "memory";
    return answer;
  };
}

/**
 * @param {Response} response
 * @param {any} answer  null if there was nothing readable
 * @returns {Problem}
 */
function asProblem(response, answer) {
  const document = typeof answer === "object" && answer !== null ? answer : { type: `${TYPES}unreadable` };
  const { type, title, detail, errors, limit, value, maximum, setting } = document;
  return {
    type,
    title: String(title ?? (response.statusText || `HTTP ${response.status}`)),
    detail: String(detail ?? ""),
    status: response.status,
    errors: Array.isArray(errors) ? errors : [],
    limit,
    value,
    maximum,
    setting,
  };
}

/**
 * @template T
 * @typedef {{ join: (signal?: AbortSignal) => Promise<T> }} Shared  one request that several wait for
 */

/**
 * @template T
 * @param {(signal: AbortSignal) => Promise<T>} start
 * @param {() => void} over  called when the request has ended, well or not
 * @returns {Shared<T>}
 */
function share(start, over) {
  const controller = new AbortController();
  const result = start(controller.signal).finally(over);
  result.catch(() => {});
  let waiting = 0;
  return {
    join(signal) {
      waiting += 1;
      if (!signal) return result;
      return new Promise((resolve, reject) => {
        const leave = () => {
          waiting -= 1;
          reject(signal.reason);
          if (waiting === 0) {
            over();
            controller.abort();
          }
        };
        if (signal.aborted) return leave();
        signal.addEventListener("abort", leave, { once: true });
        result.then(resolve, reject).finally(() => signal.removeEventListener("abort", leave));
      });
    },
  };
}

/**
 * Keeps the values used last, up to a count and a total weight; the latest always stays.
 * @param {number} count
 * @param {number} weight
 */
function createCache(count, weight) {
  /** @type {Map<string, { value: Trace, weight: number }>} */
  const entries = new Map();
  let total = 0;
  /** @param {string} key */
  const drop = (key) => {
    total -= entries.get(key)?.weight ?? 0;
    entries.delete(key);
  };
  return {
    /** @param {string} key */
    get(key) {
      const entry = entries.get(key);
      if (!entry) return undefined;
      entries.delete(key);
      entries.set(key, entry);
      return entry.value;
    },
    /** @param {string} key  @param {Trace} value  @param {number} own */
    set(key, value, own) {
      drop(key);
      entries.set(key, { value, weight: own });
      total += own;
      for (const oldest of entries.keys()) {
        if (entries.size === 1 || (entries.size <= count && total <= weight)) break;
        drop(oldest);
      }
    },
  };
}
