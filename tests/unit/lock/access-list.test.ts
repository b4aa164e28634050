import assert from 'node:assert/strict';
import {
  type AccessList,
  applyGrant,
  EMPTY_ACCESS_LIST,
  findEntry,
  findGuest,
  replaceEntry,
} from '../../../firmware/lock/access-list.js';
import type { Time } from '../../../firmware/lock/clock.js';
import { compareBytes, writeUint } from '../../../firmware/protocol/bytes.js';
import { GUESTS_MAX, TOMBSTONES_MAX } from '../../../firmware/protocol/limits.js';
import type { RefusalReason } from '../../../firmware/protocol/refusal.js';
import type { Terms } from '../../../firmware/protocol/terms.js';

const NOW = 1_790_000_000;
const DAY = 86_400;
const TIME: Time = { floorSeconds: NOW, nowSeconds: NOW };
const CLOCKLESS: Time = { floorSeconds: NOW, nowSeconds: undefined };
const GUEST = guest(1);

function guest(number: number): Uint8Array {
  return writeUint(number, 20);
}

function terms(serial: number, rights = 3, notAfterSeconds = 2 ** 40 - 1): Terms {
  return {
    notBeforeSeconds: 0,
    notAfterSeconds,
    rights,
    weekdays: 0,
    dayStartMinutes: 0,
    dayEndMinutes: 0,
    uses: 0,
    epoch: 1,
    serial,
  };
}

function applied(list: AccessList, address: Uint8Array, given: Terms, time: Time = TIME): AccessList {
  const change = applyGrant(list, address, given, time);
  assert.ok(change.ok, change.ok ? '' : change.reason);
  return change.list;
}

function refused(list: AccessList, address: Uint8Array, given: Terms, time: Time = TIME): RefusalReason {
  const change = applyGrant(list, address, given, time);
  assert.ok(!change.ok);
  return change.reason;
}

describe('applyGrant', () => {
  it('admits a guest, and keeps the entries sorted', () => {
    let list = EMPTY_ACCESS_LIST;
    for (const number of [5, 1, 9, 3]) list = applied(list, guest(number), terms(NOW));
    const sorted = [...list.entries].sort((a, b) => compareBytes(a.guest, b.guest));
    assert.deepEqual(list.entries, sorted);
    assert.equal(findGuest(list, guest(9))?.terms.serial, NOW);
    assert.equal(findGuest(list, guest(2)), undefined);
  });

  it('lets the highest serial win, and a revocation at equal serial', () => {
    const list = applied(EMPTY_ACCESS_LIST, GUEST, terms(NOW));
    assert.equal(refused(list, GUEST, terms(NOW, 1)), 'serial');
    assert.equal(refused(list, GUEST, terms(NOW - 1)), 'serial');
    assert.equal(refused(list, GUEST, terms(NOW - 1, 0)), 'serial');
    const revoked = applied(list, GUEST, terms(NOW, 0));
    assert.equal(findGuest(revoked, GUEST), undefined);
    assert.equal(refused(revoked, GUEST, terms(NOW)), 'serial');
    assert.equal(refused(revoked, GUEST, terms(NOW, 0)), 'serial');
    assert.equal(findGuest(applied(revoked, GUEST, terms(NOW + 1)), GUEST)?.terms.serial, NOW + 1);
  });

  it('takes a revocation before its grant, which then comes too late', () => {
    const list = applied(EMPTY_ACCESS_LIST, GUEST, terms(NOW, 0));
    assert.equal(refused(list, GUEST, terms(NOW)), 'serial');
  });

  it('measures the age of a first grant at both ends', () => {
    for (const [serial, reason] of [
      [NOW - 7 * DAY, undefined],
      [NOW - 7 * DAY - 1, 'serial-age'],
      [NOW + DAY, undefined],
      [NOW + DAY + 1, 'serial-age'],
    ] as const) {
      const change = applyGrant(EMPTY_ACCESS_LIST, GUEST, terms(serial), TIME);
      assert.equal(change.ok ? undefined : change.reason, reason, `serial at ${serial - NOW}`);
    }
  });

  it('admits nobody without a clock, and revokes all the same', () => {
    assert.equal(refused(EMPTY_ACCESS_LIST, GUEST, terms(NOW), CLOCKLESS), 'clock');
    const list = applied(EMPTY_ACCESS_LIST, GUEST, terms(NOW));
    assert.equal(findGuest(applied(list, GUEST, terms(NOW, 0), CLOCKLESS), GUEST), undefined);
  });

  it('remembers a tombstone as long as a grant below it could come', () => {
    const revoked = applied(EMPTY_ACCESS_LIST, GUEST, terms(NOW, 0));
    const inSevenDays: Time = { floorSeconds: NOW + 7 * DAY, nowSeconds: NOW + 7 * DAY };
    const still = applied(revoked, guest(2), terms(NOW + DAY), inSevenDays);
    assert.equal(findEntry(still, GUEST)?.terms.serial, NOW);
    const later: Time = { floorSeconds: NOW + 7 * DAY + 1, nowSeconds: NOW + 7 * DAY + 1 };
    const gone = applied(still, guest(2), terms(NOW + 7 * DAY), later);
    assert.equal(findEntry(gone, GUEST), undefined);
    assert.equal(refused(gone, GUEST, terms(NOW), later), 'serial-age');
  });

  it('lets no grant below a forgotten tombstone in while the clock is behind its floor', () => {
    const revoked = applied(EMPTY_ACCESS_LIST, GUEST, terms(NOW, 0));
    const behind: Time = { floorSeconds: NOW + 7 * DAY + 100, nowSeconds: NOW + 7 * DAY - 100 };
    const tidied = applied(revoked, guest(2), terms(NOW + 7 * DAY), behind);
    const change = applyGrant(tidied, GUEST, terms(NOW), behind);
    assert.equal(change.ok, false);
  });

  it('keeps a guard over revocation and new grant', () => {
    const guard = { nonce: 7n, notAfterSeconds: NOW + 300 };
    const list = applied(EMPTY_ACCESS_LIST, GUEST, terms(NOW));
    const entry = findGuest(list, GUEST) ?? assert.fail();
    const used = replaceEntry(list, { ...entry, guard, used: 3 });
    const revoked = applied(used, GUEST, terms(NOW, 0));
    const again = applied(revoked, GUEST, terms(NOW + 1));
    assert.deepEqual(findGuest(again, GUEST)?.guard, guard);
    assert.equal(findGuest(again, GUEST)?.used, 0);
  });

  it('keeps a guard whose order could still be shown, however old the serial', () => {
    const guard = { nonce: 7n, notAfterSeconds: NOW + 300 };
    const old = { guest: GUEST, terms: terms(NOW - 30 * DAY), used: 1, guard };
    const list = replaceEntry(EMPTY_ACCESS_LIST, old);
    const revoked = applied(list, GUEST, terms(NOW - 30 * DAY, 0));
    const again = applied(revoked, GUEST, terms(NOW));
    assert.deepEqual(findGuest(again, GUEST)?.guard, guard);
  });

  it('holds 64 guests, and makes room where the time of one is over', () => {
    let list = EMPTY_ACCESS_LIST;
    for (let i = 1; i <= GUESTS_MAX; i++) list = applied(list, guest(i), terms(NOW, 3, NOW + i));
    assert.equal(refused(list, guest(100), terms(NOW)), 'guests-full');
    assert.equal(findGuest(applied(list, guest(5), terms(NOW + 1)), guest(5))?.terms.serial, NOW + 1);
    const later: Time = { floorSeconds: NOW + 3, nowSeconds: NOW + 3 };
    const next = applied(list, guest(100), terms(NOW), later);
    assert.ok(findGuest(next, guest(100)));
    // Guests 1 and 2 are over, guest 3 is not; what made room is remembered.
    assert.equal(findGuest(next, guest(2)), undefined);
    assert.ok(findGuest(next, guest(3)));
    assert.equal(refused(next, guest(1), terms(NOW), later), 'serial');
  });

  it('raises a floor where tombstones overflow, which revocations do not heed', () => {
    let list = EMPTY_ACCESS_LIST;
    for (let i = 1; i <= TOMBSTONES_MAX + 10; i++) list = applied(list, guest(i), terms(NOW - 1_000 + i, 0));
    assert.equal(list.entries.length, TOMBSTONES_MAX);
    assert.equal(list.serialFloor, NOW - 1_000 + 10);
    assert.equal(refused(list, guest(3), terms(NOW - 1_000 + 3)), 'serial');
    assert.equal(refused(list, guest(200), terms(list.serialFloor)), 'serial');
    assert.ok(applyGrant(list, guest(200), terms(list.serialFloor + 1), TIME).ok);
    const living = applied(list, guest(200), terms(NOW));
    assert.equal(findGuest(applied(living, guest(200), terms(NOW, 0)), guest(200)), undefined);
  });

  it('raises that floor to a day ahead at most, whatever serial a revocation has', () => {
    let list = EMPTY_ACCESS_LIST;
    for (let i = 1; i <= 2 * TOMBSTONES_MAX; i++) list = applied(list, guest(i), terms(2 ** 32 - 1, 0));
    assert.equal(list.serialFloor, NOW + DAY);
    assert.equal(list.entries.length, TOMBSTONES_MAX);
  });

  it('raises it as far as it must without a clock, whose floor may lie days behind', () => {
    const later = NOW + 3 * DAY;
    let list = EMPTY_ACCESS_LIST;
    for (let i = 1; i <= TOMBSTONES_MAX + 1; i++)
      list = applied(list, guest(i), terms(later + i, 0), CLOCKLESS);
    assert.equal(findEntry(list, guest(1)), undefined);
    const clocked: Time = { floorSeconds: later + 100, nowSeconds: later + 100 };
    assert.equal(refused(list, guest(1), terms(later + 1), clocked), 'serial');
    assert.ok(applyGrant(list, guest(1), terms(later + 2), clocked).ok);
  });

  it('forgets those first whose last order can no longer be shown', () => {
    const guard = { nonce: 7n, notAfterSeconds: NOW + 300 };
    let list = replaceEntry(EMPTY_ACCESS_LIST, { guest: GUEST, terms: terms(NOW - 9, 0), used: 0, guard });
    for (let i = 2; i <= TOMBSTONES_MAX + 1; i++) list = applied(list, guest(i), terms(NOW, 0));
    assert.deepEqual(findEntry(list, GUEST)?.guard, guard);
    assert.equal(list.entries.length, TOMBSTONES_MAX);
    assert.equal(refused(list, guest(2), terms(NOW)), 'serial');
  });

  it('comes to the same end in whatever order three guests’ papers arrive', () => {
    const papers = [
      [guest(1), terms(NOW)],
      [guest(1), terms(NOW + 2, 0)],
      [guest(1), terms(NOW + 1, 1)],
      [guest(2), terms(NOW)],
      [guest(2), terms(NOW, 0)],
      [guest(3), terms(NOW + 3, 2)],
    ] as const;
    for (const order of permutations(papers.map((_, i) => i))) {
      let list = EMPTY_ACCESS_LIST;
      const revoked = new Set<number>();
      for (const i of [...order, ...order]) {
        const [address, given] = papers[i] ?? assert.fail();
        const change = applyGrant(list, address, given, TIME);
        if (change.ok) list = change.list;
        if (i === 1 || i === 4) revoked.add(i);
        if (revoked.has(1)) assert.equal(findGuest(list, guest(1)), undefined);
        if (revoked.has(4)) assert.equal(findGuest(list, guest(2)), undefined);
      }
      assert.deepEqual(
        list.entries.map(({ terms: { serial, rights } }) => [serial - NOW, rights]),
        [
          [2, 0],
          [0, 0],
          [3, 2],
        ],
      );
    }
  });
});

function permutations(items: readonly number[]): readonly (readonly number[])[] {
  if (items.length === 0) return [[]];
  return items.flatMap((item) =>
    permutations(items.filter((other) => other !== item)).map((rest) => [item, ...rest]),
  );
}
