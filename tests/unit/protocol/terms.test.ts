import assert from 'node:assert/strict';
import {
  decodeTerms,
  encodeTerms,
  FOR_EVER_SECONDS,
  RIGHT,
  type Terms,
} from '../../../firmware/protocol/terms.js';
import { throwsDecodeError } from './throws-decode-error.js';

const terms: Terms = {
  notBeforeSeconds: 0x0102030405,
  notAfterSeconds: FOR_EVER_SECONDS,
  rights: RIGHT.lock | RIGHT.unlock,
  weekdays: 0x1f,
  dayStartMinutes: 22 * 60,
  dayEndMinutes: 1_439,
  uses: 3,
  epoch: 7,
  serial: 0xfffffffe,
};
/** Where each field's lowest bit lies. */
const AT = {
  serial: 0n,
  epoch: 32n,
  uses: 48n,
  dayEnd: 64n,
  dayStart: 80n,
  weekdays: 96n,
  rights: 104n,
  top: 192n,
};

describe('encodeTerms', () => {
  it('packs the fields in their places', () => {
    const hex = encodeTerms(terms).toString(16).padStart(64, '0');
    assert.equal(hex, `${'00'.repeat(8)}0102030405ffffffffff031f0528059f00030007fffffffe`);
  });

  it('refuses what decodeTerms refuses', () => {
    assert.throws(() => encodeTerms({ ...terms, rights: 8 }), RangeError);
    assert.throws(() => encodeTerms({ ...terms, weekdays: 0x80 }), RangeError);
    assert.throws(() => encodeTerms({ ...terms, dayEndMinutes: 1_440 }), RangeError);
    assert.throws(() => encodeTerms({ ...terms, serial: 2 ** 32 }), RangeError);
  });
});

describe('decodeTerms', () => {
  it('takes back what encodeTerms packed', () => {
    const revocation = { ...terms, rights: 0, notAfterSeconds: 0, notBeforeSeconds: 0, weekdays: 0 };
    for (const sample of [terms, revocation]) assert.deepEqual(decodeTerms(encodeTerms(sample)), sample);
  });

  it('refuses each of the 64 bits above', () => {
    for (let bit = 0n; bit < 64n; bit++) {
      throwsDecodeError(
        () => decodeTerms(encodeTerms(terms) | (1n << (AT.top + bit))),
        'padding',
        `bit ${bit}`,
      );
    }
  });

  it('refuses each unknown right and weekday', () => {
    for (let bit = 3n; bit < 8n; bit++) {
      throwsDecodeError(
        () => decodeTerms(encodeTerms(terms) | (1n << (AT.rights + bit))),
        'terms',
        `right ${bit}`,
      );
    }
    throwsDecodeError(() => decodeTerms(encodeTerms(terms) | (1n << (AT.weekdays + 7n))), 'terms');
  });

  it('refuses minutes past the day', () => {
    const zero = encodeTerms({ ...terms, dayStartMinutes: 0, dayEndMinutes: 0 });
    assert.equal(decodeTerms(zero | (1_439n << AT.dayStart) | (1_439n << AT.dayEnd)).dayStartMinutes, 1_439);
    throwsDecodeError(() => decodeTerms(zero | (1_440n << AT.dayStart)), 'terms');
    throwsDecodeError(() => decodeTerms(zero | (1_440n << AT.dayEnd)), 'terms');
    throwsDecodeError(() => decodeTerms(zero | (65_535n << AT.dayEnd)), 'terms');
  });
});
