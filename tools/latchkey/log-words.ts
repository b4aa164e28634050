import { formatHex } from '../../firmware/protocol/hex.js';
import { GRANT_COMMAND, HANDOVER_COMMAND, type Report } from '../../firmware/protocol/report.js';
import { commandWords } from './order-words.js';
import { refusalWords } from './refusal-words.js';
import { alarmWords } from './report-words.js';
import { durationWords } from './time-text.js';
import { formatMoment, type Zone } from './zone.js';

/** What one report tells, for people. */
export interface ReportWords {
  /** When, in the lock's zone; after which boot where the lock had no clock. */
  readonly when: string;
  /** Who did it, as the address book calls them; empty where nobody is named. */
  readonly who: string;
  readonly what: string;
}

/** @param nameOf - what people call an address, lowercase 0x hex */
export function wordsOf(report: Report, zone: Zone, nameOf: (by: Uint8Array) => string): ReportWords {
  const { lastCommand, cause } = report;
  const isCommand = (cause === 'command' || cause === 'refusal') && lastCommand !== undefined;
  const alarms = alarmWords(report.alarms).join('; ');
  const what = isCommand ? commandStory(report, lastCommand) : CAUSES[cause](report);
  return {
    when: whenWords(report, zone),
    who: isCommand ? nameOf(lastCommand.by) : '',
    what: alarms === '' ? what : `${what}  [${alarms}]`,
  };
}

function whenWords({ issuedAtSeconds, bootCount, uptimeSeconds }: Report, zone: Zone): string {
  if (issuedAtSeconds !== undefined) return formatMoment(issuedAtSeconds, zone);
  return `no clock; boot ${bootCount} + ${durationWords(uptimeSeconds)}`;
}

function commandStory(report: Report, { command, reason }: NonNullable<Report['lastCommand']>): string {
  if (reason !== 'none') return `REFUSED to ${commandWords(command)}: ${refusalWords(reason)}`;
  if (command === HANDOVER_COMMAND)
    return `handover to ${report.owner === undefined ? 'nobody' : formatHex(report.owner)}, epoch ${report.epoch}`;
  // A report does not name the guest; the chain does.
  return command === GRANT_COMMAND ? commandWords(command) : `${commandWords(command)}; ${boltWords(report)}`;
}

/** Where the bolt came to rest, and the door where that stands open. */
function boltWords({ bolt, door }: Report): string {
  return `the bolt is ${bolt}${door === 'open' ? ', the door open' : ''}`;
}

const CAUSES: Readonly<Record<Report['cause'], (report: Report) => string>> = Object.freeze({
  boot: ({ bootCount, bolt }: Report) => `boot ${bootCount}; the bolt is ${bolt}`,
  heartbeat: ({ bolt, strangersRefused = 0 }: Report) =>
    `heartbeat; the bolt is ${bolt}${strangersRefused > 0 ? `, ${strangersRefused} of strangers or nodes refused` : ''}`,
  command: (report: Report) => `a command; ${boltWords(report)}`,
  refusal: () => 'a command was refused',
  button: (report: Report) => `inside button; ${boltWords(report)}`,
  'thumb-turn': (report: Report) => `by hand at the thumb-turn; ${boltWords(report)}`,
  relock: (report: Report) => `locked again by itself; ${boltWords(report)}`,
  alarm: ({ door, bolt }: Report) => `an alarm began or ended; door ${door}, bolt ${bolt}`,
  pairing: ({ epoch }: Report) => `paired with its owner, epoch ${epoch}`,
  'outside-button': (report: Report) => `outside button; ${boltWords(report)}`,
  adoption: ({ epoch }: Report) => `adopted by a new owner, epoch ${epoch}`,
});
