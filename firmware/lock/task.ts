import type { LockSettings } from '../protocol/pairing.js';
import type { AdoptionTask } from './adoption-desk.js';
import type { ReportTask } from './report-desk.js';
import type { Round } from './round.js';
import type { ResetTask, StartupTask } from './startup.js';

/** What is to happen once flash has answered a write. */
export type Task =
  | StartupTask
  | { readonly kind: 'round'; readonly round: Round }
  | ReportTask
  | { readonly kind: 'lease' }
  | {
      readonly kind: 'pinned';
      readonly owner: Uint8Array;
      readonly settings: LockSettings;
      readonly session: number;
    }
  /** `session` is the pairing session that asked, and waits for the answer. */
  | { readonly kind: 'paired' | 'configured'; readonly session: number }
  | AdoptionTask
  | ResetTask
  | { readonly kind: 'nothing' };
