import assert from 'node:assert/strict';
import { told } from '../../../../host-sim/checkers/told.js';
import { HandMadeScene } from './scene.js';

describe('told', () => {
  it('lets each rest have a report, though that is delivered later', () => {
    const scene = new HandMadeScene(told).sense('locked').pass(1).report();
    scene.pass(60).sense('unlocked').pass(1).make(2).pass(60).sense('locked').pass(1).make(3).pass(60);
    scene.publish({ seq: 2, bolt: 'unlocked' }).publish({ seq: 3, bolt: 'locked' });
    assert.deepEqual(scene.end().found, []);
  });

  it('finds a rest that no report tells, one that was made too late, and one that was never delivered', () => {
    const untold = new HandMadeScene(told)
      .sense('locked')
      .pass(1)
      .report()
      .pass(60)
      .sense('unlocked')
      .pass(60);
    assert.match(untold.end().found.join(), /60 s in which the bolt was unlocked/);
    const late = new HandMadeScene(told)
      .sense('locked')
      .pass(60)
      .sense('between')
      .pass(1)
      .report({ bolt: 'locked' });
    assert.match(late.end().found.join(), /the bolt was locked/);
    const undelivered = new HandMadeScene(told).sense('locked').make(1).pass(60);
    assert.match(undelivered.end().found.join(), /the bolt was locked/);
  });

  it('finds a report that tells of the rest of another boot', () => {
    const scene = new HandMadeScene(told).sense('locked').pass(1).report().pass(60).cut().turnOn();
    assert.match(scene.sense('locked').pass(60).end().found.join(), /the bolt was locked/);
  });

  it('lets a bolt that jams say so', () => {
    const scene = new HandMadeScene(told).sense('unlocked').pass(15).report({ bolt: 'jammed' }).pass(60);
    assert.deepEqual(scene.end().found, []);
  });

  it('asks nothing of short rests, of more movements than are reported, and of a flash that failed', () => {
    const short = new HandMadeScene(told).sense('locked').pass(10).sense('between');
    const busy = new HandMadeScene(told);
    for (let i = 0; i < 4; i++) busy.sense('unlocked').sense('locked').pass(1);
    const failed = new HandMadeScene(told).input({ kind: 'store-failed', key: 'report-1' }).sense('locked');
    assert.deepEqual(
      [short, busy.pass(60), failed.pass(60)].flatMap((scene) => scene.end().found),
      [],
    );
  });
});
