/** What the parts of the guide are handed: the page's state and how to change it, its server, its texts. */

import type { Api } from "../api.js";
import type { Action, Frame, Place, Run, Spec, State, Translate } from "../types.d.ts";

export interface Desk {
  t: Translate;
  language: "en" | "zh";
  api: Api;
  /** The experiment that opens first; a spec leaves out what it shares with it. */
  seed: Spec;
  getState(): State;
  dispatch(action: Action): void;
  subscribe(listener: (state: State, before: State) => void): () => void;
  /** What the stage shows; null before anything has come. */
  frame(): Frame | null;
  /** Goes to a place, whatever is being typed into the form. */
  open(place: Place): void;
  /** Shows another experiment at the same place, if the engine accepts it. */
  propose(spec: Spec): void;
  /** Opens the experiment if there is room beside the stage, closes it, or leaves it to the window. */
  showExperiment(how: "open" | "closed" | "auto"): void;
  /** A name for the run on the page: its example's, or none. */
  exampleOf(run: Run): string | null;
}
