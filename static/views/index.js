/**
 * The views the stage can show. A new one is a file here and a line in this list; all but the first come when they are
 * first asked for.
 *
 * @import { StageContext, StageView } from "../types.d.ts"
 */
import { patch } from "../draw/dom.js";
import { failedFace, waitingFace } from "../draw/faces.js";
import { sheet } from "../sheets.js";
import { network } from "./network.js";

/**
 * @param {() => void} arrived  called when a view has come that was waited for
 * @param {(part: string) => Promise<void>} texts  fetches the texts of a part of the page
 * @param {boolean} [saved]  is the page one that was saved to a file?
 * @returns {readonly StageView[]}
 */
export function createViews(arrived, texts, saved = false) {
  /** @type {(id: string, title: string, load: () => Promise<StageView>) => StageView} */
  const view = (id, title, load) => later(id, title, load, arrived);
  /** What a view of numbers in rows needs beside its script. */
  const tables = () => [sheet("views"), texts("views")];
  /** What a view of figures needs beside its script.  @param {string} name */
  const figures = (name) => [sheet(name), texts("figures"), import("../inquiries.js")];
  const offline = [
    network,
    view("matrices", "stage.matrices", async () => {
      const [{ matrices }] = await Promise.all([import("./matrices.js"), ...tables()]);
      return matrices;
    }),
    view("batch", "stage.batch", async () => {
      const [{ batch }] = await Promise.all([import("./batch.js"), ...tables()]);
      return batch;
    }),
  ];
  // A page saved to a file holds traces, and nothing that a server would have to work out.
  if (saved) return Object.freeze(offline);
  return Object.freeze([
    ...offline,
    view("after", "stage.after", async () => {
      const [{ after }] = await Promise.all([import("./after.js"), ...tables()]);
      return after;
    }),
    view("check", "stage.check", async () => {
      const [{ check }] = await Promise.all([import("./check.js"), ...tables()]);
      return check;
    }),
    view("plane", "stage.plane", async () => {
      const [{ plane }] = await Promise.all([import("./plane.js"), ...figures("plane")]);
      return plane;
    }),
    view("charts", "stage.charts", async () => {
      const [{ charts }] = await Promise.all([import("./charts.js"), ...figures("charts")]);
      return charts;
    }),
  ]);
}

/**
 * A view whose script is fetched when it is first shown.
 * @param {string} id
 * @param {string} title
 * @param {() => Promise<StageView>} load
 * @param {() => void} arrived
 * @returns {StageView}
 */
function later(id, title, load, arrived) {
  /** @type {StageView | null} */
  let view = null;
  /** @type {Promise<void> | null} */
  let coming = null;

  /** @param {HTMLElement} host  @param {StageContext} context */
  const fetchFor = (host, context) => {
    patch(host, waitingFace(context.t("stage.view_loading")));
    coming = load().then((there) => {
      view = there;
      patch(host, []);
    }, () => {
      coming = null;
      patch(
        host,
        failedFace(context.t("stage.view_failed"), null, {
          again: () => fetchFor(host, context),
          t: context.t,
        }),
      );
    }).then(arrived);
  };
  /** @type {StageView["render"]} */
  const render = (host, frame, context) => {
    if (view) view.render(host, frame, context);
    else if (!coming && host.childElementCount === 0) fetchFor(host, context);
  };
  return { id, title, render, isReady: () => view !== null };
}
