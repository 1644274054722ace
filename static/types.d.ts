/** Shapes shared by the page's modules: what the API answers, and the one state object. */

export type Phase = "forward" | "loss" | "backward" | "update";
/** `output` is the first axis of a Jacobian: the activation that answers to the z of a unit. */
export type Axis = "example" | "unit" | "input" | "output";
export type Numeric = number | "NaN" | "Infinity" | "-Infinity";
export type Nested = Numeric | Nested[];

export type Expr =
  | { kind: "number"; value: number }
  | { kind: "element"; of: string; at: string[] }
  | { kind: "size"; of: string; axis: number }
  | { kind: "index"; name: string }
  | { kind: "sum"; over: string; body: Expr }
  | { kind: "maximum"; over: string; body: Expr }
  | { kind: "add"; terms: Expr[] }
  | { kind: "negate"; of: Expr }
  | { kind: "multiply"; factors: Expr[] }
  | { kind: "divide"; top: Expr; bottom: Expr }
  | { kind: "power"; base: Expr; exponent: Expr }
  | { kind: "call"; function: string; of: Expr[] }
  | { kind: "choose"; left: Expr; relation: string; right: Expr; then: Expr; otherwise: Expr }
  | { kind: "named"; role: string; of: Expr };

export interface Rule {
  result: string;
  at: string[];
  body: Expr;
}

export interface Op {
  name: string;
  label: string;
  summary: string;
  source: string;
  rule: Rule;
  /** Of an activation: at z up to `below` and from `above` on its slope is next to nothing. */
  flat?: { below: number | null; above: number | null } | null;
  /** What stands in for the slope of a function that has none of use. */
  surrogate?: string | null;
}

export interface Call {
  index: number;
  phase: Phase;
  layer: number | null;
  op: string;
  bind: Record<string, string>;
  reads: string[];
  writes: string;
}

/** How a name is typeset, beside its layer and its indices. */
export interface SymbolInfo {
  letter: string;
  /** Letter of the parameter it belongs to: the W of m_W. */
  of: string | null;
  /** Is it the derivative of the loss by what the letter stands for? */
  derivative: boolean;
  /** Is it the value after the update? */
  new: boolean;
  /** Does it have a layer? */
  layered: boolean;
}

export interface ValueInfo {
  quantity: string;
  layer: number | null;
  shape: number[];
  axes: Axis[];
  source: "batch" | "parameter" | "slot" | "setting" | "random" | "computed";
  phase: Phase | null;
  label: string;
  meaning: string;
  symbol: SymbolInfo;
}

export interface LayerInfo {
  layer: number;
  kind: string;
  units: number;
  activation?: string;
  /** Its name for people, in the page's language. */
  activation_label?: string;
  parameters?: string[];
}

export interface Run {
  id: string;
  /** Said when it is posted: the server's disk takes nothing, and the run is gone when the server ends. */
  kept?: "memory";
  engine: string;
  spec: Spec;
  steps: number;
  epochs: number;
  batches_per_epoch: number;
  examples: number;
  parameters: { count: number; names: string[] };
  layers: LayerInfo[];
  values: Record<string, ValueInfo>;
  program: { calls: Call[]; ops: Record<string, Op> };
  notes: { field: string; text: string }[];
  /** What the source of this worked example prints; empty for any other experiment. */
  published?: Published[];
}

/** A figure as its source prints it, digit for digit. */
export interface Published {
  address: string;
  step: number;
  printed: string;
  note: string;
  misprint: boolean;
}

export type Spec = Record<string, unknown>;

/** One array of a trace: C-ordered numbers and its shape, or a summary where the answer left the data out. */
export interface Tensor {
  shape: number[];
  data: Float64Array | null;
  /** Of an array that was left out: the rows that have come since, by example. */
  rows?: Record<number, Float64Array>;
}

export interface Trace {
  run: string;
  step: number;
  batch: number[];
  loss: number;
  values: Record<string, Tensor>;
  /** Are there arrays that were not sent? */
  truncated: boolean;
  /** Those of them that cannot be had. */
  refused?: string[];
  /** How often arrays have come later: what was drawn without them is drawn again. */
  filled?: number;
}

export interface History {
  steps: number[];
  loss: number[];
  norms: Record<string, number[]>;
}

/** A cell of an array: `delta1[0,2]`. */
export interface Address {
  name: string;
  index: number[];
}

export type Remote<T> =
  | { status: "idle" }
  | { status: "loading"; key: string; previous: T | null; progress?: Progress }
  | { status: "ready"; key: string; value: T }
  | { status: "failed"; key: string; problem: Problem };

/** How far a long computation has come. */
export interface Progress {
  step: number;
  to: number;
  /** The losses so far. */
  losses?: { steps: number[]; loss: number[] };
}

/** What happened in a run. Numbers that are not finite are strings here. */
export interface Diagnosis {
  non_finite: { step: number; name: string; address: string; sentence: string } | null;
  dead_unit: { step: number; layer: number; name: string; unit: number } | null;
  loss_drop: { step: number; until: number; before: Numeric; after: Numeric } | null;
  early_stopping: {
    monitor: string;
    patience: number;
    best: { epoch: number; step: number; value: Numeric } | null;
    stopped: { epoch: number; step: number } | null;
    reached: { epoch: number; step: number } | null;
  };
}

export interface Problem {
  title: string;
  detail: string;
  /** HTTP status; 0 when no answer came at all. */
  status: number;
  errors: { field: string; kind: string; allowed: string }[];
  /** Kind of problem, e.g. `urn:backscope:problem:invalid-spec`; texts in the page's language go by this. */
  type?: string;
  limit?: string;
  value?: number;
  maximum?: number;
  setting?: string;
}

/** What a page may be shown without. */
export type Panel = "why" | "timeline" | "training" | "legend";

export type Granularity = "term" | "unit" | "assignment" | "layer" | "phase" | "step" | "epoch";

/**
 * A point of the line of moments: unit `unit` of assignment `frame` of step `step` has just been computed; with a
 * `term`, it is in the making and that term has just been added.
 */
export interface Moment {
  step: number;
  frame: number;
  unit: number;
  term?: number;
}

export interface State {
  spec: Spec;
  run: Remote<Run>;
  trace: Remote<Trace>;
  history: Remote<History>;
  cursor: Moment;
  /** The direction of the last move of the cursor: animations run this way. 0 = a jump. */
  direction: -1 | 0 | 1;
  example: number;
  by: Granularity;
  view: string;
  focus: Address | null;
  playing: boolean;
  /** Does the playhead run through the steps of the training, many at a time? */
  training: boolean;
  /** What the training is to stop at, beside its end and a number that is not finite. */
  stop: StopWhen | null;
  /** Where it will, once the server has said so. */
  halts: Halts | null;
  /** Moments a second while playing. */
  speed: number;
  /** Significant digits of every number shown; null where as many are shown as fit. */
  digits: number | null;
  /** Do units on the stage show what they say over the plane of the inputs? */
  /** The chart that is chosen, with what is chosen about it: `layers.dW`. */
  chart: string;
  maps: boolean;
  /** Are the numbers of wires shown? */
  wires: boolean;
  /** For a class to read from the last row: large, and nothing on the page that is not needed. */
  present: boolean;
  /** Panels that are not shown. */
  hide: readonly Panel[];
  /** The built-in lesson under way, by its name, and the step it is at: `what-delta-means.4`. */
  lesson: string | null;
  /** Numbers that are not shown, though they are there: a lesson asks to predict them. Addresses, or pointers. */
  veil: readonly string[];
  /** Numbers that a lesson points at: the stage has them where it would otherwise leave them out. Addresses. */
  pointed: readonly string[];
  /**
   * A number changed by hand that is not computed yet: the experiment it leads to, where it stands, and the values that
   * are stale until then. `problem` says why it cannot be.
   */
  edit: PendingEdit | null;
  /** Experiments to go back to, the latest last, and those that were left by going back. */
  past: readonly Spec[];
  future: readonly Spec[];
  /**
   * Assignment the cursor is to stand on once the run is there. A link names it before the program is known, and a
   * change of the network renumbers the frames; null when `cursor.frame` says it all.
   */
  frameName: string | null;
}

/** A figure to watch, what it is to reach, and for how many epochs it may fail to get better by more than `least`. */
export interface StopWhen {
  monitor: string;
  goal: number | null;
  patience: number | null;
  least: number;
}

/** Steps of a run that a training stops at, in order, and why. */
export interface Halts {
  run: string;
  stop: StopWhen | null;
  list: { step: number; text: string }[];
  /** Why that cannot be told. */
  problem?: string;
}

export interface PendingEdit {
  spec: Spec;
  address: Address;
  value: number;
  stale: Set<string>;
  problem: Problem | null;
}

/** What a link says; whatever is absent is the default. `frame` is the name an assignment writes. */
export interface Place {
  step?: number;
  frame?: string;
  unit?: number;
  term?: number;
  example?: number;
  by?: Granularity;
  view?: string;
  focus?: Address;
  digits?: number;
  chart?: string;
  maps?: boolean;
  stop?: StopWhen;
  wires?: boolean;
  present?: boolean;
  hide?: readonly Panel[];
  lesson?: string;
  /** Id of a run that the server knows, instead of its spec: a short link, which leads nowhere on another server. */
  run?: string;
  spec?: Spec;
}

/** Something the page shows but does not have yet: see needs.js. */
export type Need =
  | { kind: "run"; key: string; spec: Spec }
  | { kind: "trace"; key: string; run: Run; step: number }
  | { kind: "history"; key: string; run: Run };

/** Where a rule finds shapes and numbers; a number left out of the answer is NaN here. */
export interface Cells {
  shape(name: string): number[];
  value(name: string, index: number[]): number;
}

/** One step on the way to a number: a summand, an addend, a factor or a divisor. */
export interface Term {
  /** Node of the rule, `e.0@3` for summand 3 of the sum `e.0`; `rest` for the rest of a long sum. */
  id: string;
  /** How it joins what came before; `=` for the only term. Its sign is here, not in `value`. */
  operation: "+" | "−" | "×" | "÷" | "=";
  role: string | null;
  /** Cells this term reads. */
  addresses: Address[];
  value: number;
  /** The total after it. The last one is the number itself. */
  running: number;
  /** More than 1 where the rest of a long sum is taken together. */
  count: number;
}

/** Description of a MathML element; views turn it into DOM. Either `text` or `children` is present. */
export interface MathNode {
  tag: string;
  attrs: Record<string, string>;
  children?: MathNode[];
  text?: string;
}

export type Translate = (key: string, values?: Record<string, string | number>) => string;

/** The answer of `explain`: one number, in words, symbols and terms. */
export interface Explanation {
  run: string;
  step: number;
  name: string;
  index: number[];
  address: string;
  value: number;
  /** null for what no operation computes: data, parameters, settings. */
  op: string | null;
  formula: { latex: string; mathml: string | null };
  values: { latex: string; mathml: string | null };
  /** As `Term`, with addresses spelled out and the term typeset. */
  terms: {
    id: string;
    operation: string;
    addresses: string[];
    latex: string;
    values_latex: string;
    mathml: string;
    value: number;
    running: number;
    role: string | null;
    count: number;
  }[];
  sentence: string;
  meaning: string;
  /** Why it is not finite: what happened first, then what followed from it. */
  causes?: { code: string; address: string | null; text: string }[];
  witnesses: {
    rule: { value: number; error: number; passed: boolean } | null;
    difference: { value: number; error: number; passed: boolean; epsilon: number } | null;
  };
}

export interface Check {
  run: string;
  step: number;
  epsilon: number;
  passed: boolean;
  stand_ins: string[];
  arrays: {
    name: string;
    parameter: string;
    size: number;
    checked: number;
    relative_error: number;
    passed: boolean;
    worst: { index: number[]; backprop: number; difference: number; error: number };
    entries: { places: number[]; backprop: number[]; difference: number[] };
  }[];
}

export interface CatalogParam {
  name: string;
  label: string;
  kind: "integer" | "number" | "boolean" | "choice" | "array" | "features";
  default: unknown;
  minimum: number | null;
  maximum: number | null;
  exclusive_minimum: boolean;
  step: number | null;
  /** How a control counts: by `step`, over 1, 2, 5, 10 and so on, or so for what is missing to 1. */
  scale: "linear" | "log" | "to_one";
  unit: string | null;
  choices: string[];
  choice_labels: string[];
}

export interface CatalogEntry {
  name: string;
  label: string;
  summary: string;
  formula: { latex: string; mathml: string | null };
  source: string;
  params: CatalogParam[];
  /** Data sets only. */
  task?: "classification" | "regression";
  inputs?: number;
  classes?: number | string | null;
  outputs?: number | string | null;
  input_names?: string[];
  class_names?: string[];
  plane?: [number, number][];
  installed?: boolean;
  /** Examples only. */
  spec?: Spec;
  published?: { address: string; step: number; printed: string; note: string; misprint: boolean }[];
}

export interface Catalog {
  engine: string;
  language: string;
  conventions: Record<string, string>;
  layers: CatalogEntry[];
  activations: CatalogEntry[];
  losses: CatalogEntry[];
  optimizers: CatalogEntry[];
  initializers: CatalogEntry[];
  datasets: CatalogEntry[];
  inline: CatalogParam[];
  examples: CatalogEntry[];
}

export interface Point {
  x: number;
  y: number;
}

export interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** A straight wire between two cards. */
export interface Wire {
  x1: number;
  y1: number;
  x2: number;
  y2: number;
}

/** The page's only source of time, so that tests can bring their own. */
export interface Clock {
  now(): number;
  requestFrame(callback: () => void): number;
  cancelFrame(handle: number): void;
  wait(callback: () => void, milliseconds: number): number;
  cancelWait(handle: number): void;
}

/** A number in the making, or just made while the page walks by terms. */
export interface Building {
  cell: Address;
  address: string;
  /** All its terms, those to come included. */
  terms: Term[];
  /** The term just added. */
  at: number;
  /** Is the number done with it? */
  complete: boolean;
  /** Cells that earlier terms have read, by their addresses. */
  added: Map<string, Address>;
}

/**
 * What a view draws: one moment of one trace, complete on its own. Made by `frameAt` in trace.js.
 * Addresses as strings are spelled `delta1[0,2]`, `b1[2]`, `loss`.
 */
export interface Frame {
  run: Run;
  trace: Trace;
  moment: Moment;
  call: Call;
  /** The example shown: the one chosen, or the one whose term is being added. */
  example: number;
  /** Cell the panel explains: the focus, or the active cell. */
  focus: Address;
  /** Cell just computed at this moment; for a row of W its first cell. */
  active: Address;
  /** Every cell written by this unit of this assignment (the whole row for W); of a unit in the making, the one cell. */
  written: Address[];
  /** Every cell the active unit reads, from the operation's rule, or the term just added; at most 4096 are listed. */
  reads: Address[];
  building: Building | null;
  readSet: Set<string>;
  writtenSet: Set<string>;
  /** Has this cell been computed at this moment? Batch, parameters and settings always are; what is veiled is not. */
  known(address: Address): boolean;
  /** Is it kept from sight until somebody has predicted it? */
  veiled(address: Address): boolean;
  /** The number in a cell; NaN and infinities are ordinary numbers here. undefined if its data was left out. */
  value(address: Address): number | undefined;
}

/** Something a view asks of the server while it draws; `path` is below the address of the run. */
export interface Ask<T> {
  /** The place of the page it is for: see inquiries.js. */
  slot: string;
  run: Run;
  path: string;
  query?: Record<string, string | number>;
  /** Absent: the answer is what it is about. */
  decode?: (answer: object) => T;
}

/** The batch of a step with the parameters after it. */
export interface Aftermath {
  step: number;
  batch: number[];
  loss: { before: number; after: number };
  penalty: { before: number; after: number } | null;
  /** What the gradient says that the loss and the penalty together change by, and by how much they really do. */
  predicted: number;
  change: number;
  /** By parameter array, its part in what is predicted. */
  shares: Record<string, number>;
  values: Record<string, Tensor>;
}

/** Values of units over a grid of inputs, the lowest row first. */
export interface Surface {
  step: number;
  axes: { input: number; name: string; values: number[] }[];
  held: Record<string, number>;
  values: Record<string, Tensor>;
  middles: Record<string, number>;
  labels: number[];
  regions: Tensor | null;
}

/** The examples of a run, on the scale of the data. */
export interface RunData {
  train: ExampleSet;
  test: ExampleSet;
  classes: string[];
  inputNames: string[];
  outputNames: string[];
  plane: [number, number][];
}

export interface ExampleSet {
  inputs: Tensor;
  targets: Tensor;
  labels: Tensor | null;
}

/** A chart a run has, and what can be chosen about it. */
export interface ChartInfo {
  name: string;
  label: string;
  summary: string;
  at_step: boolean;
  whole: boolean;
  options: { name: string; label: string; choices: { value: string; label: string }[] }[];
}

/** A chart as Plotly takes it, but for its colours: those are custom properties. */
export interface ChartFigure {
  run: string;
  chart: string;
  step: number;
  data: Record<string, unknown>[];
  layout: Record<string, unknown>;
  sentence: string;
  warning: string;
  scales: boolean;
}

export interface Context {
  state: State;
  dispatch: (action: Action) => void;
  /** The text of a catalogue key in the page's language; `{name}` parts are filled in. */
  t: (key: string, values?: Record<string, string | number>) => string;
  language: "en" | "zh";
  /** 0 to 1: how far the transition into this moment has gone; 1 under reduced motion. */
  progress: number;
  reducedMotion: boolean;
  /** Fetches the texts of a part of the page that comes later. */
  texts?: (part: string) => Promise<void>;
}

/** What a view of the stage is handed: it may ask the server while it draws. */
export interface StageContext extends Context {
  /** Gives what is there; the page draws again when more is. */
  ask: <T>(ask: Ask<T>) => Remote<T>;
  /** Asks again for what could not be had. */
  askAgain: () => void;
  /** The runs that were shown before this one, the last first. */
  earlier: readonly Run[];
}

/** Drawing the same frame twice leaves the same page. */
export interface View {
  id: string;
  /** Catalogue key of the view's name. */
  title: string;
  render(host: HTMLElement, frame: Frame, context: Context): void;
  /** Is everything there to draw with? Absent: always. */
  isReady?(): boolean;
  /** Can it show little maps in its units? */
  maps?: boolean;
  /** Can it show the numbers of all wires? */
  wires?: boolean;
}

/** A view the stage can show. */
export interface StageView extends Omit<View, "render"> {
  render(host: HTMLElement, frame: Frame, context: StageContext): void;
}

export type Action =
  | { type: "trace/late"; key: string }
  | { type: "train"; on: boolean }
  | { type: "train/step"; step: number }
  | { type: "stop"; stop: StopWhen | null }
  | { type: "halts"; halts: Halts }
  | { type: "run/loading"; key: string; spec: Spec; merge?: boolean }
  | { type: "run/ready"; key: string; run: Run }
  | { type: "run/failed"; key: string; problem: Problem }
  | { type: "trace/loading"; key: string }
  | { type: "trace/ready"; key: string; trace: Trace }
  | { type: "trace/failed"; key: string; problem: Problem }
  /** Arrays of the trace that were left out, whole or the row of one example; and those that cannot be had. */
  | { type: "trace/more"; key: string; values: Record<string, Tensor>; row?: number; refused: string[] }
  | { type: "history/loading"; key: string }
  | { type: "history/ready"; key: string; history: History }
  | { type: "history/failed"; key: string; problem: Problem }
  | { type: "history/progress"; key: string; progress: Progress }
  /** Give up computing a long run; what was computed is kept. */
  | { type: "history/stop" }
  | { type: "move"; by: Granularity; direction: -1 | 1 }
  | { type: "goto"; moment: Partial<Moment> }
  | { type: "start" }
  | { type: "end" }
  | { type: "by"; by: Granularity }
  | { type: "focus"; address: Address | null }
  | { type: "example"; example: number }
  | { type: "view"; view: string }
  | { type: "play" }
  | { type: "pause" }
  | { type: "speed"; speed: number }
  | { type: "digits"; digits: number | null }
  | { type: "chart"; chart: string }
  | { type: "maps"; maps: boolean }
  | { type: "wires"; wires: boolean }
  | { type: "present"; present: boolean }
  | { type: "hide"; panel: Panel; hidden: boolean }
  | { type: "lesson"; lesson: string | null }
  | { type: "veil"; veil: readonly string[] }
  | { type: "point"; pointed: readonly string[] }
  | { type: "spec"; spec: Spec }
  | { type: "edit"; address: Address; value: number; spec: Spec; stale: Set<string> }
  | { type: "edit/refused"; spec: Spec; problem: Problem }
  | { type: "edit/cancel" }
  | { type: "undo" }
  | { type: "redo" }
  /** Ask again for whatever failed. */
  | { type: "retry" }
  /** A link or the Back button; `frame` names an assignment and goes before `part.cursor.frame`. */
  | { type: "restore"; part: Partial<State>; frame?: string };
