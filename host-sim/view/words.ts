import type { AlarmName } from '../../firmware/lock/alarm-table.js';
import { ALARM, type Report } from '../../firmware/protocol/report.js';
import type { ConsoleEvent } from '../console-event.js';
import { sinceSending, type Toggle } from './timeline.js';

/** 0x1234…abcd */
export function shortHex(hex: string | null | undefined, ellipsis = '…'): string {
  if (!hex) return '-';
  return hex.length <= 14 ? hex : `${hex.slice(0, 6)}${ellipsis}${hex.slice(-4)}`;
}

/** 12345 as 12,345, whatever the computer's language. */
export function grouped(value: number): string {
  return String(value).replace(/\B(?=(\d{3})+$)/g, ',');
}

/** The lines that a report says, for people. */
export function reportFacts(report: Report): string {
  const parts = [`#${report.seq} ${report.cause}`, `bolt ${report.bolt}`, `door ${report.door}`];
  parts.push(`epoch ${report.epoch}`, `boot ${report.bootCount}`);
  if (report.alarms !== 0) parts.push(`alarms: ${alarmWords(report.alarms)}`);
  return parts.join(', ');
}

const ALARM_WORDS: Readonly<Record<AlarmName, string>> = Object.freeze({
  jammed: 'bolt jammed',
  clockUnsynchronised: 'no clock',
  storage: 'flash fails',
  reportsWaiting: 'reports wait',
  recordRefused: 'bad record in flash',
  forcedOpen: 'forced open',
  ajar: 'door ajar',
  tamper: 'case opened',
  wrongAttempts: 'wrong attempts',
  lowBattery: 'battery low',
  firmwareRolledBack: 'older firmware',
  duress: 'duress',
  adoption: 'adoption asked for',
});

/** What an alarm is called. */
export function alarmWord(alarm: AlarmName): string {
  return ALARM_WORDS[alarm];
}

/** The alarms of a report by name, with commas between; where they are longer than there is room, the rest is counted. */
export function alarmWords(bits: number, charactersMax = Infinity): string {
  const names = (Object.keys(ALARM) as AlarmName[]).filter((alarm) => (bits & ALARM[alarm]) !== 0);
  const words = names.map(alarmWord);
  for (let count = words.length; count > 0; count--) {
    const rest = count < words.length ? `, and ${words.length - count} more` : '';
    const text = `${words.slice(0, count).join(', ')}${rest}`;
    if (text.length <= charactersMax) return text;
  }
  return `${words.length}`;
}

/** How the owner's tool reaches this run from another terminal. */
export function toolWords({
  config,
  ownerKey,
}: Extract<ConsoleEvent, { event: 'ready' }>): readonly string[] {
  if (config === undefined) return [];
  const say = `npx latchkey --config ${config}`;
  const key =
    ownerKey === undefined
      ? `to sign there, take in your key: ${say} keys import owner --file KEY-FILE`
      : 'it signs with the throw-away key, whose keystore and password lie there too: worthless, as everyone knows it';
  return [`in another terminal: ${say} status`, key];
}

/** One toggle on one line. */
export function toggleWords(toggle: Toggle): string {
  const [, mined, seen, verified, moved, signed, checked] = sinceSending(toggle);
  const stages = { mined, seen, verified, moved, signed, checked };
  const parts = Object.entries(stages).map(
    ([name, ms]) => `${name} ${ms === undefined ? '-' : `${grouped(ms)} ms`}`,
  );
  const end = toggle.state === 'failed' ? ` FAILED: ${toggle.problem}` : '';
  return `toggle ${toggle.number} ${toggle.action}: ${parts.join(', ')}${end}`;
}
