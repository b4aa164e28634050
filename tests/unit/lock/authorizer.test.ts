import assert from 'node:assert/strict';
import { freshAuthority } from '../../../firmware/lock/authority.js';
import { judge, type SignedCommand } from '../../../firmware/lock/authorizer.js';
import { MODE } from '../../../firmware/protocol/mode.js';
import { ACTION } from '../../../firmware/protocol/order.js';
import {
  authority,
  BEHIND,
  CLOCKED,
  CLOCKLESS,
  GUARDED,
  GUEST,
  GUEST_GUARDED,
  grant,
  handover,
  NOW,
  OWNER,
  OWNERS_ORDERS,
  order,
  outcome,
  PAPERS,
  RIGHT_ANSWER,
  STRANGER,
} from './authorizer-rows.js';
import { GUESTS_ORDERS } from './guest-rows.js';

describe('judge', () => {
  for (const [title, rows] of [
    ['of the owner', OWNERS_ORDERS],
    ['of a guest', GUESTS_ORDERS],
    ['on paper', PAPERS],
  ] as const) {
    for (const [expected, what, who, signed, circumstances] of rows) {
      it(`answers ${expected} to ${what} ${title}`, () => {
        assert.equal(outcome(who, signed, circumstances), expected);
      });
    }
  }

  it('reports refusals of those it knows, and counts a stranger’s and a flood', () => {
    const known = (signed: SignedCommand, circumstances = CLOCKED) => {
      const verdict = judge(authority(), signed, circumstances);
      return !verdict.ok && verdict.known;
    };
    assert.equal(known(order(OWNER, { epoch: 2 })), true);
    assert.equal(known(order(GUEST, { epoch: 2 })), true);
    assert.equal(known(order(STRANGER)), false);
    assert.equal(known(order(GUEST), { ...CLOCKED, takeTurn: () => false }), false);
  });

  it('takes a turn of a guest for every order that could still be obeyed, and never one of the owner', () => {
    const taken: Uint8Array[] = [];
    const counting = { ...CLOCKED, takeTurn: (guest: Uint8Array) => taken.push(guest) > 0 };
    outcome(authority(), order(OWNER), counting);
    outcome(authority(), order(STRANGER), counting);
    outcome(authority(), grant(OWNER), counting);
    // What anybody may show again and again takes none.
    outcome(authority(), order(GUEST, { epoch: 2 }), counting);
    outcome(authority(), order(GUEST, { notAfterSeconds: NOW - 1 }), counting);
    outcome(authority({}, GUEST_GUARDED), order(GUEST), counting);
    assert.deepEqual(taken, []);
    outcome(authority(), order(GUEST, { action: ACTION.privacyOn }), counting);
    outcome(authority(), order(GUEST, {}, 6n), counting);
    assert.deepEqual(taken, [GUEST, GUEST]);
  });

  it('lets a guest’s opening wait where the owner’s later words may be missing, and only that', () => {
    const waits = (signed: SignedCommand, who = authority()) => {
      const verdict = judge(who, signed, BEHIND);
      return !verdict.ok && verdict.waits === true;
    };
    assert.equal(waits(order(GUEST)), true);
    assert.equal(waits(order(GUEST), authority({}, {}, { rights: 1 })), false);
    assert.equal(waits(order(GUEST), authority({ barrierSeconds: NOW + 900 })), false);
    assert.equal(waits(order(OWNER)), false);
  });

  it('changes nothing of what it was given', () => {
    const before = authority();
    const copy = structuredClone(before);
    for (const [, , , signed] of [...OWNERS_ORDERS, ...GUESTS_ORDERS, ...PAPERS]) outcome(before, signed);
    assert.deepEqual(before, copy);
  });

  it('sets a barrier at the owner’s lock, which only rises', () => {
    const verdict = judge(authority(), order(OWNER, { action: ACTION.lock }), CLOCKED);
    assert.ok(verdict.ok);
    assert.equal(verdict.authority.barrierSeconds, NOW + 300);
    const lower = order(OWNER, { action: ACTION.lock, notAfterSeconds: NOW + 100 }, 6n);
    const after = judge(verdict.authority, lower, CLOCKED);
    assert.ok(after.ok);
    assert.equal(after.authority.barrierSeconds, NOW + 300);
  });

  it('sets no barrier without authenticated time, nor at a guest’s lock', () => {
    const far = order(OWNER, { action: ACTION.lock, notAfterSeconds: 2 ** 40 - 1 });
    const clockless = judge(authority(), far, CLOCKLESS);
    assert.ok(clockless.ok);
    assert.equal(clockless.authority.barrierSeconds, 0);
    const guests = judge(authority(), order(GUEST, { action: ACTION.lock }), CLOCKED);
    assert.ok(guests.ok);
    assert.equal(guests.authority.barrierSeconds, 0);
  });

  it('counts a guest’s openings, not its locks', () => {
    const opened = judge(authority(), order(GUEST), CLOCKED);
    assert.ok(opened.ok);
    const locked = judge(opened.authority, order(GUEST, { action: ACTION.lock }, 6n), CLOCKED);
    assert.ok(locked.ok);
    assert.equal(locked.authority.access.entries[0]?.used, 1);
    assert.deepEqual(locked.authority.access.entries[0]?.guard, { nonce: 6n, notAfterSeconds: NOW + 300 });
  });

  it('leaves nothing of the old owner after a handover', () => {
    const rich = authority({
      ...GUARDED,
      modeGuard: GUARDED.boltGuard,
      barrierSeconds: NOW,
      modes: MODE.privacy,
    });
    const verdict = judge(rich, handover(OWNER), CLOCKED);
    assert.ok(verdict.ok);
    assert.deepEqual(verdict.authority, freshAuthority(STRANGER, 2));
    assert.equal(verdict.wish, undefined);
  });

  it('names the wish and whether the challenge was answered', () => {
    const wishOf = (action: number) => {
      const verdict = judge(authority(), order(OWNER, { action, challenge4: RIGHT_ANSWER }), CLOCKED);
      assert.ok(verdict.ok && verdict.challenged);
      return verdict.wish;
    };
    assert.deepEqual([1, 2, 3, 4, 5].map(wishOf), [
      'lock',
      'unlock',
      'unlock-then-relock',
      undefined,
      undefined,
    ]);
  });
});
