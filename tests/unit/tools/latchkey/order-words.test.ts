import assert from 'node:assert/strict';
import { DecodeError } from '../../../../firmware/protocol/errors.js';
import { describeOrder } from '../../../../tools/latchkey/order-words.js';
import { commandCall } from '../../../../tools/latchkey/owner/registry-calls.js';

const LOCK = { name: 'front-door', address: `0x${'ab'.repeat(20)}` } as const;
const FROM = `0x${'12'.repeat(20)}` as const;
const NOW = Date.UTC(2026, 6, 1, 10, 0, 0) / 1_000;
const IO = { timeZone: 'Europe/Berlin', nowUnixMs: () => NOW * 1_000 };

describe('describeOrder', () => {
  const call = (change: object) =>
    commandCall({ lock: LOCK.address, epoch: 3, notAfterSeconds: NOW + 300, action: 2, ...change });

  it('reads back from the bytes what they ask for, in the time of the wall', () => {
    assert.deepEqual(describeOrder(call({}), LOCK, FROM, IO), [
      'order     unlock',
      `lock      front-door, ${LOCK.address}, epoch 3`,
      'signed by 0x1212…1212, good until 12:05:00 (5 min)',
    ]);
    const [order, lock] = describeOrder(call({ action: 3, challenge: 0x0a0b0c0d }), LOCK, FROM, IO);
    assert.equal(order, 'order     unlock, then lock again by itself');
    assert.match(lock ?? '', /, challenge 0x0a0b0c0d$/);
    assert.equal(describeOrder(call({ action: 77 }), LOCK, FROM, IO)[0], 'order     unknown command 77');
  });

  it('refuses bytes that are for another lock', () => {
    const other = call({ lock: `0x${'cd'.repeat(20)}` });
    assert.throws(() => describeOrder(other, LOCK, FROM, IO), DecodeError);
  });
});
