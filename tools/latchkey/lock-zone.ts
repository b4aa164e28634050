import type { ChosenLock } from './chosen-lock.js';
import type { LockRecord } from './config.js';
import { posixTimeZone } from './owner/posix-time-zone.js';
import type { Tool } from './tool.js';
import { type Zone, zoneOf } from './zone.js';

/** The zone in which the lock's days and hours are meant, by its name where that is known. */
export function lockZone({ io }: Pick<Tool, 'io'>, { record }: Pick<ChosenLock, 'record'>): Zone {
  const text = record?.settings?.['time-zone'];
  if (text === undefined) return zoneOf(io.timeZone);
  const name = zoneName({ io }, text, record?.zone);
  return { ...zoneOf(text), ...(name !== undefined && { name }) };
}

/** Europe/Berlin (<+01>-1<+02>,M3.5.0,M10.5.0/3), or what the lock was told alone where nobody knows its name. */
export function zoneWords(
  tool: Pick<Tool, 'io'>,
  { settings, zone }: Pick<LockRecord, 'settings' | 'zone'>,
): string {
  const text = settings?.['time-zone'];
  if (text === undefined) return 'UTC, as nobody has told it another';
  const name = zoneName(tool, text, zone);
  return name === undefined ? text : `${name} (${text})`;
}

/** The name that stands for a POSIX string today: the one that was said, or this computer's own. */
export function zoneName(
  { io }: Pick<Tool, 'io'>,
  text: string,
  said: string | undefined,
): string | undefined {
  const year = new Date(io.nowUnixMs()).getUTCFullYear();
  return [said, io.timeZone].find((name) => name !== undefined && posixTimeZone(name, year) === text);
}

/** What to remember of a zone beside the text that the lock was told: its name, where one stands for that text. */
export function keptZone(
  tool: Pick<Tool, 'io'>,
  texts: ReadonlyMap<string, string>,
  said: string | undefined,
): Pick<LockRecord, 'zone'> {
  const text = texts.get('time-zone');
  const zone = text === undefined ? undefined : zoneName(tool, text, said);
  return zone === undefined ? {} : { zone };
}
