import type { ReportTask } from './report-desk.js';
import type { Round } from './round.js';

/** What is to happen once flash has answered a write. */
export type Task =
  | { readonly kind: 'boot' }
  | { readonly kind: 'round'; readonly round: Round }
  | ReportTask
  | { readonly kind: 'lease' }
  | { readonly kind: 'paired' }
  | { readonly kind: 'configured' }
  | { readonly kind: 'nothing' };
