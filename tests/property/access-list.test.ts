import assert from 'node:assert/strict';
import {
  type AccessList,
  applyGrant,
  EMPTY_ACCESS_LIST,
  findGuest,
} from '../../firmware/lock/access-list.js';
import type { Time } from '../../firmware/lock/clock.js';
import { compareBytes, readUint, writeUint } from '../../firmware/protocol/bytes.js';
import { GRANT_AHEAD_SECONDS_MAX, GUESTS_MAX, TOMBSTONES_MAX } from '../../firmware/protocol/limits.js';
import type { Terms } from '../../firmware/protocol/terms.js';

const START = 1_790_000_000;
const HOUR = 3_600;
const DAY = 24 * HOUR;
const HISTORIES = 150;
const STEPS = 500;

/** A word of the owner's about one guest. */
interface Word {
  readonly guest: number;
  readonly terms: Terms;
}

/** What the histories have met in all: a test that met none of it would show nothing. */
const met = { floors: 0, clocklessFloors: 0, cuts: 0, retired: 0, full: 0, revoked: 0, late: 0 };

/**
 * One lock and its owner over some weeks. The owner signs words with serials as the contract asks for them; they are
 * delivered in any order, any number of times; power and clock come and go. The clock is honest where there is one.
 */
class History {
  readonly #random: () => number;
  readonly #guests: number;
  /** Their share among the owner's words. */
  readonly #revocations: number;
  readonly #offSecondsMax: number;
  readonly #signed: Word[] = [];
  readonly #lastSerials = new Map<number, number>();
  /** The highest serial of a guest's revocations that the lock has heard and that no power cut took back. */
  readonly #revoked = new Map<number, number>();
  #true = START;
  #hasClock = true;
  #floor = START;
  #durableFloor = START;
  #list: AccessList = EMPTY_ACCESS_LIST;

  constructor(seed: number) {
    this.#random = generator(seed);
    // Few guests collide often; many overflow the tombstones, or fill the list.
    this.#guests = seed % 3 === 0 ? 4 : 160;
    // Within a week of words the tombstones overflow; over months they are forgotten.
    this.#offSecondsMax = seed % 2 === 0 ? 3 * DAY : 8 * HOUR;
    this.#revocations = seed % 3 === 1 ? 0.2 : 0.6;
  }

  run(): void {
    for (let i = 0; i < STEPS; i++) {
      this.#step();
      this.#check();
    }
    // A liar shows the whole past once more, the newest word first.
    this.#hasClock = true;
    for (let index = this.#signed.length - 1; index >= 0; index--) {
      this.#deliver(index);
      this.#check();
    }
  }

  #step(): void {
    const die = this.#random();
    if (die < 0.4) this.#sign();
    // Mostly the newest, as an honest node shows them; else anything from the whole past.
    if (die < 0.3) this.#deliver(this.#signed.length - 1);
    else if (die < 0.9) this.#deliver(Math.floor(this.#random() * this.#signed.length));
    else if (die < 0.95) this.#pass(Math.floor(this.#random() * 6) * HOUR);
    else if (die < 0.99) this.#hasClock = !this.#hasClock;
    else this.#cut();
  }

  #sign(): void {
    const guest = Math.floor(this.#random() * this.#guests);
    const isRevocation = this.#random() < this.#revocations;
    const last = this.#lastSerials.get(guest) ?? 0;
    const ahead = this.#random() < 0.1 ? Math.floor(this.#random() * GRANT_AHEAD_SECONDS_MAX) : 0;
    const atEqual = isRevocation && last > 0 && this.#random() < 0.5;
    const serial = atEqual ? last : Math.max(this.#true + ahead, last + 1);
    // As the contract refuses it.
    if (serial > this.#true + GRANT_AHEAD_SECONDS_MAX) return;
    this.#lastSerials.set(guest, serial);
    const notAfterSeconds = this.#random() < 0.9 ? 2 ** 40 - 1 : this.#true + HOUR;
    this.#signed.push({ guest, terms: termsOf(serial, isRevocation ? 0 : 3, notAfterSeconds) });
  }

  #deliver(index: number): void {
    const word = this.#signed[index];
    if (word === undefined) return;
    const { guest, terms } = word;
    const change = applyGrant(this.#list, writeUint(guest + 1, 20), terms, this.#time());
    // The power fails before the record is durable: as if it had never been shown.
    if (change.ok && this.#random() < 0.01) {
      this.#cut();
      return;
    }
    if (change.ok) {
      this.#note(change.list);
      this.#list = change.list;
      this.#durableFloor = this.#floor;
    } else if (change.reason === 'guests-full') met.full++;
    else if (change.reason === 'serial-age') met.late++;
    if (terms.rights !== 0) return;
    met.revoked++;
    this.#revoked.set(guest, Math.max(terms.serial, this.#revoked.get(guest) ?? 0));
  }

  #note({ entries, serialFloor }: AccessList): void {
    if (serialFloor > this.#list.serialFloor) {
      met.floors++;
      if (!this.#hasClock) met.clocklessFloors++;
    }
    const guests = (list: AccessList['entries']) => list.filter(({ terms }) => terms.rights !== 0).length;
    if (guests(entries) < guests(this.#list.entries) - 1) met.retired++;
  }

  /** Without a clock the floor runs on with uptime, as long as the power lasts. */
  #pass(seconds: number): void {
    this.#true += seconds;
    this.#floor += seconds;
  }

  /** Off for hours or days; what flash holds stays, and the floor is the last that was written. */
  #cut(): void {
    met.cuts++;
    this.#true += Math.floor(this.#random() * this.#offSecondsMax);
    this.#hasClock = this.#random() < 0.5;
    this.#floor = this.#durableFloor;
  }

  #time(): Time {
    if (this.#hasClock) this.#floor = Math.max(this.#floor, this.#true);
    return { floorSeconds: this.#floor, nowSeconds: this.#hasClock ? this.#true : undefined };
  }

  #check(): void {
    const { entries } = this.#list;
    for (const { guest, terms } of entries) {
      const number = Number(readUint(guest)) - 1;
      const isGuest = findGuest(this.#list, guest) !== undefined;
      assert.ok(!isGuest || terms.serial > (this.#revoked.get(number) ?? 0), `guest ${number} came back`);
    }
    const tombstones = entries.filter(({ terms }) => terms.rights === 0).length;
    assert.ok(tombstones <= TOMBSTONES_MAX && entries.length - tombstones <= GUESTS_MAX);
    for (const [i, { guest }] of entries.entries()) {
      const next = entries[i + 1];
      assert.ok(next === undefined || compareBytes(guest, next.guest) < 0, 'sorted, each once');
    }
  }
}

function termsOf(serial: number, rights: number, notAfterSeconds: number): Terms {
  return {
    notBeforeSeconds: 0,
    notAfterSeconds,
    rights,
    weekdays: 0,
    dayStartMinutes: 0,
    dayEndMinutes: 0,
    uses: 0,
    epoch: 1,
    serial,
  };
}

/** Numbers from 0 to 1 out of a seed: xorshift. */
function generator(seed: number): () => number {
  let state = (seed * 2_654_435_761 + 1) >>> 0;
  return () => {
    state ^= (state << 13) >>> 0;
    state ^= state >>> 17;
    state = (state ^ (state << 5)) >>> 0;
    return state / 2 ** 32;
  };
}

describe('applyGrant, over whole histories', () => {
  it('never has a guest whose newest word that it has heard is a revocation, and keeps its bounds', () => {
    for (let seed = 1; seed <= HISTORIES; seed++) {
      try {
        new History(seed).run();
      } catch (error) {
        throw new Error(`history ${seed}: ${String(error)}`);
      }
    }
    for (const [what, count] of Object.entries(met))
      assert.ok(count > 0, `no history has met ${what} of ${JSON.stringify(met)}`);
  });
});
