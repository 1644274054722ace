/**
 * A lesson of one's own has no address: the tab remembers it, and how far one has come, until it is left or over.
 *
 * @import { Lesson } from "./lesson.d.ts"
 */

const KEY = "backscope.lesson";

/** @param {{ lesson: Lesson, at: number } | null} under  what is under way; null once it is over */
export function keepOwn(under) {
  try {
    if (under) sessionStorage.setItem(KEY, JSON.stringify(under));
    else sessionStorage.removeItem(KEY);
  } catch {
    // What cannot be kept is dropped on the page again.
  }
}

/** What this page was at before it was loaded again, or come back to.  @returns {{ lesson: Lesson, at: number } | null} */
export function keptOwn() {
  const [entry] = /** @type {PerformanceNavigationTiming[]} */ (performance.getEntriesByType("navigation"));
  if (entry?.type === "navigate") return null;
  try {
    return JSON.parse(sessionStorage.getItem(KEY) ?? "null");
  } catch {
    return null;
  }
}
