/**
 * Opens a lesson from a file: proofread in itself, then against the experiments it is about, which the engine is asked
 * for. Nothing begins unless all is well.
 *
 * @import { Desk } from "../desk.d.ts"
 * @import { Lesson } from "./lesson.d.ts"
 * @import { Run } from "../../types.d.ts"
 * @import { Complaint } from "../files.js"
 * @import { Fault } from "../schema.js"
 */
import { problemOf } from "../../api.js";
import { complaintOf, refusals } from "../files.js";
import { glossaryOf } from "../glossary.js";
import { proofread, proofreadAgainst, proofreadTerms, specsOf } from "./proofread.js";
import { startLesson } from "./runner.js";

/**
 * @param {Desk} desk
 * @param {Lesson} lesson  of the right form
 * @param {(path: string) => number} lineOf
 * @returns {Promise<Complaint[]>}  empty if the lesson has begun
 */
export async function openLesson(desk, lesson, lineOf) {
  const { t, api } = desk;
  const inItself = [...proofread(lesson), ...proofreadTerms(lesson, await glossaryOf(desk))];
  if (inItself.length) return inItself.map(complain);
  /** @type {Map<string, Run>} */
  const runs = new Map();
  /** @type {Fault[]} */
  const found = [];
  for (const [at, { spec, path }] of specsOf(lesson).entries()) {
    const key = JSON.stringify(spec);
    try {
      const run = runs.get(key) ?? await api.createRun(spec);
      runs.set(key, run);
      found.push(...proofreadAgainst(lesson.steps[at], at, run));
    } catch (error) {
      const problem = problemOf(error);
      if (problem) return refusals(problem, path, lineOf, t);
    }
  }
  if (found.length) return found.map(complain);
  startLesson(desk, lesson);
  return [];

  /** @param {Fault} fault */
  function complain(fault) {
    return complaintOf(fault, lineOf, t);
  }
}
