import type { SimResult } from './sim-result.js';

/** What many worlds come to. */
export interface Tally {
  readonly worlds: number;
  readonly lockHours: number;
  readonly commands: number;
  readonly openings: number;
  readonly unauthorisedOpenings: number;
  readonly violations: number;
  readonly reports: number;
  readonly polls: number;
  readonly flashWrites: number;
  readonly faults: Readonly<Record<string, number>>;
}

export const EMPTY_TALLY: Tally = Object.freeze({
  worlds: 0,
  lockHours: 0,
  commands: 0,
  openings: 0,
  unauthorisedOpenings: 0,
  violations: 0,
  reports: 0,
  polls: 0,
  flashWrites: 0,
  faults: Object.freeze({}),
});

/** Checkers whose violation is a door that opened for somebody who may not. */
const OPENING_CHECKERS: readonly string[] = Object.freeze([
  'authenticity',
  'freshness',
  'revocation',
  'at-most-once',
  'privacy',
  'vacation',
  'barrier',
  'lease',
  'byzantine',
]);

export function addResult(tally: Tally, result: SimResult): Tally {
  const faults = { ...tally.faults };
  for (const [fault, count] of Object.entries(result.faults)) faults[fault] = (faults[fault] ?? 0) + count;
  const unauthorised = result.violations.filter(({ checker }) => OPENING_CHECKERS.includes(checker)).length;
  return {
    worlds: tally.worlds + 1,
    lockHours: tally.lockHours + result.lockHours,
    commands: tally.commands + result.commands,
    openings: tally.openings + result.openings,
    unauthorisedOpenings: tally.unauthorisedOpenings + unauthorised,
    violations: tally.violations + result.violations.length,
    reports: tally.reports + result.reports,
    polls: tally.polls + result.polls,
    flashWrites: tally.flashWrites + result.flashWrites,
    faults,
  };
}
