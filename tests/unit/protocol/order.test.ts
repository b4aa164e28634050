import assert from 'node:assert/strict';
import { ACTION, decodeOrder, encodeOrder, isAction, type Order } from '../../../firmware/protocol/order.js';

const order: Order = {
  lock: new Uint8Array(20).fill(0xa1),
  challenge4: Uint8Array.of(1, 2, 3, 4),
  epoch: 0xb2c3,
  notAfterSeconds: 0xd4e5f60718,
  action: ACTION.unlock,
};

describe('encodeOrder', () => {
  it('packs lock, challenge, epoch, notAfter and action, highest first', () => {
    assert.equal(encodeOrder(order).toString(16), `${'a1'.repeat(20)}01020304b2c3d4e5f6071802`);
  });

  it('refuses fields that do not fit', () => {
    assert.throws(() => encodeOrder({ ...order, epoch: 65_536 }), RangeError);
    assert.throws(() => encodeOrder({ ...order, notAfterSeconds: 2 ** 40 }), RangeError);
    assert.throws(() => encodeOrder({ ...order, action: 256 }), RangeError);
    assert.throws(() => encodeOrder({ ...order, lock: new Uint8Array(21) }), RangeError);
    assert.throws(() => encodeOrder({ ...order, challenge4: new Uint8Array(5) }), RangeError);
  });
});

describe('decodeOrder', () => {
  it('takes back what encodeOrder packed, at the ends of each field too', () => {
    const ends: readonly Order[] = [
      order,
      { lock: new Uint8Array(20), challenge4: new Uint8Array(4), epoch: 0, notAfterSeconds: 0, action: 0 },
      {
        lock: new Uint8Array(20).fill(255),
        challenge4: new Uint8Array(4).fill(255),
        epoch: 65_535,
        notAfterSeconds: 2 ** 40 - 1,
        action: 255,
      },
    ];
    for (const end of ends) assert.deepEqual(decodeOrder(encodeOrder(end)), end);
  });
});

describe('isAction', () => {
  it('knows 1 to 9 only', () => {
    const known = [...Array(256).keys()].filter(isAction);
    assert.deepEqual(known, Object.values(ACTION));
  });
});
