import assert from 'node:assert/strict';
import type { Command } from '../../../../firmware/protocol/command.js';
import { ACTION } from '../../../../firmware/protocol/order.js';
import { REFUSAL_REASONS, type RefusalReason } from '../../../../firmware/protocol/refusal.js';
import { checksOf, type Subject, unknownChecks } from '../../../../tools/latchkey/explain-checks.js';

const SUBJECTS: readonly Subject[] = ['unread', 'owners-order', 'guests-order', 'grant', 'handover'];
/** Reasons that no transaction is refused for, or only by a lock that is broken. */
const ELSEWHERE: readonly RefusalReason[] = [
  ...(['none', 'record', 'report-sink', 'pairing-closed', 'pairing-secret', 'pairing-frame'] as const),
  ...(['setting', 'adoption', 'vetoed', 'disagreement'] as const),
];

describe('checksOf', () => {
  it('passes all where the lock obeys', () => {
    for (const subject of SUBJECTS)
      assert.ok(
        checksOf(subject, 'none').every(({ state }) => state === 'pass'),
        subject,
      );
  });

  it('fails one check, after those that passed and before those that were not reached', () => {
    const states = checksOf('grant', 'epoch').map(({ state }) => state);
    const failed = states.indexOf('fail');
    assert.ok(states.slice(0, failed).every((state) => state === 'pass'));
    assert.ok(states.slice(failed + 1).every((state) => state === 'not reached'));
    assert.equal(checksOf('grant', 'epoch')[failed]?.title, "signed for the lock's epoch");
  });

  it('has a place for every reason for which a transaction is refused', () => {
    const placed = (reason: RefusalReason) =>
      SUBJECTS.some((subject) => checksOf(subject, reason).every(({ title }) => title !== reason));
    assert.deepEqual(
      REFUSAL_REASONS.filter((reason) => !ELSEWHERE.includes(reason) && !placed(reason)),
      [],
    );
  });

  it('says a reason by its name where a lock has a check that is not listed', () => {
    const checks = checksOf('handover', 'uses');
    assert.deepEqual(checks.at(-1), { title: 'uses', state: 'fail' });
  });
});

describe('unknownChecks', () => {
  const order = (action: number, challenge = 0): Command => ({
    kind: 'order',
    order: {
      lock: new Uint8Array(20),
      challenge4: new Uint8Array(4).fill(challenge),
      epoch: 1,
      notAfterSeconds: 9,
      action,
    },
  });
  const reasons = (subject: Subject, command: Command, isStrict?: boolean) =>
    unknownChecks(subject, command, isStrict).map(({ reason }) => reason);

  it("are a guest's rate, lockout and lease where the guest opens, and the rate alone where not", () => {
    assert.deepEqual(reasons('guests-order', order(ACTION.unlock), false), [
      ...['rate', 'lockout', 'lease', 'reports-full'],
    ]);
    assert.deepEqual(reasons('guests-order', order(ACTION.lock), false), ['rate', 'reports-full']);
  });

  it('are strict-after-boot where an unlock carries no challenge, unless it is known to be off', () => {
    assert.deepEqual(reasons('owners-order', order(ACTION.unlock)), ['challenge', 'reports-full']);
    assert.deepEqual(reasons('owners-order', order(ACTION.unlock), true), ['challenge', 'reports-full']);
    assert.deepEqual(reasons('owners-order', order(ACTION.unlock), false), ['reports-full']);
    assert.deepEqual(reasons('owners-order', order(ACTION.unlock, 1)), ['reports-full']);
    assert.deepEqual(reasons('owners-order', order(ACTION.lock)), ['reports-full']);
  });

  it('are marked where they would pass, and fail where they fail', () => {
    const unknown = unknownChecks('guests-order', order(ACTION.unlock), false);
    const stateOf = (reason: RefusalReason, title: string) =>
      checksOf('guests-order', reason, unknown).find((check) => check.title === title)?.state;
    assert.equal(stateOf('none', 'the lock was in contact lately'), 'unknown');
    assert.equal(stateOf('none', 'the grant has begun'), 'pass');
    assert.equal(stateOf('lease', 'the lock was in contact lately'), 'fail');
    assert.equal(stateOf('uses', 'the lock was in contact lately'), 'not reached');
  });
});
