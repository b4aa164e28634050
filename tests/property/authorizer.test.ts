import assert from 'node:assert/strict';
import fc from 'fast-check';
import { findGuest } from '../../firmware/lock/access-list.js';
import { type Authority, freshAuthority } from '../../firmware/lock/authority.js';
import { type Circumstances, judge, type SignedCommand } from '../../firmware/lock/authorizer.js';
import { type Guard, isAfterGuard } from '../../firmware/lock/guard.js';
import { compareBytes } from '../../firmware/protocol/bytes.js';
import { formatHex } from '../../firmware/protocol/hex.js';
import { ACTION } from '../../firmware/protocol/order.js';
import { UTC } from '../../firmware/protocol/time-zone.js';

const NOW = 1_790_000_000;
const LOCK = new Uint8Array(20).fill(0xaa);
const [OWNER, ANN, BOB] = [1, 2, 3].map((byte) => new Uint8Array(20).fill(byte)) as [
  Uint8Array,
  Uint8Array,
  Uint8Array,
];
const CIRCUMSTANCES: Circumstances = {
  time: { floorSeconds: NOW, nowSeconds: NOW },
  challenge16: new Uint8Array(16).fill(5),
  isStrict: false,
  takeTurn: () => true,
  isLockedOut: () => false,
  zone: UTC,
  isLeaseOver: false,
  isCaughtUp: true,
};

const order = fc
  .record({
    by: fc.constantFrom(OWNER, ANN, BOB),
    nonce: fc.bigInt({ min: 0n, max: 4n }),
    notAfterSeconds: fc.integer({ min: NOW - 1, max: NOW + 4 }),
    action: fc.constantFrom(1, 2, 3, 4, 5),
    epoch: fc.constantFrom(1, 1, 1, 2),
  })
  .map(
    ({ by, nonce, ...rest }): SignedCommand => ({
      by,
      nonce,
      command: { kind: 'order', order: { lock: LOCK, challenge4: new Uint8Array(4), ...rest } },
    }),
  );

const grant = fc
  .record({
    guest: fc.constantFrom(ANN, BOB),
    rights: fc.constantFrom(0, 1, 3),
    serial: fc.integer({ min: NOW, max: NOW + 3 }),
  })
  .map(({ guest, rights, serial }): SignedCommand => {
    const terms = {
      notBeforeSeconds: 0,
      notAfterSeconds: NOW + 9,
      rights,
      weekdays: 0,
      dayStartMinutes: 0,
      dayEndMinutes: 0,
      uses: 0,
      epoch: 1,
      serial,
    };
    return { by: OWNER, nonce: 0n, command: { kind: 'grant', guest, terms } };
  });

/** Commands as liars deliver them: any order, any of them any number of times. */
const delivery = fc
  .array(fc.oneof({ weight: 3, arbitrary: order }, grant), { minLength: 1, maxLength: 12 })
  .chain((commands) => fc.array(fc.constantFrom(...commands), { maxLength: 40 }));

describe('judge, whatever is delivered', () => {
  it('obeys each order at most once', () => {
    fc.assert(
      fc.property(delivery, (commands) => {
        const obeyed = new Set<string>();
        follow(commands, (signed) => {
          if (signed.command.kind !== 'order') return;
          const name = nameOf(signed);
          assert.ok(!obeyed.has(name), `${name} twice`);
          obeyed.add(name);
        });
      }),
      { numRuns: 500 },
    );
  });

  it('moves guards, the barrier and serials only forward', () => {
    fc.assert(
      fc.property(delivery, (commands) => {
        follow(commands, (_, before, after) => {
          assert.ok(after.barrierSeconds >= before.barrierSeconds);
          for (const guard of ['boltGuard', 'modeGuard'] as const) assertForward(before[guard], after[guard]);
          for (const entry of before.access.entries) {
            const now = after.access.entries.find(({ guest }) => compareBytes(guest, entry.guest) === 0);
            assert.ok(now !== undefined && now.terms.serial >= entry.terms.serial);
            assertForward(entry.guard, now.guard);
          }
        });
      }),
      { numRuns: 300 },
    );
  });

  it('opens for no guest whose revocation was the last word of the owner that it has seen', () => {
    fc.assert(
      fc.property(delivery, (commands) => {
        const revokedAt = new Map<string, number>();
        follow(commands, (signed, before) => {
          const { command } = signed;
          if (command.kind === 'grant') {
            const guest = formatHex(command.guest);
            const revoked = revokedAt.get(guest) ?? 0;
            if (command.terms.rights === 0) revokedAt.set(guest, command.terms.serial);
            else assert.ok(command.terms.serial > revoked, 'a grant at or below a revocation');
          } else if (compareBytes(signed.by, OWNER) !== 0) assert.ok(findGuest(before.access, signed.by));
        });
      }),
      { numRuns: 300 },
    );
  });

  it('ends with the owner’s last order obeyed, once everything has arrived', () => {
    fc.assert(
      fc.property(
        fc.array(order, { minLength: 1, maxLength: 8 }),
        fc.infiniteStream(fc.nat(1_000)),
        (orders, draws) => {
          const shuffled = [...orders, ...orders].sort(() => (draws.next().value % 2 === 0 ? -1 : 1));
          const end = follow(shuffled, () => undefined);
          const last = orders
            .filter(isOwnersBoltOrder)
            .map(guardOf)
            .reduce<Guard | undefined>(
              (best, guard) => (isAfterGuard(best, guard) ? guard : best),
              undefined,
            );
          // Privacy may have refused an unlock; a lock is always obeyed.
          const isLock = orders.some(
            (signed) =>
              isOwnersBoltOrder(signed) &&
              signed.command.kind === 'order' &&
              signed.command.order.action === ACTION.lock &&
              last !== undefined &&
              !isAfterGuard(guardOf(signed), last),
          );
          if (isLock) assert.deepEqual(end.boltGuard, last);
        },
      ),
      { numRuns: 300 },
    );
  });
});

/** Judges one after the other. @param seen - called with each command that was obeyed @returns the end */
function follow(
  commands: readonly SignedCommand[],
  seen: (signed: SignedCommand, before: Authority, after: Authority) => void,
): Authority {
  let authority = freshAuthority(OWNER, 1);
  for (const signed of commands) {
    const verdict = judge(authority, signed, CIRCUMSTANCES);
    if (!verdict.ok) continue;
    seen(signed, authority, verdict.authority);
    authority = verdict.authority;
  }
  return authority;
}

function nameOf({ by, nonce, command }: SignedCommand): string {
  assert.ok(command.kind === 'order');
  const { action, notAfterSeconds } = command.order;
  const isMode = action === ACTION.privacyOn || action === ACTION.privacyOff;
  return `${formatHex(by)} ${isMode ? 'mode' : 'bolt'} ${nonce} ${notAfterSeconds}`;
}

function guardOf({ nonce, command }: SignedCommand): Guard {
  assert.ok(command.kind === 'order');
  return { nonce, notAfterSeconds: command.order.notAfterSeconds };
}

function isOwnersBoltOrder({ by, command }: SignedCommand): boolean {
  if (command.kind !== 'order' || compareBytes(by, OWNER) !== 0) return false;
  const { epoch, notAfterSeconds, action } = command.order;
  return epoch === 1 && notAfterSeconds >= NOW && action <= ACTION.unlockThenRelock;
}

function assertForward(before: Guard | undefined, after: Guard | undefined): void {
  if (before === after) return;
  assert.ok(after !== undefined && isAfterGuard(before, after));
}
