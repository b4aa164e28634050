import assert from 'node:assert/strict';
import { REFUSAL_REASONS, type RefusalReason } from '../../../../firmware/protocol/refusal.js';
import { checksOf, type Subject } from '../../../../tools/latchkey/explain-checks.js';

const SUBJECTS: readonly Subject[] = ['unread', 'owners-order', 'guests-order', 'grant', 'handover'];
/** Reasons that no transaction is refused for. */
const ELSEWHERE: readonly RefusalReason[] = [
  ...(['none', 'record', 'report-sink', 'pairing-closed', 'pairing-secret', 'pairing-frame'] as const),
  ...(['setting', 'adoption', 'vetoed'] as const),
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
