import { GUESTS_MAX, TOMBSTONES_MAX } from '../../firmware/protocol/limits.js';
import { ACTION } from '../../firmware/protocol/order.js';
import type { NvsFlash } from '../../host-sim/world/nvs-flash.js';
import { LockWorld } from '../unit/lock/fixture.js';
import { OWNER, type Person, person } from '../unit/lock/signer.js';

const MINUTE_MS = 60_000;
const FIRST_GUEST = 20;

/** One write to flash: which record, and how long it is. */
export interface Write {
  readonly key: string;
  readonly bytes: number;
}

/** A paired lock and its guests, each of whom has signed so many orders. */
export class Household {
  readonly world = new LockWorld({ device: { pollIntervalMs: MINUTE_MS } }).boot().pair();
  readonly guests: Person[] = [];
  readonly #orders = new Map<Person, number>();
  /** The owner's next. */
  nonce = 0;

  /** All that flash was asked to hold so far, in order. */
  writes(): Write[] {
    return this.world.outputs.flatMap((output) =>
      output.kind === 'persist' ? [{ key: output.key, bytes: output.bytes.length }] : [],
    );
  }

  admit(guest: Person): void {
    this.world.grant(OWNER, this.nonce++, guest, {});
    this.world.pass(MINUTE_MS, MINUTE_MS);
    this.guests.push(guest);
  }

  /** The guest locks or unlocks in turn. */
  toggle(guest: Person): void {
    const nonce = this.#orders.get(guest) ?? 0;
    this.#orders.set(guest, nonce + 1);
    const action = nonce % 2 === 0 ? ACTION.unlock : ACTION.lock;
    // Behind the barrier that the owner's last lock set.
    this.world.order(guest, nonce, { action, notAfterSeconds: this.world.nowSeconds + 900 });
  }
}

export function household(guestCount: number): Household {
  const home = new Household();
  for (let i = 0; i < guestCount; i++) home.admit(person(FIRST_GUEST + i));
  return home;
}

/** As many guests and as many tombstones as a lock remembers. */
export function fullHouse(): Household {
  const home = household(TOMBSTONES_MAX);
  for (const guest of home.guests.splice(0)) {
    home.world.grant(OWNER, home.nonce++, guest, { rights: 0 });
    home.world.pass(MINUTE_MS, MINUTE_MS);
  }
  for (let i = 0; i < GUESTS_MAX; i++) home.admit(person(FIRST_GUEST + TOMBSTONES_MAX + i));
  return home;
}

/** Lets minutes pass. @param act - what happens at each. @returns what was written meanwhile */
export function live(home: Household, minutes: number, act: (minute: number) => void): readonly Write[] {
  const before = home.writes().length;
  for (let minute = 0; minute < minutes; minute++) {
    act(minute);
    home.world.pass(MINUTE_MS, MINUTE_MS);
  }
  return home.writes().slice(before);
}

/** The owner and one guest after another, each ten times a day. */
export function liveToggles(home: Household, minute: number): void {
  if (minute % 144 === 10) {
    const action = home.nonce % 2 === 0 ? ACTION.unlock : ACTION.lock;
    home.world.order(OWNER, home.nonce++, { action });
  }
  if (minute % 144 === 80) {
    const guest = home.guests[Math.floor(minute / 144) % home.guests.length];
    if (guest !== undefined) home.toggle(guest);
  }
}

/**
 * Writes the same again and again; the log of reports goes on from place to place.
 * @param placesMax - of that log
 */
export function repeat(flash: NvsFlash, writes: readonly Write[], times: number, placesMax: number): void {
  let reports = 0;
  for (let i = 0; i < times; i++) {
    for (const { key, bytes } of writes) {
      flash.write(key.startsWith('report-') ? `report-${reports++ % placesMax}` : key, bytes);
    }
  }
}
