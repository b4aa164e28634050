import assert from 'node:assert/strict';
import { freshAuthority } from '../../../firmware/lock/authority.js';
import type { Circumstances } from '../../../firmware/lock/authorizer.js';
import { type Candidate, Round } from '../../../firmware/lock/round.js';
import { NO_WARRANT, openingWarrant } from '../../../firmware/lock/warrant.js';
import { writeUint } from '../../../firmware/protocol/bytes.js';
import { SEEN_DURABLE_MAX } from '../../../firmware/protocol/limits.js';
import { ACTION } from '../../../firmware/protocol/order.js';
import { UTC } from '../../../firmware/protocol/time-zone.js';

const NOW = 1_790_000_000;
const OWNER = new Uint8Array(20).fill(1);
const CIRCUMSTANCES: Circumstances = {
  time: { floorSeconds: NOW, nowSeconds: NOW },
  challenge16: new Uint8Array(16),
  isStrict: false,
  takeTurn: () => true,
  isLockedOut: () => false,
  zone: UTC,
  isLeaseOver: false,
  isCaughtUp: true,
};
const CLOCKLESS: Circumstances = { ...CIRCUMSTANCES, time: { floorSeconds: NOW, nowSeconds: undefined } };

const AGREES = () => openingWarrant(0);

function candidate(number: number, action: number, by = OWNER, notAfterSeconds = NOW + 300): Candidate {
  const lock20 = new Uint8Array(20);
  const order = {
    lock: lock20,
    challenge4: new Uint8Array(4),
    epoch: 1,
    notAfterSeconds,
    action,
  };
  return {
    tx: writeUint(number, 32),
    signed: {
      by,
      nonce: BigInt(number),
      command: { kind: 'order', order },
      addressee: { chainId: 1n, registry20: lock20, lock20 },
    },
  };
}

function round(): Round {
  return new Round(freshAuthority(OWNER, 1), []);
}

describe('Round', () => {
  it('judges each command on what the ones before left, and keeps the last wish and every receipt', () => {
    assert.equal(round().wish, undefined);
    const one = round();
    for (const [number, action] of [
      [1, ACTION.unlock],
      [2, ACTION.lock],
      [2, ACTION.unlock],
      [3, ACTION.unlockThenRelock],
      [4, ACTION.privacyOff],
    ] as const) {
      one.judge(candidate(number, action), CIRCUMSTANCES, true, AGREES);
    }
    assert.equal(one.wish?.wish, 'unlock-then-relock');
    assert.deepEqual(one.wish?.receipt.tx, writeUint(3, 32));
    assert.deepEqual(
      one.receipts.map(({ nonce }) => nonce),
      [1n, 2n, 3n, 4n],
    );
    assert.deepEqual(
      one.refused.map(({ reason }) => reason),
      ['replayed'],
    );
  });

  it('takes nothing that it has no room to answer for', () => {
    const full = round();
    const verdict = full.judge(candidate(1, ACTION.unlock), CIRCUMSTANCES, false, AGREES);
    assert.ok(!verdict.ok && verdict.reason === 'reports-full');
    assert.equal(full.wish, undefined);
    assert.equal(full.authority.boltGuard, undefined);
  });

  it('takes nothing that a second look does not agree with, and may be shown it again', () => {
    const one = round();
    for (const warrant of [NO_WARRANT, openingWarrant(1)]) {
      const verdict = one.judge(candidate(1, ACTION.unlock), CIRCUMSTANCES, true, () => warrant);
      assert.deepEqual(verdict, { ok: false, reason: 'disagreement', known: true });
    }
    assert.deepEqual([one.wish, one.receipts, one.judged, one.refused.length], [undefined, [], [], 2]);
    assert.ok(one.judge(candidate(1, ACTION.unlock), CIRCUMSTANCES, true, AGREES).ok);
    assert.deepEqual(one.wish?.warrant, openingWarrant(0));
  });

  it('leaves no trace of strangers, nor of what waits for a clock', () => {
    const one = round();
    one.judge(candidate(1, ACTION.unlock, new Uint8Array(20).fill(9)), CIRCUMSTANCES, true, AGREES);
    one.judge(candidate(2, ACTION.unlock), CLOCKLESS, true, AGREES);
    assert.deepEqual([one.judged, one.refused, one.receipts], [[], [], []]);
  });

  it('answers for what has just expired, and only counts what expired over 15 minutes ago', () => {
    const one = round();
    const [late, long] = [NOW - 900, NOW - 901].map((notAfter, i) =>
      one.judge(candidate(i, ACTION.unlock, OWNER, notAfter), CIRCUMSTANCES, true, AGREES),
    );
    assert.deepEqual(late, { ok: false, reason: 'expired', known: true });
    assert.deepEqual(long, { ok: false, reason: 'expired', known: false });
    assert.deepEqual([one.judged, one.refused.map(({ nonce }) => nonce)], [[writeUint(0, 32)], [0n]]);
  });

  it('remembers each hash once, and the newest of many', () => {
    const one = round();
    for (let i = 0; i < 40; i++) one.judge(candidate(i, ACTION.privacyOff), CIRCUMSTANCES, true, AGREES);
    one.judge(candidate(39, ACTION.privacyOff), CIRCUMSTANCES, true, AGREES);
    assert.equal(one.judged.length, SEEN_DURABLE_MAX);
    assert.deepEqual(one.judged.at(-1), writeUint(39, 32));
    assert.deepEqual(one.judged[0], writeUint(40 - SEEN_DURABLE_MAX, 32));
  });
});
