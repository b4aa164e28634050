import { readUint } from '../../firmware/protocol/bytes.js';
import { formatHex } from '../../firmware/protocol/hex.js';
import { ACTION } from '../../firmware/protocol/order.js';
import type { Terms } from '../../firmware/protocol/terms.js';
import { localTime, parseTimeZone, UTC } from '../../firmware/protocol/time-zone.js';
import type { SignedWord } from '../world/archive.js';
import type { Signer } from '../world/chain-signer.js';
import { topicOf } from '../world/hostile-node.js';
import type { Prng } from '../world/prng.js';
import type { Neighbour, Neighbourhood } from './neighbour.js';
import { Pen } from './pen.js';

const GRANTS_PER_HOUR = 5;
const ORDERS_PER_HOUR = 4;
const LEFTOVERS_PER_HOUR = 5;
const RULES_PER_HOUR = 3;
const WHISPER_MS = 120_000;
const DAY_SECONDS = 86_400;
const YEAR_SECONDS = 366 * DAY_SECONDS;
const ORDER_SECONDS: readonly number[] = Object.freeze([60, 300, 900]);
const MINUTES_PER_DAY = 1_440;

/**
 * A house with many keys: short grants of every kind, guests who come at the wrong hour, once too often and after they
 * were sent away, and an owner who signs with two wallets, of which one is behind.
 */
export class Lodgers implements Neighbour {
  readonly #parts: Neighbourhood;
  readonly #prng: Prng;
  readonly #pen: Pen;
  #isCalm = false;

  constructor(neighbourhood: Neighbourhood) {
    this.#parts = neighbourhood;
    this.#prng = neighbourhood.prng('lodgers');
    this.#pen = new Pen(neighbourhood);
  }

  start(): void {
    if (!this.#prng.chance(0.3) || this.#parts.guests.length === 0) return;
    this.#parts.count('lodgers');
    for (const guest of this.#parts.guests) this.#grant(guest);
    this.#every(GRANTS_PER_HOUR, () => this.#grant(this.#prng.pick(this.#parts.guests)));
    this.#every(ORDERS_PER_HOUR, () => this.#knock(this.#prng.pick(this.#parts.guests)));
    this.#every(LEFTOVERS_PER_HOUR, () => this.#leftover());
    this.#every(RULES_PER_HOUR, () => this.#layDown());
  }

  calm(): void {
    this.#isCalm = true;
    for (const node of this.#parts.nodes) node.hush();
  }

  #every(perHour: number, happen: () => void): void {
    this.#parts.queue.after(this.#prng.waitMs(perHour), () => {
      if (this.#isCalm) return;
      happen();
      this.#every(perHour, happen);
    });
  }

  /** Gives a key for a while, and as a rule takes it back before that is over. */
  #grant(guest: Signer): void {
    const prng = this.#prng;
    const terms = this.#termsOf(guest);
    this.#pen.send(this.#signTerms(guest, terms));
    const now = this.#parts.nowSeconds();
    // Somebody who stands at the door too early, too often, and too late.
    const early = Math.max(60, terms.notBeforeSeconds - now - prng.between(20, 300));
    for (let visit = 0; visit <= terms.uses; visit++) this.#visitIn(early + 90 * visit, guest);
    this.#visitIn(terms.notAfterSeconds - now + prng.between(10, 240), guest);
    if (!prng.chance(0.5)) return;
    const revokedIn = prng.between(60, 1_200);
    this.#in(revokedIn, () => this.#pen.send(this.#signTerms(guest, { ...this.#termsOf(guest), rights: 0 })));
    this.#visitIn(revokedIn + prng.between(30, 240), guest);
  }

  #visitIn(seconds: number, guest: Signer): void {
    this.#in(seconds, () => this.#ask(guest, ACTION.unlock));
  }

  /** The contract leaves no trace of an order that it refuses; a friend's node tells of it all the same. */
  #ask(guest: Signer, action: number): void {
    const word = this.#signOrder(guest, action, this.#pen.nextNonce(guest));
    this.#pen.send(word);
    this.#whisper(word);
  }

  #whisper(word: SignedWord): void {
    const node = this.#prng.pick(this.#parts.nodes);
    this.#pen.whisper(node, { hash: word.hash, topic: topicOf(word) }, WHISPER_MS);
  }

  #in(seconds: number, happen: () => void): void {
    this.#parts.queue.after(seconds * 1_000, () => {
      if (!this.#isCalm) happen();
    });
  }

  /** An order of a guest, in time or not; some repeat it at once, again and again. */
  #knock(guest: Signer): void {
    const prng = this.#prng;
    const count = prng.chance(0.15) ? 10 : 1;
    for (let i = 0; i < count; i++) {
      const action = prng.pick([
        ACTION.lock,
        ACTION.unlock,
        ACTION.unlock,
        ACTION.unlockThenRelock,
        ACTION.privacyOn,
      ]);
      this.#ask(guest, action);
    }
  }

  /** The owner shuts out a guest who has an order at hand already, and with privacy whoever else comes. */
  #layDown(): void {
    const prng = this.#prng;
    const { owner, guests } = this.#parts;
    const guest = prng.pick(guests);
    const before = this.#signOrder(guest, ACTION.unlock, this.#pen.nextNonce(guest), 240);
    const [on, off] = prng.pick([
      [ACTION.lock, undefined],
      [ACTION.vacationOn, ACTION.vacationOff],
      [ACTION.privacyOn, ACTION.privacyOff],
    ] as const);
    const order = (action: number) =>
      this.#pen.send(this.#signOrder(owner.signer, action, this.#pen.nextNonce(owner.signer), 300));
    order(on);
    this.#in(60, () => {
      this.#pen.send(before);
      this.#whisper(before);
      if (on === ACTION.privacyOn) order(ACTION.unlock);
    });
    if (off !== undefined) this.#in(400, () => order(off));
  }

  /** What the owner or a guest signed and nobody mined, as another wallet of theirs would: one node has it. */
  #leftover(): void {
    const prng = this.#prng;
    const { owner, guests, archive } = this.#parts;
    const guest = prng.pick(guests);
    const signer = prng.chance(0.5) ? owner.signer : guest;
    const last = archive.all.findLast(({ by, command }) => by === hexOf(signer) && command.kind === 'order');
    const nonce = last?.nonce ?? this.#pen.nextNonce(signer);
    const now = this.#parts.nowSeconds();
    const terms = this.#termsOf(guest);
    const word = prng.pick([
      // Of the same nonce as an order that was sent, and of one before.
      () => this.#signOrder(signer, ACTION.unlock, nonce),
      () => this.#signOrder(signer, ACTION.unlock, nonce > 0n ? nonce - 1n : 0n),
      // Later by its nonce, and earlier by its serial.
      () => this.#signTerms(guest, { ...terms, rights: 3, serial: terms.serial - prng.between(2, 600) }),
      () => this.#signTerms(guest, { ...terms, rights: 0, serial: terms.serial - prng.between(2, 600) }),
      // For an epoch that is over, or is not yet.
      () =>
        this.#signOrder(
          owner.signer,
          ACTION.unlock,
          this.#pen.nextNonce(owner.signer),
          300,
          prng.pick([-1, 1]),
        ),
      // So old that a lock may have forgotten what came after it, and from tomorrow.
      () => this.#signTerms(guest, { ...terms, rights: 3, serial: now - 8 * DAY_SECONDS }),
      () => this.#signTerms(guest, { ...terms, rights: 3, serial: now + 2 * DAY_SECONDS }),
    ])();
    this.#whisper(word);
  }

  #termsOf(guest: Signer): Terms {
    const prng = this.#prng;
    const { owner, chain, archive, nowSeconds } = this.#parts;
    const now = nowSeconds();
    const last = Number(chain.guestTerms(readUint(archive.lock20), readUint(guest.address20)) & 0xffff_ffffn);
    const hours = prng.chance(0.3) ? this.#hoursNear(now) : undefined;
    return {
      notBeforeSeconds: prng.chance(0.3) ? now + prng.between(120, 1_200) : 0,
      // Receipts name the end: each grant has its own, so that nobody takes one for another.
      notAfterSeconds: now + archive.all.length + prng.pick([10 * YEAR_SECONDS, prng.between(300, 2_400)]),
      rights: prng.pick([1, 2, 3, 3, 3]),
      weekdays: 0,
      dayStartMinutes: hours?.[0] ?? 0,
      dayEndMinutes: hours?.[1] ?? 0,
      uses: prng.chance(0.4) ? prng.between(1, 2) : 0,
      epoch: owner.chainEpoch,
      serial: Math.max(now, last + 1),
    };
  }

  /** Hours that have just ended, are about to begin, or hold. */
  #hoursNear(now: number): readonly [startMinutes: number, endMinutes: number] {
    const text = this.#parts.weather.texts.get('time-zone');
    const { minuteOfDay: minutes } = localTime(text === undefined ? UTC : parseTimeZone(text), now);
    const start = minutes + this.#prng.pick([-90, -30, 20]);
    const wrap = (minute: number) => (minute + MINUTES_PER_DAY) % MINUTES_PER_DAY;
    return [wrap(start), wrap(start + 80)];
  }

  #signTerms(guest: Signer, terms: Terms): SignedWord {
    return this.#pen.sign(this.#parts.owner.signer, { kind: 'grant', guest: guest.address20, terms });
  }

  #signOrder(
    signer: Signer,
    action: number,
    nonce: bigint,
    seconds = this.#prng.pick(ORDER_SECONDS),
    epochs = 0,
  ): SignedWord {
    const { archive, owner, nowSeconds } = this.#parts;
    const order = {
      lock: archive.lock20,
      challenge4: new Uint8Array(4),
      epoch: owner.chainEpoch + epochs,
      notAfterSeconds: nowSeconds() + seconds,
      action,
    };
    return this.#pen.sign(signer, { kind: 'order', order }, nonce);
  }
}

function hexOf({ address20 }: Signer): string {
  return formatHex(address20);
}
