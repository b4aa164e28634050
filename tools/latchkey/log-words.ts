import type { Command } from '../../firmware/protocol/command.js';
import { GRANT_COMMAND, HANDOVER_COMMAND, type Report } from '../../firmware/protocol/report.js';
import { boltAfter, commandWords } from './order-words.js';
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

/**
 * @param nameOf - what people call an address, 20 bytes
 * @param command - what the report is about, where the chain has shown it
 */
export function wordsOf(
  report: Report,
  zone: Zone,
  nameOf: (address: Uint8Array) => string,
  command?: Command,
): ReportWords {
  const { lastCommand, cause } = report;
  const isCommand = (cause === 'command' || cause === 'refusal') && lastCommand !== undefined;
  const alarms = [...alarmWords(report.alarms), ...adoptionWords(report, nameOf)].join('; ');
  const what = isCommand ? commandStory(report, lastCommand, nameOf, command) : CAUSES[cause](report, nameOf);
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

function commandStory(
  report: Report,
  last: NonNullable<Report['lastCommand']>,
  nameOf: (address: Uint8Array) => string,
  command: Command | undefined,
): string {
  const { command: number, reason } = last;
  const isAccess = number === GRANT_COMMAND || number === HANDOVER_COMMAND;
  const wish = command === undefined ? commandWords(number) : accessWords(command, nameOf);
  if (reason !== 'none') return `REFUSED ${isAccess ? '' : 'to '}${wish}: ${refusalWords(reason)}`;
  if (number === HANDOVER_COMMAND)
    return `handover to ${report.owner === undefined ? 'nobody' : nameOf(report.owner)}, epoch ${report.epoch}`;
  return isAccess ? wish : orderStory(report, number);
}

/** A report does not name the guest; the signed command does. */
function accessWords(command: Command, nameOf: (address: Uint8Array) => string): string {
  switch (command.kind) {
    case 'order':
      return commandWords(command.order.action);
    case 'grant':
      return `${command.terms.rights === 0 ? 'revocation of' : 'grant to'} ${nameOf(command.guest)}`;
    case 'handover':
      return `handover to ${nameOf(command.to)}`;
  }
}

/** Obeyed is not moved: after a cut of the power, or in a jam, the bolt is where it was. */
function orderStory(report: Report, action: number): string {
  const wanted = boltAfter(action);
  if (wanted === undefined || wanted === report.bolt) return `${commandWords(action)}; ${boltWords(report)}`;
  const opposite = wanted === 'locked' ? 'unlocked' : 'locked';
  const still = report.bolt === opposite ? 'still ' : '';
  return `${commandWords(action)} accepted; ${boltWords(report, still)}`;
}

/** Where the bolt came to rest, and the door where that stands open. */
function boltWords({ bolt, door }: Report, still = ''): string {
  return `the bolt is ${still}${bolt}${door === 'open' ? ', the door open' : ''}`;
}

type NameOf = (address: Uint8Array) => string;

/** Who asks to become the owner; repeated only where a report is about that. */
function adoptionWords({ adoption, cause }: Report, nameOf: NameOf): readonly string[] {
  if (adoption === undefined || (cause !== 'alarm' && cause !== 'boot')) return [];
  const left = durationWords(adoption.waitSeconds);
  return [`it is ${nameOf(adoption.owner)}, ${left} with delivered reports are left to stop it`];
}

const CAUSES: Readonly<Record<Report['cause'], (report: Report, nameOf: NameOf) => string>> = Object.freeze({
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
  adoption: ({ owner, epoch }: Report, nameOf: NameOf) =>
    `an adoption has ended; the owner is ${owner === undefined ? 'nobody' : nameOf(owner)}, epoch ${epoch}`,
});
