/**
 * The little maps in the units of the stage: what each says over the plane of the inputs, at the step that is shown.
 *
 * @import { Frame, Remote, StageContext, Surface } from "../../types.d.ts"
 */
import { lastOf } from "../../remote.js";
import { decodeSurface } from "../../decode.js";
import { paintMap } from "../../draw/map.js";
import { mapPalette } from "../../ink.js";
import { mappedNames } from "../../maps.js";

/** Points along each input: a map is small, and many units share what one answer may hold. */
const FINE = 24, COARSE = 8, MOST = 24_000;

/**
 * @param {Frame} frame
 * @param {StageContext} context
 * @returns {Surface | null}  that of the step before while the one that is shown is on its way
 */
export function surfaceOf({ run, trace }, { ask }) {
  const units = run.layers.slice(1).reduce((sum, layer) => sum + layer.units, 0);
  const resolution = Math.max(COARSE, Math.min(FINE, Math.floor(Math.sqrt(MOST / units))));
  /** @type {Remote<Surface>} */
  const remote = ask({
    slot: "maps",
    run,
    path: `/steps/${trace.step}/surface`,
    query: { names: mappedNames(run).join(","), resolution, digits: 3 },
    decode: decodeSurface,
  });
  return lastOf(remote);
}

/**
 * @param {HTMLElement} host
 * @param {Frame} frame
 * @param {Surface} surface
 */
export function paintMaps(host, { run }, surface) {
  const names = mappedNames(run);
  const palette = mapPalette();
  for (const canvas of /** @type {NodeListOf<HTMLCanvasElement>} */ (host.querySelectorAll(".card-map"))) {
    const card = /** @type {HTMLElement} */ (canvas.parentElement);
    const { layer, unit } = card.dataset;
    paintMap(canvas, surface, { name: names[Number(layer) - 1], unit: Number(unit) }, palette, { line: 0.8 });
  }
}
