import assert from 'node:assert/strict';
import { decodeHandover, encodeHandover } from '../../../firmware/protocol/handover.js';
import { throwsDecodeError } from './throws-decode-error.js';

const handover = { epoch: 0x0102, newEpoch: 0x0304, notAfterSeconds: 0x0506070809 };

describe('encodeHandover', () => {
  it('packs epoch, newEpoch and notAfter, highest first', () => {
    assert.equal(
      encodeHandover({ epoch: 1, newEpoch: 2, notAfterSeconds: 3 }),
      (1n << 56n) | (2n << 40n) | 3n,
    );
  });

  it('refuses fields that do not fit', () => {
    assert.throws(() => encodeHandover({ ...handover, epoch: 65_536 }), RangeError);
    assert.throws(() => encodeHandover({ ...handover, notAfterSeconds: 2 ** 40 }), RangeError);
  });
});

describe('decodeHandover', () => {
  it('takes back what encodeHandover packed', () => {
    const last = { epoch: 65_535, newEpoch: 65_535, notAfterSeconds: 2 ** 40 - 1 };
    for (const sample of [handover, last]) assert.deepEqual(decodeHandover(encodeHandover(sample)), sample);
  });

  it('refuses each of the 184 bits above', () => {
    for (let bit = 72n; bit < 256n; bit++) {
      throwsDecodeError(
        () => decodeHandover(encodeHandover(handover) | (1n << bit)),
        'padding',
        `bit ${bit}`,
      );
    }
  });
});
