import { readUint, writeUint } from './bytes.js';
import { packWord, unpackWord } from './packed-word.js';

/** What an order can ask for; the number is on the wire. */
export const ACTION = Object.freeze({
  lock: 1,
  unlock: 2,
  /** Relocks after the lock's own time. */
  unlockThenRelock: 3,
  /** Blocks 2 and 3 from everyone. */
  privacyOn: 4,
  privacyOff: 5,
  /** Refuses guests' openings while the owner is away. */
  vacationOn: 6,
  vacationOff: 7,
  /** What is opened in the passage hours stays open until they end. */
  passageOn: 8,
  passageOff: 9,
} as const);

export type Action = (typeof ACTION)[keyof typeof ACTION];

/** One word that an owner or guest sends: `lock:160 | challenge:32 | epoch:16 | notAfter:40 | action:8`. */
export interface Order {
  /** 20-byte address of the lock. */
  readonly lock: Uint8Array;
  /** First 4 bytes of the lock's challenge; zeros for none. */
  readonly challenge4: Uint8Array;
  readonly epoch: number;
  /** Unix seconds. */
  readonly notAfterSeconds: number;
  /** 0 to 255 as decoded; `isAction` tells the known ones. */
  readonly action: number;
}

const WIDTHS = Object.freeze([160, 32, 16, 40, 8]);

/** @returns whether this version knows the action */
export function isAction(action: number): action is Action {
  return action >= ACTION.lock && action <= ACTION.passageOff;
}

/** @returns whether the action draws the bolt */
export function isOpening(action: number): boolean {
  return action === ACTION.unlock || action === ACTION.unlockThenRelock;
}

/** @throws RangeError where a field does not fit */
export function encodeOrder(order: Order): bigint {
  if (order.lock.length !== 20) throw new RangeError(`encodeOrder: lock of ${order.lock.length} bytes`);
  if (order.challenge4.length !== 4)
    throw new RangeError(`encodeOrder: challenge of ${order.challenge4.length} bytes`);
  return packWord([
    [readUint(order.lock), 160],
    [readUint(order.challenge4), 32],
    [order.epoch, 16],
    [order.notAfterSeconds, 40],
    [order.action, 8],
  ]);
}

/**
 * Takes an order apart; every word is one. Does not check the action, the epoch or the time.
 * @param word - 256 bits
 */
export function decodeOrder(word: bigint): Order {
  const [lock, challenge, epoch, notAfter, action] = unpackWord(word, WIDTHS) as [
    bigint,
    bigint,
    bigint,
    bigint,
    bigint,
  ];
  return {
    lock: writeUint(lock, 20),
    challenge4: writeUint(challenge, 4),
    epoch: Number(epoch),
    notAfterSeconds: Number(notAfter),
    action: Number(action),
  };
}
