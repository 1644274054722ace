/** The glossary as the server sends it. */

export interface Formula {
  latex: string;
  mathml: string;
}

export interface Term {
  id: string;
  group: string;
  symbol: Formula | null;
  name: string;
  names: Record<string, string>;
  text: string;
  formula: Formula | null;
  where: string;
  show: string | null;
  quantities: string[];
  fields: string[];
  phases: string[];
  see: string[];
}

export interface Glossary {
  language: string;
  groups: { id: string; title: string }[];
  entries: Term[];
}
