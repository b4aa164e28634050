import assert from 'node:assert/strict';
import type { AccessEntry } from '../../../firmware/lock/access-list.js';
import { isOwnDoing } from '../../../firmware/lock/guest-terms.js';
import type { RefusalReason } from '../../../firmware/protocol/refusal.js';
import type { Terms } from '../../../firmware/protocol/terms.js';
import { UTC } from '../../../firmware/protocol/time-zone.js';
import { GUEST, NOW, TERMS } from './authorizer-rows.js';

/** Whether a refusal now of a guest's order counts; NOW is a Monday, 14:13:20. */
function counts(
  reason: RefusalReason,
  terms: Partial<Terms> = {},
  { notAfterSeconds = NOW + 300, nonce = 5n, hasClock = true } = {},
): boolean {
  const guest: AccessEntry = {
    guest: GUEST,
    terms: { ...TERMS, serial: NOW - 86_400, notAfterSeconds: NOW + 86_400, ...terms },
    used: 0,
    guard: { nonce: 4n, notAfterSeconds: NOW },
  };
  const time = { floorSeconds: NOW, nowSeconds: hasClock ? NOW : undefined };
  return isOwnDoing(guest, { nonce, notAfterSeconds }, reason, time, UTC);
}

describe('isOwnDoing', () => {
  it('counts what would have been refused whenever it was shown', () => {
    for (const reason of ['not-owner', 'rights', 'uses', 'not-yet'] as const)
      assert.equal(counts(reason), true, reason);
  });

  it('counts no reason that a node or the owner can bring about', () => {
    for (const reason of [
      'expired',
      'epoch',
      'challenge',
      'clock',
      'barrier',
      'vacation',
      'privacy',
      'lease',
    ] as const)
      assert.equal(counts(reason), false, reason);
  });

  it('counts nothing that was obeyed before', () => {
    assert.equal(counts('uses', {}, { nonce: 4n, notAfterSeconds: NOW + 1 }), true);
    assert.equal(counts('uses', {}, { nonce: 4n, notAfterSeconds: NOW }), false);
    assert.equal(counts('uses', {}, { nonce: 3n }), false);
  });

  it('counts nothing that may have been held back until the hours or the grant were over', () => {
    // The order may have been signed from 14:03:20 on.
    assert.equal(counts('schedule', { dayStartMinutes: 0, dayEndMinutes: 843 }), true);
    assert.equal(counts('schedule', { dayStartMinutes: 0, dayEndMinutes: 844 }), false);
    assert.equal(counts('schedule', { dayStartMinutes: 850, dayEndMinutes: 851 }), false);
    assert.equal(counts('schedule', { dayStartMinutes: 854, dayEndMinutes: 855 }), true);
    assert.equal(counts('over', { notAfterSeconds: NOW - 601 }), true);
    assert.equal(counts('over', { notAfterSeconds: NOW - 600 }), false);
  });

  it('counts nothing that may have been signed under other terms', () => {
    assert.equal(counts('rights', { serial: NOW - 601 }), true);
    assert.equal(counts('rights', { serial: NOW - 600 }), false);
  });

  it('counts nothing without a clock', () => {
    assert.equal(counts('rights', {}, { hasClock: false }), false);
  });
});
