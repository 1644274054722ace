/** A lesson as its file has it (lesson.schema.json), and how far somebody has come in it. */

import type { Granularity, Moment, Panel, Run, Spec } from "../../types.d.ts";

/** In every language, or one text for all. */
export type Text = string | { en?: string; zh?: string };

/** An address, or one at another step of the same run. */
export type NumberRef = string | { number: string; step: number };

export interface Place {
  spec?: Spec;
  step?: number;
  frame?: string;
  unit?: number | "last";
  term?: number;
  example?: number;
  by?: Granularity;
  view?: string;
  focus?: string;
  digits?: number;
  hide?: Panel[];
}

interface Asked {
  question?: Text;
  right?: Text;
  wrong?: Text;
  /** Where the page goes once the answer is given: a move, or a moment. */
  reveal?: { by?: Granularity; step?: number; frame?: string; unit?: number | "last" };
}

export type Ask =
  | (Asked & { kind: "sign"; of: NumberRef })
  | (Asked & { kind: "compare"; of: NumberRef; with: NumberRef | number })
  | (Asked & { kind: "number"; of: NumberRef; tolerance?: number })
  | (Asked & { kind: "choice"; options: Text[]; answer: number });

interface Bounds {
  least?: number;
  most?: number;
  is?: unknown;
}

export type Wait =
  & { hint?: Text }
  & (
    | { for: "click"; on: string | string[] }
    | { for: "example"; is?: number }
    | { for: "moment"; step?: number; frame?: string; unit?: number | "last" }
    | ({ for: "change"; field: string } & Bounds)
    | ({ for: "value"; of: string } & Bounds)
  );

export interface Step {
  title?: Text;
  say: Text;
  set?: Place;
  point?: string | string[];
  /** Numbers, and parts of the page, that are not shown until the question is answered, or while one is at this step. */
  veil?: string[];
  ask?: Ask;
  wait?: Wait;
}

export interface Lesson {
  backscope: "lesson";
  version: 1;
  id?: string;
  title: Text;
  summary?: Text;
  minutes?: number;
  author?: string;
  license?: string;
  steps: Step[];
}

/** What somebody answered: a choice by its name or number, or a number. */
export type Answer = string | number;

/** The numbers a question is about. */
export interface Truth {
  of: number;
  with?: number;
}

export interface Progress {
  lesson: Lesson;
  at: number;
  /** What has become of the question or the wait of this step. */
  answer: Answer | null;
  right: boolean | null;
  met: boolean;
  /** What a wait compares with: how things were when it began. */
  began: Seen | null;
  /** Steps whose question was answered right the first time, and wrong. */
  score: { right: number[]; wrong: number[] };
}

/** What can be seen on the page now, as far as waits care. */
export interface Seen {
  run: Run;
  spec: Spec;
  moment: Moment;
  /** The example that is looked at. */
  example: number;
  /** The value of the number waited for. */
  value: number | null;
  /** Pointers that were just clicked. */
  clicked: string[];
}

export type Event =
  | { type: "start"; lesson: Lesson; at: number }
  | { type: "next" }
  | { type: "back" }
  | { type: "answer"; answer: Answer; truth: Truth | null }
  | { type: "see"; seen: Seen }
  | { type: "skip" };

/** A piece of a step's text. */
export type Piece =
  | { kind: "text"; text: string; strong: boolean }
  | { kind: "number"; address: string; step: number | null }
  | { kind: "symbol"; of: string }
  | { kind: "term"; id: string; label: string | null }
  | { kind: "key"; key: string }
  | { kind: "wrong"; text: string };
