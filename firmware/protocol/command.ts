import {
  decodeAddressWord,
  decodeUintArray,
  decodeUintWord,
  encodeAddressWord,
  encodeUintArray,
  encodeUintWord,
  expectLength,
  WORD_BYTES,
  wordAt,
} from './abi.js';
import { concatBytes, equalBytes } from './bytes.js';
import { DecodeError } from './errors.js';
import { decodeHandover, encodeHandover, type Handover } from './handover.js';
import { formatHex, parseHex } from './hex.js';
import { CALLDATA_BYTES_MAX, ORDERS_PER_CALL_MAX } from './limits.js';
import { SELECTOR } from './lock-registry.js';
import { decodeOrder, encodeOrder, type Order } from './order.js';
import { decodeTerms, encodeTerms, type Terms } from './terms.js';

/** What a registry call asks of one lock. Addresses are 20 bytes. */
export type Command =
  | { readonly kind: 'order'; readonly order: Order }
  | { readonly kind: 'grant'; readonly guest: Uint8Array; readonly terms: Terms }
  | {
      readonly kind: 'handover';
      readonly to: Uint8Array;
      readonly epoch: number;
      readonly newEpoch: number;
      readonly notAfterSeconds: number;
    };

const SELECTOR_BYTES = 4;
const LOCK_SHIFT = 96n;

/**
 * Decodes a registry call that commands this lock, in its one canonical encoding. Does not check who signed it,
 * the action, the epoch or any time.
 * @param calldata - untrusted, any length
 * @param lock20 - this lock's address
 * @throws DecodeError `size` | `selector` | `calldata` | `padding` | `terms` | `lock` (names other locks only)
 */
export function decodeCommand(calldata: Uint8Array, lock20: Uint8Array): Command {
  if (calldata.length > CALLDATA_BYTES_MAX) {
    throw new DecodeError(
      'size',
      `expected at most ${CALLDATA_BYTES_MAX} bytes of calldata, found ${calldata.length}`,
    );
  }
  if (calldata.length < SELECTOR_BYTES) throw new DecodeError('selector', 'expected a selector of 4 bytes');
  const selector = formatHex(calldata.subarray(0, SELECTOR_BYTES));
  const block = calldata.subarray(SELECTOR_BYTES);
  switch (selector) {
    case SELECTOR.command:
      return decodeOne(block, lock20);
    case SELECTOR.commandMany:
      return decodeMany(block, lock20);
    case SELECTOR.grant:
      return decodeGrant(block, lock20);
    case SELECTOR.handover:
      return decodeHandoverCall(block, lock20);
    default:
      throw new DecodeError('selector', `expected a call that commands a lock, found ${selector}`);
  }
}

/**
 * Reads the lock of a decoded call from the call's bytes.
 * @param calldata - what `decodeCommand` has decoded
 * @returns 20 bytes
 */
export function lockNamedBy(calldata: Uint8Array, command: Command): Uint8Array {
  if (command.kind === 'order') return command.order.lock;
  return calldata.slice(SELECTOR_BYTES + WORD_BYTES - 20, SELECTOR_BYTES + WORD_BYTES);
}

/** @throws RangeError where a field does not fit */
export function encodeCommandCall(order: Order): Uint8Array {
  return encodeCall(SELECTOR.command, encodeUintWord(encodeOrder(order)));
}

/**
 * Encodes orders for 1 to ORDERS_PER_CALL_MAX locks.
 * @throws RangeError where the locks do not strictly ascend, or a field does not fit
 */
export function encodeCommandManyCall(orders: readonly Order[]): Uint8Array {
  if (orders.length < 1 || orders.length > ORDERS_PER_CALL_MAX) {
    throw new RangeError(`encodeCommandManyCall: ${orders.length} orders`);
  }
  const words = orders.map(encodeOrder);
  if (!locksAscend(words)) throw new RangeError('encodeCommandManyCall: locks do not strictly ascend');
  return encodeCall(SELECTOR.commandMany, encodeUintArray(words));
}

/** @throws RangeError where a field does not fit */
export function encodeGrantCall(lock20: Uint8Array, guest20: Uint8Array, terms: Terms): Uint8Array {
  return encodeCall(
    SELECTOR.grant,
    encodeAddressWord(lock20),
    encodeAddressWord(guest20),
    encodeUintWord(encodeTerms(terms)),
  );
}

/** @throws RangeError where a field does not fit */
export function encodeHandoverCall(lock20: Uint8Array, to20: Uint8Array, handover: Handover): Uint8Array {
  return encodeCall(
    SELECTOR.handover,
    encodeAddressWord(lock20),
    encodeAddressWord(to20),
    encodeUintWord(encodeHandover(handover)),
  );
}

function decodeOne(block: Uint8Array, lock20: Uint8Array): Command {
  expectLength(block, WORD_BYTES);
  const order = decodeOrder(decodeUintWord(block));
  expectLock(order.lock, lock20);
  return { kind: 'order', order };
}

function decodeMany(block: Uint8Array, lock20: Uint8Array): Command {
  const words = decodeUintArray(block, 1, ORDERS_PER_CALL_MAX);
  if (!locksAscend(words)) throw new DecodeError('calldata', 'expected locks that strictly ascend');
  for (const word of words) {
    const order = decodeOrder(word);
    if (equalBytes(order.lock, lock20)) return { kind: 'order', order };
  }
  throw new DecodeError('lock', `none of ${words.length} orders is for this lock`);
}

function decodeGrant(block: Uint8Array, lock20: Uint8Array): Command {
  expectLength(block, 3 * WORD_BYTES);
  expectLock(decodeAddressWord(wordAt(block, 0)), lock20);
  const guest = decodeAddressWord(wordAt(block, 1));
  return { kind: 'grant', guest, terms: decodeTerms(decodeUintWord(wordAt(block, 2))) };
}

function decodeHandoverCall(block: Uint8Array, lock20: Uint8Array): Command {
  expectLength(block, 3 * WORD_BYTES);
  expectLock(decodeAddressWord(wordAt(block, 0)), lock20);
  const to = decodeAddressWord(wordAt(block, 1));
  return { kind: 'handover', to, ...decodeHandover(decodeUintWord(wordAt(block, 2))) };
}

function expectLock(found20: Uint8Array, lock20: Uint8Array): void {
  if (!equalBytes(found20, lock20)) throw new DecodeError('lock', `the call is for ${formatHex(found20)}`);
}

function locksAscend(words: readonly bigint[]): boolean {
  let previous = -1n;
  for (const word of words) {
    const lock = word >> LOCK_SHIFT;
    if (lock <= previous) return false;
    previous = lock;
  }
  return true;
}

function encodeCall(selector: string, ...words: readonly Uint8Array[]): Uint8Array {
  return concatBytes(parseHex(selector, SELECTOR_BYTES), ...words);
}
