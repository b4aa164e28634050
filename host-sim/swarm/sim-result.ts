import type { Violation } from './stage.js';

/** What became of a world. */
export interface SimResult {
  readonly seed: number;
  readonly violations: readonly Violation[];
  readonly digest: string;
  readonly lockHours: number;
  /** What was signed for this lock. */
  readonly commands: number;
  /** Drives toward unlocked. */
  readonly openings: number;
  readonly reports: number;
  readonly polls: number;
  readonly flashWrites: number;
  readonly faults: Readonly<Record<string, number>>;
}
