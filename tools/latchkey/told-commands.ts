import type { Command } from '../../firmware/protocol/command.js';
import type { Report } from '../../firmware/protocol/report.js';
import type { SignedEvent } from './access-history.js';
import { isAbout } from './explanation.js';
import { keyOf } from './judged-times.js';

/**
 * Finds what a report tells of by sender and nonce alone: whom a grant was for, to whom the lock was handed over.
 * @param events - commands whose signatures hold
 * @returns the command of a report; undefined where the events have none that is of its sender, nonce, kind and end
 */
export function commandFinder(events: readonly SignedEvent[]): (report: Report) => Command | undefined {
  const bySender = new Map<string, SignedEvent[]>();
  for (const event of events) {
    const key = keyOf(event.signed.by, event.signed.nonce);
    bySender.set(key, [...(bySender.get(key) ?? []), event]);
  }
  return (report) => {
    const { lastCommand } = report;
    if (lastCommand === undefined) return undefined;
    const known = bySender.get(keyOf(lastCommand.by, lastCommand.nonce)) ?? [];
    return known.find(({ signed }) => isAbout(report, signed))?.signed.command;
  };
}
