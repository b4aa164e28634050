import { formatHex } from '../../firmware/protocol/hex.js';
import { MODE } from '../../firmware/protocol/mode.js';
import { ALARM, type LastCommand, type Report, type ReportCause } from '../../firmware/protocol/report.js';
import { shortAddress } from './address-text.js';
import { commandWords } from './order-words.js';
import { refusalWords } from './refusal-words.js';
import { dateTime } from './time-text.js';

const ALARM_WORDS: Readonly<Record<keyof typeof ALARM, string>> = Object.freeze({
  jammed: 'the bolt is jammed',
  clockUnsynchronised: 'no clock yet',
  storage: 'flash fails',
  reportsWaiting: 'reports wait for delivery',
  recordRefused: 'a record in flash was damaged',
  forcedOpen: 'the door was forced open',
  ajar: 'the door is ajar',
  tamper: 'tampered with',
  wrongAttempts: 'wrong attempts',
  lowBattery: 'battery low',
  firmwareRolledBack: 'firmware rolled back',
  duress: 'opened under duress',
  adoption: 'somebody asks to become the owner',
});

const CAUSE_WORDS: Readonly<Record<ReportCause, string>> = Object.freeze({
  boot: 'started',
  heartbeat: 'heartbeat',
  command: 'obeyed',
  refusal: 'refused',
  button: 'inside button',
  'thumb-turn': 'by hand',
  relock: 'locked again by itself',
  alarm: 'alarm',
  pairing: 'paired',
  'outside-button': 'outside button',
  adoption: 'adoption ended',
});

/** @param bits - of ALARM */
export function alarmWords(bits: number): readonly string[] {
  return namesOf(ALARM, bits).map((name) => ALARM_WORDS[name]);
}

/** @param bits - of MODE @returns the names of the modes that are on */
export function modeWords(bits: number): readonly string[] {
  return namesOf(MODE, bits);
}

/** What a report says of the last command, and who gave it; names stand for addresses where there are any. */
export function lastCommandWords(
  { by, command, reason }: LastCommand,
  nameOf: (address: string) => string = shortAddress,
): string {
  const why = reason === 'none' ? '' : `, refused: ${refusalWords(reason)}`;
  return `${commandWords(command)} by ${nameOf(formatHex(by))}${why}`;
}

/** One report on one line. */
export function reportLine(
  report: Report,
  timeZone: string,
  nameOf: (address: string) => string = shortAddress,
): string {
  const { issuedAtSeconds, seq, cause, bolt, door, lastCommand, alarms, modes = 0 } = report;
  const time = issuedAtSeconds === undefined ? 'no clock           ' : dateTime(issuedAtSeconds, timeZone);
  const isAnswer = cause === 'command' || cause === 'refusal';
  const what =
    isAnswer && lastCommand
      ? `${cause === 'command' ? `${CAUSE_WORDS.command}: ` : ''}${lastCommandWords(lastCommand, nameOf)}`
      : CAUSE_WORDS[cause];
  const extra = [...modeWords(modes).map((mode) => `${mode} on`), ...alarmWords(alarms)];
  const rest = extra.length === 0 ? '' : `  [${extra.join('; ')}]`;
  return `${time}  #${String(seq).padEnd(5)} ${bolt.padEnd(8)} door ${door.padEnd(7)}  ${what}${rest}`;
}

/** A report as programs read it: bytes in hex, numbers plain. */
export function reportObject(report: Report): Readonly<Record<string, unknown>> {
  const { lastCommand, adoption, ...rest } = report;
  const plain = Object.entries(rest).map(([name, value]) => [
    name,
    value instanceof Uint8Array ? formatHex(value) : value,
  ]);
  return {
    ...Object.fromEntries(plain),
    ...(lastCommand && { lastCommand: { ...lastCommand, by: formatHex(lastCommand.by) } }),
    ...(adoption && {
      adoption: {
        ...adoption,
        owner: formatHex(adoption.owner),
        challenge16: formatHex(adoption.challenge16),
      },
    }),
  };
}

function namesOf<Name extends string>(
  bitsByName: Readonly<Record<Name, number>>,
  bits: number,
): readonly Name[] {
  return (Object.keys(bitsByName) as Name[]).filter((name) => (bits & bitsByName[name]) !== 0);
}
