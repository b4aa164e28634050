import assert from 'node:assert/strict';
import { findEntry, replaceEntry } from '../../../firmware/lock/access-list.js';
import { type Authority, freshAuthority } from '../../../firmware/lock/authority.js';
import { type Circumstances, judge, type SignedCommand } from '../../../firmware/lock/authorizer.js';
import { isInSchedule } from '../../../firmware/lock/schedule.js';
import { type SecondView, secondLook } from '../../../firmware/lock/second-look.js';
import { drivesToOpen, isWarranted, type Warrant } from '../../../firmware/lock/warrant.js';
import { equalBytes } from '../../../firmware/protocol/bytes.js';
import { ACTION, isOpening } from '../../../firmware/protocol/order.js';
import { parseTimeZone } from '../../../firmware/protocol/time-zone.js';
import {
  authority,
  CLOCKED,
  DAY,
  grant,
  handover,
  LOCK,
  NOW,
  OWNER,
  OWNERS_ORDERS,
  order,
  PAPERS,
  type Row,
  STRANGER,
  TERMS,
} from './authorizer-rows.js';
import { GUESTS_ORDERS } from './guest-rows.js';

const HERE = { chainId: 1n, registry20: new Uint8Array(20).fill(0x11), lock20: LOCK };
const ROWS: readonly Row[] = [...OWNERS_ORDERS, ...GUESTS_ORDERS, ...PAPERS];

function viewOf(circumstances: Circumstances): SecondView {
  return {
    pinned: HERE,
    time: circumstances.time,
    challenge16: circumstances.challenge16,
    isTrusting: !circumstances.isStrict,
    isFree: (guest) => !circumstances.isLockedOut(guest),
    zone: circumstances.zone,
    leaseEndSeconds: circumstances.isLeaseOver ? 0 : NOW,
    hasHeardAll: circumstances.isCaughtUp,
  };
}

/** What a judge who checks nothing would make of the authority. */
function obeyed(before: Authority, { by, nonce, command }: SignedCommand): Authority {
  switch (command.kind) {
    case 'order': {
      const { notAfterSeconds, action } = command.order;
      const guard = { nonce, notAfterSeconds };
      const entry = findEntry(before.access, by);
      if (entry !== undefined && !equalBytes(by, before.owner)) {
        const used = entry.used + (isOpening(action) ? 1 : 0);
        return { ...before, access: replaceEntry(before.access, { ...entry, guard, used }) };
      }
      if (action >= ACTION.privacyOn) return { ...before, modeGuard: guard };
      const barrierSeconds = action === ACTION.lock ? notAfterSeconds : before.barrierSeconds;
      return { ...before, boltGuard: guard, barrierSeconds };
    }
    case 'grant': {
      const { guest, terms } = command;
      const entry = { guest, terms, used: 0, guard: findEntry(before.access, guest)?.guard };
      return { ...before, access: replaceEntry(before.access, entry) };
    }
    case 'handover':
      return freshAuthority(command.to, command.newEpoch);
  }
}

function look(
  before: Authority,
  signed: SignedCommand,
  { view = viewOf(CLOCKED), after = obeyed(before, signed), addressee = HERE } = {},
): Warrant {
  return secondLook(before, after, { ...signed, addressee }, view);
}

describe('secondLook', () => {
  for (const [expected, what, before, signed, circumstances = CLOCKED] of ROWS) {
    // Rates are the first judgement's alone, and nobody can sign for the zero address.
    if (expected === 'rate' || expected === 'terms') continue;
    it(`${expected === 'ok' ? 'agrees with' : 'alone refuses'} ${what} (${expected}, ${signed.command.kind})`, () => {
      const view = viewOf(circumstances);
      const verdict = judge(before, signed, circumstances);
      const warrant = look(before, signed, { view, ...(verdict.ok ? { after: verdict.authority } : {}) });
      assert.equal(isWarranted(warrant), expected === 'ok');
      const opens = signed.command.kind === 'order' && isOpening(signed.command.order.action);
      assert.equal(drivesToOpen(warrant).length, expected === 'ok' && opens ? 1 : 0);
    });
  }

  it('refuses what was signed for another chain, registry or lock', () => {
    const other = new Uint8Array(20).fill(0x77);
    for (const signed of [order(OWNER), grant(OWNER), handover(OWNER)]) {
      assert.ok(isWarranted(look(authority(), signed)));
      for (const change of [{ chainId: 2n }, { registry20: other }, { lock20: other }])
        assert.ok(!isWarranted(look(authority(), signed, { addressee: { ...HERE, ...change } })));
    }
  });

  it('refuses what would leave the order to be obeyed again, or more than was said', () => {
    const before = authority();
    const unlock = order(OWNER);
    const after = obeyed(before, unlock);
    const grants = obeyed(before, grant(OWNER));
    const cases: readonly (readonly [SignedCommand, Authority])[] = [
      [unlock, before],
      [unlock, { ...after, boltGuard: undefined, modeGuard: after.boltGuard }],
      [unlock, { ...after, owner: STRANGER }],
      [unlock, { ...after, epoch: 2 }],
      [order(OWNER, { action: ACTION.lock }), after],
      [grant(OWNER), obeyed(before, grant(OWNER, { rights: 2 }))],
      [grant(OWNER, { rights: 0 }), grants],
      [grant(OWNER), { ...grants, owner: STRANGER }],
      [handover(OWNER), freshAuthority(OWNER, 2)],
      [handover(OWNER), freshAuthority(STRANGER, 3)],
      [handover(OWNER), { ...before, owner: STRANGER, epoch: 2 }],
    ];
    for (const [i, [signed, made]] of cases.entries())
      assert.ok(!isWarranted(look(before, signed, { after: made })), `case ${i}`);
  });

  it('lets a guest open once for each use that is counted', () => {
    const before = authority({}, {}, { uses: 2 });
    const unlock = order(new Uint8Array(20).fill(2));
    const after = obeyed(before, unlock);
    assert.ok(isWarranted(look(before, unlock, { after })));
    const [entry] = after.access.entries;
    assert.ok(entry !== undefined);
    const uncounted = { ...after, access: { ...after.access, entries: [{ ...entry, used: 0 }] } };
    assert.ok(!isWarranted(look(before, unlock, { after: uncounted })));
  });
});

describe("secondLook's hours", () => {
  it('are those of a schedule, at each edge of every kind of day', () => {
    const zone = parseTimeZone('CET-1CEST,M3.5.0,M10.5.0/3');
    const guest = new Uint8Array(20).fill(2);
    let within = 0;
    for (const weekdays of [0, 1, 0x55, 0x7f])
      for (const [dayStartMinutes, dayEndMinutes] of [
        [0, 0],
        [540, 540],
        [540, 1_020],
        [1_320, 120],
        [0, 1],
        [1_439, 0],
      ] as const)
        for (let day = 0; day < 9; day++)
          for (const minute of [0, 1, 119, 120, 539, 540, 1_019, 1_020, 1_319, 1_320, 1_439]) {
            const now = NOW - (NOW % DAY) + day * DAY + minute * 60 - 7_200;
            const hours = { weekdays, dayStartMinutes, dayEndMinutes };
            const before = authority(
              {},
              {},
              { ...TERMS, ...hours, notBeforeSeconds: 0, notAfterSeconds: 2 ** 40 - 1 },
            );
            const unlock = order(guest, { notAfterSeconds: now + 300 });
            const time = { floorSeconds: now, nowSeconds: now };
            const view = { ...viewOf({ ...CLOCKED, time, zone }), leaseEndSeconds: now };
            const expected = isInSchedule({ ...TERMS, ...hours }, zone, now);
            assert.equal(
              isWarranted(look(before, unlock, { view })),
              expected,
              JSON.stringify({ ...hours, day, minute }),
            );
            within += expected ? 1 : 0;
          }
    assert.ok(within > 500);
  });
});
