/**
 * What an earlier run is called beside the one that is shown: by what is different about it. Pure.
 *
 * @import { Run } from "../../types.d.ts"
 */
import { differences, shortly } from "../../compare/differences.js";

/**
 * @param {Run} run
 * @param {Run} now
 * @param {(key: string, values?: Record<string, string | number>) => string} t
 * @returns {string}
 */
export function nameOf(run, now, t) {
  const [first, ...rest] = differences(run.spec, now.spec);
  if (!first) return t("charts.before");
  const what = `${first.path} = ${shortly(first.left)}`;
  return t(rest.length ? "charts.before_more" : "charts.before_with", { what });
}
