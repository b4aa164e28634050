import assert from 'node:assert/strict';
import { ALARM, type Report } from '../../../../firmware/protocol/report.js';
import { adoption } from '../../../../host-sim/checkers/adoption.js';
import type { Signer } from '../../../../host-sim/world/chain-signer.js';
import { PairingScene } from './pairing-scene.js';
import { GUEST, NEXT_OWNER, OWNER, THIEF } from './scene.js';

const CHALLENGE16 = new Uint8Array(16).fill(3);
const DAY_SECONDS = 86_400;

const owned = () => new PairingScene(adoption).pair().report(OWNER);
const waiting = () =>
  owned().askFor(NEXT_OWNER, CHALLENGE16).wait(NEXT_OWNER, CHALLENGE16, DAY_SECONDS).close();

function tells(by: Signer, waitSeconds: number, seq = 2): Partial<Report> {
  const claim = { owner: by.address20, epoch: 2, challenge16: CHALLENGE16, waitSeconds };
  return { seq, alarms: ALARM.adoption, adoption: claim };
}

describe('adoption', () => {
  it('lets a lock be paired, announce an adoption, and change hands after its day', () => {
    const scene = waiting().report(OWNER, tells(NEXT_OWNER, DAY_SECONDS)).pass(25);
    scene.report(NEXT_OWNER, { seq: 3, epoch: 2, cause: 'adoption' });
    assert.deepEqual(scene.found, []);
  });

  it('finds an owner who has not waited, or of whom nobody was told', () => {
    assert.match(waiting().pass(23).report(NEXT_OWNER, { epoch: 2 }).found.join(), /cannot have become it/);
    assert.match(owned().report(THIEF, { seq: 2 }).found.join(), /cannot have become it/);
  });

  it('finds a day in which nobody took a report', () => {
    const scene = waiting().pass(40, false).report(NEXT_OWNER, { seq: 2, epoch: 2 });
    assert.match(scene.found.join(), /cannot have become it/);
  });

  it('finds hours that have not counted', () => {
    assert.deepEqual(
      waiting()
        .pass(2)
        .report(OWNER, tells(NEXT_OWNER, 22 * 3_600)).found,
      [],
    );
    assert.match(
      waiting()
        .pass(2)
        .report(OWNER, tells(NEXT_OWNER, 21 * 3_600))
        .found.join(),
      /have not counted/,
    );
  });

  it('counts no hour over a power cut', () => {
    const scene = waiting();
    for (let i = 0; i < 30; i++) {
      scene.scene.pass(1_800);
      scene.scene.cut();
      scene.scene.witness.cut();
      scene.scene.turnOn();
    }
    assert.match(scene.report(NEXT_OWNER, { seq: 2, epoch: 2 }).found.join(), /cannot have become it/);
  });

  it('finds an adoption that nobody asked for, or without the signature of who would own it', () => {
    assert.match(owned().report(OWNER, tells(THIEF, DAY_SECONDS)).found.join(), /nobody has asked/);
    const forged = owned().askFor(THIEF, CHALLENGE16, undefined, GUEST.address20);
    assert.match(forged.wait(GUEST, CHALLENGE16, DAY_SECONDS).found.join(), /nobody has asked/);
  });

  it('lets a handover on paper count at once, if the owner has signed it to this one', () => {
    const paper = (by: Signer, to: Signer, epoch: number) => {
      const scene = owned();
      const command = {
        kind: 'handover',
        to: to.address20,
        epoch,
        newEpoch: epoch + 1,
        notAfterSeconds: 1,
      } as const;
      const word = scene.scene.sign(by, command);
      return scene.askFor(NEXT_OWNER, CHALLENGE16, word).wait(NEXT_OWNER, CHALLENGE16, 0).found.join();
    };
    assert.equal(paper(OWNER, NEXT_OWNER, 1), '');
    for (const found of [paper(THIEF, NEXT_OWNER, 1), paper(OWNER, THIEF, 1), paper(OWNER, NEXT_OWNER, 2)])
      assert.match(found, /nobody has agreed/);
  });

  it('finds a veto that is refused, and an adoption that goes on after one', () => {
    const refused = waiting().refuse(OWNER, CHALLENGE16).answer({ kind: 'refused', reason: 'adoption' });
    assert.match(refused.found.join(), /refuses the veto of its owner/);
    const strangers = waiting().refuse(THIEF, CHALLENGE16).answer({ kind: 'refused', reason: 'adoption' });
    assert.deepEqual(strangers.found, []);
    const stopped = () =>
      waiting().refuse(OWNER, CHALLENGE16).answer({ kind: 'stopped', challenge16: CHALLENGE16 });
    assert.match(
      stopped().pass(25).report(NEXT_OWNER, { seq: 2, epoch: 2 }).found.join(),
      /cannot have become/,
    );
    const told = stopped()
      .report(OWNER, tells(NEXT_OWNER, DAY_SECONDS))
      .report(OWNER, { seq: 3, cause: 'adoption' });
    assert.deepEqual(told.found, []);
    assert.match(told.report(OWNER, tells(NEXT_OWNER, DAY_SECONDS, 4)).found.join(), /was stopped before/);
  });

  it('finds an adoption that raises no alarm, and an owner that was forgotten', () => {
    const quiet = waiting().report(OWNER, { ...tells(NEXT_OWNER, DAY_SECONDS), alarms: 0 });
    assert.match(quiet.found.join(), /in one place/);
    assert.match(owned().report(undefined, { seq: 2 }).found.join(), /has no owner/);
  });
});
