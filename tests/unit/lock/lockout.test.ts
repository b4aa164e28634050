import assert from 'node:assert/strict';
import type { AccessEntry } from '../../../firmware/lock/access-list.js';
import { Lockout } from '../../../firmware/lock/lockout.js';
import { writeUint } from '../../../firmware/protocol/bytes.js';
import {
  GUESTS_MAX,
  LOCKOUT_ATTEMPTS_MAX,
  LOCKOUT_MS,
  LOCKOUT_WINDOW_MS,
  ORDER_AHEAD_SECONDS_MAX,
} from '../../../firmware/protocol/limits.js';
import { TERMS } from './authorizer-rows.js';

const ANN = guest(1);
const BOB = guest(2);

function guest(number: number, serial = 1): AccessEntry {
  return { guest: writeUint(number, 20), terms: { ...TERMS, serial }, used: 0, guard: undefined };
}

/** Counts fresh orders, a second apart. @returns what the last one came to */
function attempts(
  lockout: Lockout,
  entry: AccessEntry,
  count: number,
  fromMs: number,
  firstNonce = 0,
): boolean {
  let last = false;
  for (let i = 0; i < count; i++) {
    const order = { nonce: BigInt(firstNonce + i), notAfterSeconds: 9 };
    last = lockout.count(entry, order, fromMs + 1_000 * i);
  }
  return last;
}

describe('Lockout', () => {
  it('locks a guest out at the fifth attempt, for five minutes, and nobody else', () => {
    const lockout = new Lockout();
    assert.equal(attempts(lockout, ANN, LOCKOUT_ATTEMPTS_MAX - 1, 0), false);
    assert.equal(lockout.isLockedOut(ANN, 4_000), false);
    assert.equal(attempts(lockout, ANN, 1, 4_000, 10), true);
    assert.equal(lockout.isLockedOut(ANN, 4_000), true);
    assert.equal(lockout.isLockedOut(BOB, 4_000), false);
    assert.equal(lockout.isLockedOut(ANN, 4_000 + LOCKOUT_MS - 1), true);
    assert.equal(lockout.isLockedOut(ANN, 4_000 + LOCKOUT_MS), false);
  });

  it('counts an order once, and none below it, however often they are shown', () => {
    const lockout = new Lockout();
    for (let i = 0; i < 50; i++) {
      assert.equal(lockout.count(ANN, { nonce: 7n, notAfterSeconds: 9 }, i), false);
      assert.equal(lockout.count(ANN, { nonce: 6n, notAfterSeconds: i }, i), false);
    }
    assert.equal(lockout.isLockedOut(ANN, 50), false);
  });

  it('forgets what is older than the window, in which every order that counted has expired', () => {
    assert.ok(LOCKOUT_WINDOW_MS >= 1000 * ORDER_AHEAD_SECONDS_MAX);
    const lockout = new Lockout();
    attempts(lockout, ANN, LOCKOUT_ATTEMPTS_MAX - 1, 0);
    assert.equal(attempts(lockout, ANN, 1, 1_000 + LOCKOUT_WINDOW_MS, 10), false);
    const other = new Lockout();
    attempts(other, ANN, LOCKOUT_ATTEMPTS_MAX - 1, 0);
    assert.equal(attempts(other, ANN, 1, LOCKOUT_WINDOW_MS, 10), true);
  });

  it('starts again from nothing once it is over', () => {
    const lockout = new Lockout();
    attempts(lockout, ANN, LOCKOUT_ATTEMPTS_MAX, 0);
    const afterMs = 4_000 + LOCKOUT_MS;
    assert.equal(attempts(lockout, ANN, LOCKOUT_ATTEMPTS_MAX - 1, afterMs, 10), false);
    assert.equal(attempts(lockout, ANN, 1, afterMs + 5_000, 20), true);
  });

  it('is ended by a new grant', () => {
    const lockout = new Lockout();
    attempts(lockout, ANN, LOCKOUT_ATTEMPTS_MAX, 0);
    assert.equal(lockout.isLockedOut(guest(1, 2), 4_000), false);
    assert.equal(attempts(lockout, guest(1, 2), LOCKOUT_ATTEMPTS_MAX - 1, 4_000), false);
  });

  it('has a place for as many as there may be guests, and frees it', () => {
    const lockout = new Lockout();
    for (let i = 1; i <= GUESTS_MAX; i++) attempts(lockout, guest(i), 1, 0);
    assert.equal(attempts(lockout, guest(100), LOCKOUT_ATTEMPTS_MAX, 0), false);
    assert.equal(attempts(lockout, guest(100), LOCKOUT_ATTEMPTS_MAX, LOCKOUT_WINDOW_MS + 1), true);
  });
});
