/** Long computations: what one that was stopped by hand has failed with. Pure. */

/** What a computation that was stopped has failed with. */
export const STOPPED = Object.freeze({
  type: "urn:backscope:page:stopped",
  title: "Stopped",
  detail: "",
  status: 0,
  errors: [],
});
