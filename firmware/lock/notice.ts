import type { Notice, Output } from './ports.js';

/** Tells the people who watch. */
export function tell(notice: Notice): Output {
  return { kind: 'notice', notice };
}

/** Tells that something was refused, and why. */
export function tellRefused(refusal: Omit<Extract<Notice, { event: 'refused' }>, 'event'>): Output {
  return tell({ event: 'refused', ...refusal });
}
