import type { LockSettings } from '../protocol/pairing.js';
import type { ReportTask } from './report-desk.js';
import type { Round } from './round.js';

/** What is to happen once flash has answered a write. */
export type Task =
  | { readonly kind: 'boot' }
  | { readonly kind: 'round'; readonly round: Round }
  | ReportTask
  | { readonly kind: 'lease' }
  | { readonly kind: 'pinned'; readonly owner: Uint8Array; readonly settings: LockSettings }
  | { readonly kind: 'paired' }
  | { readonly kind: 'configured' }
  | { readonly kind: 'nothing' };
