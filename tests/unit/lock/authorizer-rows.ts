import type { AccessEntry } from '../../../firmware/lock/access-list.js';
import { type Authority, freshAuthority } from '../../../firmware/lock/authority.js';
import { type Circumstances, judge, type SignedCommand } from '../../../firmware/lock/authorizer.js';
import { MODE } from '../../../firmware/protocol/mode.js';
import { ACTION, type Order } from '../../../firmware/protocol/order.js';
import type { RefusalReason } from '../../../firmware/protocol/refusal.js';
import type { Terms } from '../../../firmware/protocol/terms.js';
import { UTC } from '../../../firmware/protocol/time-zone.js';

export const NOW = 1_790_000_000;
export const DAY = 86_400;
export const OWNER = new Uint8Array(20).fill(1);
export const GUEST = new Uint8Array(20).fill(2);
export const STRANGER = new Uint8Array(20).fill(3);
export const LOCK = new Uint8Array(20).fill(0xaa);
export const CHALLENGE = new Uint8Array(16).fill(0xc4);
export const RIGHT_ANSWER = CHALLENGE.slice(0, 4);

export const TERMS: Terms = {
  notBeforeSeconds: NOW - 10,
  notAfterSeconds: NOW + 10,
  rights: 3,
  weekdays: 0,
  dayStartMinutes: 0,
  dayEndMinutes: 0,
  uses: 0,
  epoch: 1,
  serial: NOW,
};
export const CLOCKED: Circumstances = {
  time: { floorSeconds: NOW, nowSeconds: NOW },
  challenge16: CHALLENGE,
  isStrict: false,
  takeTurn: () => true,
  isLockedOut: () => false,
  zone: UTC,
  isLeaseOver: false,
  isCaughtUp: true,
};
export const CLOCKLESS: Circumstances = { ...CLOCKED, time: { floorSeconds: NOW, nowSeconds: undefined } };
export const LOCKED_OUT: Circumstances = { ...CLOCKED, isLockedOut: () => true };
export const LEASE_OVER: Circumstances = { ...CLOCKED, isLeaseOver: true };
export const BEHIND: Circumstances = { ...CLOCKED, isCaughtUp: false };
export const STRICT: Circumstances = { ...CLOCKED, isStrict: true };

export function authority(
  changes: Partial<Authority> = {},
  entry: Partial<AccessEntry> = {},
  terms: Partial<Terms> = {},
): Authority {
  const guest = { guest: GUEST, terms: { ...TERMS, ...terms }, used: 0, guard: undefined, ...entry };
  return { ...freshAuthority(OWNER, 1), access: { entries: [guest], serialFloor: 0 }, ...changes };
}

export function order(by: Uint8Array, changes: Partial<Order> = {}, nonce = 5n): SignedCommand {
  const whole: Order = {
    lock: LOCK,
    challenge4: new Uint8Array(4),
    epoch: 1,
    notAfterSeconds: NOW + 300,
    action: ACTION.unlock,
    ...changes,
  };
  return { by, nonce, command: { kind: 'order', order: whole } };
}

export function grant(by: Uint8Array, terms: Partial<Terms> = {}, guest = STRANGER): SignedCommand {
  return { by, nonce: 5n, command: { kind: 'grant', guest, terms: { ...TERMS, ...terms } } };
}

export function handover(
  by: Uint8Array,
  changes: { to?: Uint8Array; epoch?: number; newEpoch?: number; notAfterSeconds?: number } = {},
): SignedCommand {
  const whole = { to: STRANGER, epoch: 1, newEpoch: 2, notAfterSeconds: NOW, ...changes };
  return { by, nonce: 5n, command: { kind: 'handover', ...whole } };
}

export function outcome(
  who: Authority,
  signed: SignedCommand,
  circumstances = CLOCKED,
): RefusalReason | 'ok' {
  const verdict = judge(who, signed, circumstances);
  return verdict.ok ? 'ok' : verdict.reason;
}

export type Row = readonly [RefusalReason | 'ok', string, Authority, SignedCommand, Circumstances?];

export const GUARDED = { boltGuard: { nonce: 5n, notAfterSeconds: NOW + 300 } };
export const GUEST_GUARDED = { guard: { nonce: 5n, notAfterSeconds: NOW + 300 } };

export const OWNERS_ORDERS: readonly Row[] = [
  ['ok', 'an unlock', authority(), order(OWNER)],
  ['unknown-sender', 'a stranger', authority(), order(STRANGER)],
  ['epoch', 'an older epoch', authority({ epoch: 2 }), order(OWNER)],
  ['epoch', 'a later epoch', authority(), order(OWNER, { epoch: 2 })],
  ['action', 'no action', authority(), order(OWNER, { action: 0 })],
  ['action', 'an action past the last', authority(), order(OWNER, { action: 10 })],
  ['action', 'the highest action', authority(), order(OWNER, { action: 255 })],
  ['ok', 'the window’s lower end', authority(), order(OWNER, { notAfterSeconds: NOW })],
  ['expired', 'a second below it', authority(), order(OWNER, { notAfterSeconds: NOW - 1 })],
  ['ok', 'the window’s upper end', authority(), order(OWNER, { notAfterSeconds: NOW + 900 })],
  ['too-far-ahead', 'a second above it', authority(), order(OWNER, { notAfterSeconds: NOW + 901 })],
  [
    'expired',
    'a floor above the clock',
    authority(),
    order(OWNER, { notAfterSeconds: NOW + 99 }),
    { ...CLOCKED, time: { floorSeconds: NOW + 100, nowSeconds: NOW } },
  ],
  ['ok', 'the right challenge', authority(), order(OWNER, { challenge4: RIGHT_ANSWER })],
  ['challenge', 'a wrong challenge', authority(), order(OWNER, { challenge4: Uint8Array.of(1, 2, 3, 4) })],
  [
    'challenge',
    'a wrong challenge on a lock',
    authority(),
    order(OWNER, { action: ACTION.lock, challenge4: Uint8Array.of(0, 0, 0, 1) }),
  ],
  ['challenge', 'an unlock without one after a strict boot', authority(), order(OWNER), STRICT],
  [
    'ok',
    'an unlock with one after a strict boot',
    authority(),
    order(OWNER, { challenge4: RIGHT_ANSWER }),
    STRICT,
  ],
  [
    'ok',
    'a lock without one after a strict boot',
    authority(),
    order(OWNER, { action: ACTION.lock }),
    STRICT,
  ],
  ['clock', 'an unlock without a clock', authority(), order(OWNER), CLOCKLESS],
  [
    'clock',
    'an unlock and relock without a clock',
    authority(),
    order(OWNER, { action: ACTION.unlockThenRelock }),
    CLOCKLESS,
  ],
  ['clock', 'a mode without a clock', authority(), order(OWNER, { action: ACTION.privacyOff }), CLOCKLESS],
  ['ok', 'a lock without a clock', authority(), order(OWNER, { action: ACTION.lock }), CLOCKLESS],
  [
    'ok',
    'a lock far ahead without a clock',
    authority(),
    order(OWNER, { action: ACTION.lock, notAfterSeconds: 2 ** 40 - 1 }),
    CLOCKLESS,
  ],
  [
    'expired',
    'a lock below the floor without a clock',
    authority(),
    order(OWNER, { action: ACTION.lock, notAfterSeconds: NOW - 1 }),
    CLOCKLESS,
  ],
  [
    'ok',
    'a challenged unlock without a clock',
    authority(),
    order(OWNER, { challenge4: RIGHT_ANSWER }),
    CLOCKLESS,
  ],
  ['replayed', 'the same order', authority(GUARDED), order(OWNER)],
  ['replayed', 'an earlier nonce', authority(GUARDED), order(OWNER, { notAfterSeconds: NOW + 301 }, 4n)],
  [
    'replayed',
    'a replacement that ends earlier',
    authority(GUARDED),
    order(OWNER, { notAfterSeconds: NOW + 299 }),
  ],
  ['ok', 'a replacement that ends later', authority(GUARDED), order(OWNER, { notAfterSeconds: NOW + 301 })],
  [
    'ok',
    'a later nonce that ends earlier',
    authority(GUARDED),
    order(OWNER, { notAfterSeconds: NOW + 1 }, 6n),
  ],
  ['replayed', 'a replayed lock', authority(GUARDED), order(OWNER, { action: ACTION.lock })],
  ['ok', 'a mode beside the bolt’s guard', authority(GUARDED), order(OWNER, { action: ACTION.privacyOn })],
  [
    'replayed',
    'a replayed mode',
    authority({ modeGuard: GUARDED.boltGuard }),
    order(OWNER, { action: ACTION.privacyOff }),
  ],
  ['ok', 'an unlock beside the modes’ guard', authority({ modeGuard: GUARDED.boltGuard }), order(OWNER)],
  ['privacy', 'an unlock in privacy', authority({ modes: MODE.privacy }), order(OWNER)],
  [
    'privacy',
    'an unlock and relock in privacy',
    authority({ modes: MODE.privacy }),
    order(OWNER, { action: ACTION.unlockThenRelock }),
  ],
  ['ok', 'a lock in privacy', authority({ modes: MODE.privacy }), order(OWNER, { action: ACTION.lock })],
  ['ok', 'an unlock in vacation', authority({ modes: MODE.vacation }), order(OWNER)],
  [
    'ok',
    'the end of privacy',
    authority({ modes: MODE.privacy }),
    order(OWNER, { action: ACTION.privacyOff }),
  ],
  ['ok', 'an unlock after the lease', authority(), order(OWNER), LEASE_OVER],
  ['ok', 'an unlock before all was read', authority(), order(OWNER), BEHIND],
  ['ok', 'an unlock when everybody is locked out', authority(), order(OWNER), LOCKED_OUT],
  ['ok', 'an unlock in vacation', authority({ modes: MODE.vacation }), order(OWNER)],
  ['ok', 'an unlock below the owner’s own barrier', authority({ barrierSeconds: NOW + 900 }), order(OWNER)],
];

export const PAPERS: readonly Row[] = [
  ['ok', 'a grant', authority(), grant(OWNER)],
  ['not-owner', 'a guest’s grant', authority(), grant(GUEST)],
  ['unknown-sender', 'a stranger’s grant', authority(), grant(STRANGER)],
  ['epoch', 'a grant of another epoch', authority(), grant(OWNER, { epoch: 2 })],
  ['terms', 'a grant to nobody', authority(), grant(OWNER, {}, new Uint8Array(20))],
  ['serial', 'an older grant', authority(), grant(OWNER, { serial: NOW }, GUEST)],
  ['serial-age', 'a grant a week old', authority(), grant(OWNER, { serial: NOW - 7 * DAY - 1 })],
  ['clock', 'a grant without a clock', authority(), grant(OWNER), CLOCKLESS],
  ['ok', 'a revocation without a clock', authority(), grant(OWNER, { rights: 0 }, GUEST), CLOCKLESS],
  ['epoch', 'a revocation of another epoch', authority(), grant(OWNER, { rights: 0, epoch: 2 }, GUEST)],
  ['ok', 'a handover', authority(), handover(OWNER)],
  ['ok', 'a handover without a clock', authority(), handover(OWNER), CLOCKLESS],
  [
    'ok',
    'a handover to oneself, over many epochs',
    authority(),
    handover(OWNER, { to: OWNER, newEpoch: 900 }),
  ],
  ['ok', 'a handover a year ahead', authority(), handover(OWNER, { notAfterSeconds: NOW + 365 * DAY })],
  ['expired', 'a handover below the floor', authority(), handover(OWNER, { notAfterSeconds: NOW - 1 })],
  ['epoch', 'a handover from another epoch', authority({ epoch: 2 }), handover(OWNER, { newEpoch: 3 })],
  ['handover', 'a handover to the same epoch', authority(), handover(OWNER, { newEpoch: 1 })],
  ['handover', 'a handover to an older epoch', authority(), handover(OWNER, { newEpoch: 0 })],
  ['handover', 'a handover to nobody', authority(), handover(OWNER, { to: new Uint8Array(20) })],
  ['not-owner', 'a guest’s handover', authority(), handover(GUEST)],
  ['unknown-sender', 'a stranger’s handover', authority(), handover(STRANGER)],
];
