/**
 * Before and after the update: the example once more with the new parameters, beside how it was; and the change of the
 * loss that the gradient foretold, beside the real one.
 *
 * @import { Aftermath, Frame, Remote, StageContext, StageView } from "../types.d.ts"
 */
import { html, icon, patch } from "../draw/dom.js";
import { failedFace, waitingFace } from "../draw/faces.js";
import { lastOf } from "../remote.js";
import { decodeAftermath } from "./after/decode.js";
import { drawChange, drawShares } from "./after/loss.js";
import { drawUnits } from "./after/units.js";

/** @type {StageView} */
export const after = {
  id: "after",
  title: "stage.after",
  render(host, frame, context) {
    host.classList.add("after");
    host.dataset.phase = "update";
    patch(host, contentOf(frame, context));
  },
};

/** @param {Frame} frame  @param {StageContext} context */
function contentOf(frame, context) {
  const { t, dispatch } = context;
  const { run, moment, call } = frame;
  if (call.phase !== "update") {
    const last = run.program.calls.length - 1;
    return html(
      "div",
      { class: "view-face" },
      icon("phase-update"),
      html("p", {}, t("after.not_yet")),
      html("button", {
        type: "button",
        class: "button",
        on: { click: () => dispatch({ type: "goto", moment: { frame: last } }) },
      }, t("after.go")),
    );
  }
  /** @type {Remote<Aftermath>} */
  const answer = context.ask({
    slot: "after",
    run,
    path: `/steps/${moment.step}/after`,
    query: { examples: frame.example },
    decode: decodeAftermath,
  });
  if (answer.status === "failed") {
    return failedFace(t("after.failed"), answer.problem, { again: context.askAgain, t });
  }
  const found = lastOf(answer);
  if (!found) return waitingFace(t("stage.view_loading"));
  const isThis = found.step === moment.step;
  return html(
    "div",
    { class: "after-body", "aria-busy": !isThis },
    drawChange(frame, context, found),
    html("h2", {}, t("after.example", { example: frame.example })),
    drawUnits(frame, context, found),
    html("h2", {}, t("after.parts")),
    drawShares(frame, context, found),
  );
}
