import { resolve } from 'node:path';
import { DecodeError } from '../../firmware/protocol/errors.js';
import { ENDPOINTS_MAX, URL_CHARS_MAX } from '../../firmware/protocol/limits.js';
import { checkSettings, SETTING_NAMES } from '../../firmware/protocol/setting.js';
import { readFirstLine } from './files.js';
import { EXIT_CODES, Failure } from './owner/failure.js';
import { posixTimeZone } from './owner/posix-time-zone.js';
import type { Tool } from './tool.js';

/** What the command line says of a lock's settings. */
export interface SettingFlags {
  readonly endpoint?: readonly string[];
  readonly reportUrl?: string;
  readonly timeZone?: string;
  readonly wifiPasswordFile?: string;
  /** `name=value` each; an empty value forgets it. */
  readonly set?: readonly string[];
}

/** Passwords on a command line would stand in everybody's list of processes. */
const SECRET_SETTING = 'wifi-password';

/**
 * @param from - the zone in which a new lock hangs where nobody says so, or the settings that a lock has already
 * @returns the texts to send: a lock takes them whole @throws Failure that names the flag which is wrong
 */
export function settingTexts(
  { io }: Tool,
  flags: SettingFlags,
  from: { readonly timeZone?: string; readonly before?: Readonly<Record<string, string>> },
): ReadonlyMap<string, string> {
  const texts = new Map(Object.entries(from.before ?? {}));
  const zone = flags.timeZone ?? from.timeZone;
  if (zone !== undefined)
    texts.set('time-zone', timeZoneText(zone, io.nowUnixMs(), flags.timeZone !== undefined));
  if (flags.reportUrl !== undefined) texts.set('report-url', checkUrl(flags.reportUrl, '--report-url'));
  if (flags.wifiPasswordFile !== undefined)
    texts.set(
      SECRET_SETTING,
      readFirstLine(resolve(io.cwd, flags.wifiPasswordFile), "the Wi-Fi's password file"),
    );
  for (const text of flags.set ?? []) {
    const [, name, value] = /^([a-z-]+)=(.*)$/s.exec(text) ?? [];
    if (name === undefined || value === undefined)
      throw new Failure(EXIT_CODES.usage, `--set takes NAME=VALUE, such as auto-relock=30; found "${text}"`);
    if (name === SECRET_SETTING)
      throw new Failure(
        EXIT_CODES.usage,
        'a password on a command line is no secret: use --wifi-password-file',
      );
    if (!SETTING_NAMES.includes(name))
      throw new Failure(
        EXIT_CODES.usage,
        `there is no setting "${name}": there are ${SETTING_NAMES.join(', ')}`,
      );
    if (value === '') texts.delete(name);
    else texts.set(name, value);
  }
  if (
    texts.has('wifi-ssid') &&
    !texts.has(SECRET_SETTING) &&
    flags.wifiPasswordFile === undefined &&
    from.before
  )
    throw new Failure(
      EXIT_CODES.usage,
      "settings are sent whole: say the Wi-Fi's password again by --wifi-password-file",
    );
  try {
    checkSettings(texts);
  } catch (error) {
    if (error instanceof DecodeError) throw new Failure(EXIT_CODES.usage, error.message);
    throw error;
  }
  return texts;
}

/** What may be remembered of settings: all but the password. */
export function keptSettings(texts: ReadonlyMap<string, string>): Readonly<Record<string, string>> {
  return Object.fromEntries([...texts].filter(([name]) => name !== SECRET_SETTING));
}

/** The nodes that the lock asks: those of --endpoint, else the one that this tool asks. @throws Failure */
export function lockEndpoints({ endpoint = [] }: SettingFlags, rpcUrl: string): readonly string[] {
  if (endpoint.length > ENDPOINTS_MAX)
    throw new Failure(
      EXIT_CODES.usage,
      `a lock asks at most ${ENDPOINTS_MAX} nodes, found ${endpoint.length}`,
    );
  return endpoint.length === 0 ? [rpcUrl] : endpoint.map((url) => checkUrl(url, '--endpoint'));
}

function timeZoneText(zone: string, nowUnixMs: number, isSaid: boolean): string {
  const text = posixTimeZone(zone, new Date(nowUnixMs).getUTCFullYear());
  if (text !== undefined) return text;
  // What is no zone's name may be a POSIX string already; the lock's own reader says so later.
  if (isSaid && /[0-9]/.test(zone)) return zone;
  throw new Failure(
    EXIT_CODES.usage,
    `no yearly rule tells the time zone ${zone}: say --time-zone with a zone or a POSIX TZ string, such as UTC0`,
  );
}

function checkUrl(text: string, flag: string): string {
  const isWeb = URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);
  if (isWeb && text.length <= URL_CHARS_MAX) return text;
  throw new Failure(
    EXIT_CODES.usage,
    `${flag} takes an http or https URL of at most ${URL_CHARS_MAX} characters; found "${text}"`,
  );
}
