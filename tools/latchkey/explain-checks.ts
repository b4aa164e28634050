import { isZeroBytes } from '../../firmware/protocol/bytes.js';
import type { Command } from '../../firmware/protocol/command.js';
import { ACTION } from '../../firmware/protocol/order.js';
import type { RefusalReason } from '../../firmware/protocol/refusal.js';

/** One check of the lock, in its order; what lies behind a failed one was never looked at. */
export interface CheckLine {
  readonly title: string;
  /** `unknown`: it would pass as far as can be seen from here, and only the lock knows. */
  readonly state: 'pass' | 'fail' | 'not reached' | 'unknown';
}

/** What a transaction is, as far as the lock could tell. */
export type Subject = 'unread' | 'owners-order' | 'guests-order' | 'grant' | 'handover';

interface Check {
  readonly title: string;
  /** Reasons under which the lock refuses here. */
  readonly reasons: readonly RefusalReason[];
}

/**
 * Lists the checks that a lock makes of a transaction, in their order, with what came of each.
 * The verdict itself is the firmware's: this only names its steps.
 * @param reason - why the lock refuses; `none` where it obeys
 * @param unknown - checks that turn on what only the lock knows
 */
export function checksOf(
  subject: Subject,
  reason: RefusalReason,
  unknown: readonly UnknownCheck[] = [],
): readonly CheckLine[] {
  const checks = [...EXAMINED, ...JUDGED[subject]];
  const failed = checks.findIndex(({ reasons }) => reasons.includes(reason));
  const isUnknown = ({ reasons }: Check) => unknown.some((check) => reasons.includes(check.reason));
  const passed = (check: Check): CheckLine => ({
    title: check.title,
    state: isUnknown(check) ? 'unknown' : 'pass',
  });
  if (reason !== 'none' && failed < 0) return [...checks.map(passed), { title: reason, state: 'fail' }];
  return checks.map((check, at) => {
    if (failed < 0 || at < failed) return passed(check);
    return { title: check.title, state: at === failed ? 'fail' : 'not reached' };
  });
}

/** A check that turns on what only the lock knows. */
export interface UnknownCheck {
  /** Under which the lock would refuse. */
  readonly reason: RefusalReason;
  readonly what: string;
}

/**
 * Lists what of a command's checks cannot be known from outside.
 * @param isStrict - the setting strict-after-boot; undefined where this computer was not told
 */
export function unknownChecks(
  subject: Subject,
  command: Command,
  isStrict: boolean | undefined,
): readonly UnknownCheck[] {
  const isOpening =
    command.kind === 'order' &&
    (command.order.action === ACTION.unlock || command.order.action === ACTION.unlockThenRelock);
  const isUnchallenged = command.kind === 'order' && isZeroBytes(command.order.challenge4);
  const found: UnknownCheck[] = [];
  if (subject === 'guests-order') {
    found.push({ reason: 'rate', what: "the guest's rate" });
    if (isOpening)
      found.push(
        { reason: 'lockout', what: 'a lockout after refusals' },
        { reason: 'lease', what: 'how long it has been without contact (lease)' },
      );
  }
  if (isOpening && isUnchallenged && isStrict !== false)
    found.push({ reason: 'challenge', what: 'whether it wants a challenge (strict-after-boot)' });
  return [...found, { reason: 'reports-full', what: 'the room in its flash' }];
}

/** Cheapest first, before anybody is known. @see PROTOCOL.md section 3.2 */
const EXAMINED: readonly Check[] = Object.freeze([
  {
    title: 'a whole transaction that a lock can rebuild: type 0 to 2, for one chain, value 0',
    reasons: [
      'malformed',
      'json',
      'too-large',
      'rpc-id',
      'rpc-error',
      'transaction-type',
      'unprotected',
      'fields-disagree',
      'access-list',
      'value',
    ],
  },
  { title: 'sent to the pinned registry', reasons: ['registry'] },
  { title: 'signed for the pinned chain', reasons: ['chain-id'] },
  { title: 'a call that commands locks, in its one form', reasons: ['selector', 'calldata', 'terms'] },
  { title: 'names this lock', reasons: ['lock'] },
  { title: 'has the hash that was asked for', reasons: ['hash'] },
  { title: 'carries a signature, in its one form', reasons: ['signature-range', 'high-s', 'signature'] },
]);

const SIGNER: Check = { title: 'signed by the owner or a guest', reasons: ['unpaired', 'unknown-sender'] };
const OWNER: Check = { title: 'signed by the owner, whose matter it is', reasons: ['not-owner'] };
const EPOCH: Check = { title: "signed for the lock's epoch", reasons: ['epoch'] };
const ROOM: Check = { title: 'its receipt has a place in flash', reasons: ['reports-full', 'storage'] };
const FORM: readonly Check[] = Object.freeze([
  EPOCH,
  { title: 'an action that the lock knows', reasons: ['action'] },
  { title: "without a challenge, or with the lock's present one", reasons: ['challenge'] },
  { title: 'not too late', reasons: ['expired'] },
  {
    title: 'good for 15 minutes at most, by a clock that is vouched for',
    reasons: ['clock', 'too-far-ahead'],
  },
]);
const GUARD: Check = { title: 'after every order of this key that was obeyed', reasons: ['replayed'] };
const PRIVACY: Check = { title: 'privacy mode lets it', reasons: ['privacy'] };

/** Who, when, within which limits. @see PROTOCOL.md section 3.3 to 3.5 */
const JUDGED: Readonly<Record<Subject, readonly Check[]>> = Object.freeze({
  unread: [],
  'owners-order': [SIGNER, ...FORM, GUARD, PRIVACY, ROOM],
  'guests-order': [
    SIGNER,
    { title: "within the guest's rate", reasons: ['rate'] },
    ...FORM,
    { title: 'the guest is not locked out', reasons: ['lockout'] },
    OWNER,
    { title: 'the grant has this right', reasons: ['rights'] },
    { title: 'the grant is not over', reasons: ['over'] },
    { title: 'the grant has begun', reasons: ['not-yet'] },
    { title: "among the grant's days and hours", reasons: ['schedule'] },
    { title: 'the grant has an opening left', reasons: ['uses'] },
    GUARD,
    { title: "later than the owner's last order to lock", reasons: ['barrier'] },
    { title: 'vacation mode lets it', reasons: ['vacation'] },
    PRIVACY,
    { title: 'the lock was in contact lately', reasons: ['lease'] },
    ROOM,
  ],
  grant: [
    SIGNER,
    OWNER,
    EPOCH,
    { title: 'later than what the lock holds of this guest', reasons: ['serial'] },
    { title: 'not a week old when it was first seen, nor a day ahead', reasons: ['serial-age', 'clock'] },
    { title: 'the lock has room for one more guest', reasons: ['guests-full'] },
    ROOM,
  ],
  handover: [
    SIGNER,
    OWNER,
    EPOCH,
    { title: 'to somebody, in a later epoch', reasons: ['handover'] },
    { title: 'not too late', reasons: ['expired'] },
    ROOM,
  ],
});
