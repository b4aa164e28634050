import assert from 'node:assert/strict';
import { formatHex } from '../../../../firmware/protocol/hex.js';
import { OUTBOX_REPORTS_MAX } from '../../../../firmware/protocol/limits.js';
import { ACTION } from '../../../../firmware/protocol/order.js';
import type { Report } from '../../../../firmware/protocol/report.js';
import type { SignedWord } from '../../../../host-sim/world/archive.js';
import { GUEST, HandMadeScene, NEXT_OWNER, OWNER, THIEF } from './scene.js';

const GUESTS_HEX = formatHex(GUEST.address20);
const MINUTE_SECONDS = 60;

function play() {
  const reports: Report[] = [];
  const scene = new HandMadeScene(() => ({ says: 'nothing', report: ({ report }) => reports.push(report) }));
  const { witness } = scene;
  /** The word that the last report is taken for the receipt of. */
  const receiptOf = () => witness.receiptOf(reports.at(-1) as Report);
  /** Rights of the terms that the guest may have. */
  const rights = (epoch = 1, asReported = true) =>
    witness.termsOf(GUESTS_HEX, epoch, asReported).map((terms) => terms.rights);
  return { scene, witness, receiptOf, rights };
}

/** The same order as a word, for another epoch. */
function inEpoch(scene: HandMadeScene, { command, nonce }: SignedWord, epoch: number): SignedWord {
  assert.ok(command.kind === 'order');
  const order = { ...command.order, epoch };
  return scene.archive.sign(OWNER, nonce, { kind: 'order', order }, scene.nowMs);
}

describe('Witness and receipts', () => {
  it('finds the word that a receipt is for', () => {
    const { scene, witness, receiptOf } = play();
    const word = scene.order(OWNER, ACTION.unlock);
    assert.equal(witness.isReceipted(word), false);
    scene.receipt(word);
    assert.equal(receiptOf(), word);
    assert.equal(witness.isReceipted(word), true);
    scene.rollBack();
    assert.equal(witness.isReceipted(word), false);
  });

  it('finds one that was never shown too, and none where nobody has signed it', () => {
    const { scene, receiptOf } = play();
    const word = scene.signOrder(OWNER, ACTION.unlock);
    scene.receipt(word);
    assert.equal(receiptOf(), word);
    scene.report({ cause: 'command', lastCommand: { ...scene.lastCommand(word), nonce: 99n } });
    assert.equal(receiptOf(), undefined);
  });

  it('takes no refusal for a receipt, and no report of another cause', () => {
    const { scene, receiptOf } = play();
    const lastCommand = scene.lastCommand(scene.order(OWNER, ACTION.unlock));
    scene.report({ cause: 'refusal', lastCommand: { ...lastCommand, reason: 'replayed' } });
    assert.equal(receiptOf(), undefined);
    scene.report({ cause: 'heartbeat', lastCommand });
    assert.equal(receiptOf(), undefined);
  });

  it('tells words of the same numbers apart by what was shown, by the epoch, and by what has its receipt', () => {
    const { scene, receiptOf } = play();
    const word = scene.signOrder(OWNER, ACTION.unlock);
    const other = inEpoch(scene, word, 2);
    scene.show(other);
    scene.receipt(word);
    assert.equal(receiptOf(), other, 'only this one was shown');
    scene.show(word);
    scene.receipt(word);
    assert.equal(receiptOf(), word, 'the lock is in epoch 1');
    const both = play();
    const grants = [1, 2].map((right) => {
      const { command } = both.scene.grant({ rights: right, serial: right });
      return both.scene.show(both.scene.archive.sign(OWNER, 7n, command, 0));
    });
    const found = grants.map((grant) => {
      both.scene.receipt(grant);
      return both.receiptOf();
    });
    assert.deepEqual(found, grants);
  });

  it('knows when and in which boot a report was signed, of the last ones alone', () => {
    const { scene, witness } = play();
    scene.pass(5).make(1);
    scene.cut().turnOn().pass(5).make(2);
    assert.deepEqual(witness.madeOf(1), { atMs: 5_000, boot: 1 });
    assert.deepEqual(witness.madeOf(2), { atMs: 10_000, boot: 2 });
    const last = 2 * OUTBOX_REPORTS_MAX + 1;
    for (let seq = 3; seq <= last; seq++) scene.make(seq);
    assert.equal(witness.madeOf(1), undefined);
    assert.notEqual(witness.madeOf(2), undefined);
    scene.rollBack();
    assert.equal(witness.madeOf(last), undefined);
  });
});

describe('Witness and openings', () => {
  it('counts those of the owner and of guests who were granted something', () => {
    const { scene, witness } = play();
    const owners = scene.order(OWNER, ACTION.unlock);
    scene.order(GUEST, ACTION.unlock);
    scene.order(THIEF, ACTION.unlockThenRelock);
    scene.order(OWNER, ACTION.lock);
    assert.deepEqual(witness.openings(), [owners]);
    scene.grant();
    assert.equal(witness.openings().length, 2);
    // What the guest was told of may have been obeyed before.
    scene.receipt(scene.grant({ rights: 0, serial: scene.nowSeconds + 1 }));
    assert.equal(witness.openings().length, 2);
  });

  it('counts those of an earlier boot, or of an epoch that is over, no more', () => {
    const { scene, witness } = play();
    const word = scene.order(OWNER, ACTION.unlock);
    scene.cut().turnOn();
    assert.deepEqual(witness.openings(), []);
    scene.show(word);
    assert.deepEqual(witness.openings(), [word]);
    scene.handOver();
    scene.report({ epoch: 2, owner: NEXT_OWNER.address20 });
    assert.deepEqual(witness.openings(), []);
    const next = scene.order(NEXT_OWNER, ACTION.unlock, { epoch: 2 });
    assert.deepEqual(
      [witness.openings(), witness.isOwners(next), witness.isOwners(word)],
      [[next], true, true],
    );
  });

  it('counts none for another lock, and none of the old one after a reset', () => {
    const { scene, witness } = play();
    const word = scene.order(OWNER, ACTION.unlock);
    scene.meet(new Uint8Array(20).fill(0x4d));
    witness.ownership.trust(word.by, 1);
    scene.show(word);
    assert.deepEqual(witness.openings(), []);
  });

  it('knows whether flash has confirmed a write since a word was first shown', () => {
    const { scene, witness } = play();
    scene.store();
    const word = scene.order(OWNER, ACTION.unlock);
    assert.equal(witness.isWrittenSince(word), false);
    scene.store();
    scene.show(word);
    assert.equal(witness.isWrittenSince(word), true);
    assert.equal(witness.isWrittenSince(scene.signOrder(OWNER, ACTION.lock)), false);
  });
});

describe('Witness and terms', () => {
  it('keeps all terms that were shown until a report has confirmed some', () => {
    const { scene, rights } = play();
    const [first] = [scene.grant({ rights: 1, serial: 5 }), scene.grant({ rights: 2, serial: 6 })];
    assert.deepEqual(rights(), [1, 2]);
    scene.receipt(first);
    assert.deepEqual(rights(), [1, 2]);
    const last = scene.grant({ rights: 3, serial: 7 });
    scene.receipt(last);
    assert.deepEqual([rights(), rights(1, false)], [[3], [1, 2, 3]]);
  });

  it('ends them with a revocation, of the same serial too, once that is confirmed', () => {
    const { scene, rights } = play();
    scene.grant({ serial: 5 });
    const revocation = scene.grant({ serial: 5, rights: 0 });
    assert.deepEqual(rights(), [3]);
    scene.receipt(revocation);
    assert.deepEqual(rights(), []);
    scene.grant({ serial: 6, rights: 1 });
    assert.deepEqual(rights(), [1]);
  });

  it('keeps two grants of one serial, of which nobody outside can say which holds', () => {
    const { scene, rights } = play();
    scene.grant({ serial: 5, rights: 1 });
    scene.receipt(scene.grant({ serial: 5, rights: 2 }));
    assert.deepEqual(rights(), [1, 2]);
  });

  it('takes a late receipt of older terms for no end of newer ones', () => {
    const { scene, rights } = play();
    const [old, next] = [scene.grant({ rights: 1, serial: 5 }), scene.grant({ rights: 2, serial: 6 })];
    scene.receipt(next).receipt(old);
    assert.deepEqual(rights(), [2]);
  });

  it('counts those of the epoch and of its owner alone', () => {
    const { scene, rights } = play();
    scene.grant({ serial: 5 }, THIEF);
    scene.grant({ serial: 5, epoch: 2 });
    assert.deepEqual([rights(1), rights(2)], [[], []]);
    scene.grant({ serial: 6 });
    assert.deepEqual(rights(), [3]);
  });

  it('forgets what was confirmed where flash was put back, and all at a reset', () => {
    const { scene, rights } = play();
    scene.receipt(scene.grant({ serial: 5 }));
    scene.receipt(scene.grant({ serial: 6, rights: 0 }));
    scene.rollBack();
    assert.deepEqual(rights(), [3]);
    scene.meet(new Uint8Array(20).fill(0x4d));
    scene.witness.ownership.trust(formatHex(OWNER.address20), 1);
    assert.deepEqual(rights(), []);
  });
});

describe('Witness and drives', () => {
  it('takes a drive right after the button for that of a hand, others for those of orders', () => {
    const { scene, witness } = play();
    assert.equal(witness.causeOfDrive(), 'order');
    scene.press();
    assert.equal(witness.causeOfDrive(), 'hand');
    scene.store();
    assert.equal(witness.causeOfDrive(), 'order');
    assert.equal(witness.lastInput, 'stored');
  });

  it('takes those for retries that come when the travel time is over, three tries in all', () => {
    const { scene, witness } = play();
    const causes = [5, 5, 5].map((seconds) => {
      scene.drive('unlocked').pass(seconds);
      return witness.causeOfDrive();
    });
    assert.deepEqual(causes, ['retry', 'retry', 'order']);
  });

  it('takes none for a retry that comes sooner or later, after a stop, a boot, or a drive to the other side', () => {
    const causeAfter = (act: (scene: HandMadeScene) => void) => {
      const { scene, witness } = play();
      act(scene.drive('unlocked'));
      return witness.causeOfDrive();
    };
    assert.equal(
      causeAfter((scene) => scene.pass(7)),
      'retry',
    );
    for (const act of [
      (scene: HandMadeScene) => scene.pass(4),
      (scene: HandMadeScene) => scene.pass(8),
      (scene: HandMadeScene) => scene.output({ kind: 'stop-bolt' }).pass(5),
      (scene: HandMadeScene) => scene.cut().turnOn().pass(5),
      (scene: HandMadeScene) => scene.drive('locked').pass(5),
    ])
      assert.equal(causeAfter(act), 'order');
  });

  it('counts tries anew for whoever wishes it again', () => {
    const { scene, witness } = play();
    scene.drive('unlocked').pass(5).drive('unlocked').pass(5).drive('unlocked').store().drive('unlocked');
    scene.pass(5);
    assert.equal(witness.causeOfDrive(), 'retry');
  });
});

describe('Witness and what it stands on', () => {
  it('takes flash for unsound for two hours after it has refused a write', () => {
    const { scene, witness } = play();
    assert.equal(witness.isFlashSound, true);
    scene.pass(1).input({ kind: 'store-failed', key: 'state-a' });
    assert.equal(witness.isFlashSound, false);
    scene.pass(120 * MINUTE_SECONDS);
    assert.equal(witness.isFlashSound, false);
    scene.pass(1);
    assert.equal(witness.isFlashSound, true);
  });

  it('knows whether anybody has told the lock the time in this boot', () => {
    const { witness } = play();
    assert.equal(witness.isClockTold, true);
    witness.boot();
    witness.input({ kind: 'clock', unixSeconds: 0, source: 'none' });
    assert.equal(witness.isClockTold, false);
    witness.input({ kind: 'clock', unixSeconds: 0, source: 'https' });
    assert.equal(witness.isClockTold, true);
  });
});
