import { equalBytes } from '../protocol/bytes.js';
import { DecodeError } from '../protocol/errors.js';
import type { LockSettings } from '../protocol/pairing.js';
import { parseDuressGuests, readNumberSettings } from '../protocol/setting.js';
import { parseTimeZone, type TimeZone, UTC } from '../protocol/time-zone.js';

/** What the settings say of guests. */
export interface GuestSettings {
  /** Undefined where the text cannot be read. */
  readonly zone: TimeZone | undefined;
  readonly leaseSeconds: number;
  /** 20-byte addresses. */
  readonly duressGuests: readonly Uint8Array[];
}

/**
 * Reads what the settings say of guests. Pairing refuses what cannot be read, but flash may hold a text that an older
 * firmware did not read: a lease has its default then, a schedule admits nobody, and nobody opens under duress.
 */
export function readGuestSettings({ texts }: Pick<LockSettings, 'texts'>): GuestSettings {
  const zone = texts.get('time-zone');
  const lease = texts.get('guest-lease');
  const duress = texts.get('duress-guests');
  return {
    zone: zone === undefined ? UTC : readable(() => parseTimeZone(zone)),
    leaseSeconds: (
      readable(() => readNumberSettings(new Map(lease === undefined ? [] : [['guest-lease', lease]]))) ??
      readNumberSettings(new Map())
    ).guestLeaseSeconds,
    duressGuests: (duress === undefined ? undefined : readable(() => parseDuressGuests(duress))) ?? [],
  };
}

/** Whether this guest's opening is a call for help. */
export function isDuressGuest({ duressGuests }: GuestSettings, address: Uint8Array): boolean {
  return duressGuests.some((guest) => equalBytes(guest, address));
}

function readable<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof DecodeError) return undefined;
    throw error;
  }
}
