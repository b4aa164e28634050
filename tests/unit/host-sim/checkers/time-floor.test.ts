import assert from 'node:assert/strict';
import { timeFloor } from '../../../../host-sim/checkers/time-floor.js';
import { HandMadeScene } from './scene.js';

/** In its second boot a lock tells a time so far before the one that it told in its first. */
function tellsAfterBoot(behindSeconds: number, scene: HandMadeScene): string {
  const issuedAtSeconds = scene.nowSeconds - behindSeconds;
  return scene.cut().turnOn().report({ issuedAtSeconds }).found.join();
}

describe('timeFloor', () => {
  it('lets a later boot tell a time that is no earlier than a crystal may drift', () => {
    assert.equal(tellsAfterBoot(305, new HandMadeScene(timeFloor).report().store()), '');
  });

  it('finds an earlier one', () => {
    const scene = new HandMadeScene(timeFloor).report().store();
    assert.match(tellsAfterBoot(306, scene), /report 2 tells a time 306 s before one of an earlier boot/);
  });

  it('counts what flash has taken, and neither what it refused nor what it was not asked to keep', () => {
    assert.equal(tellsAfterBoot(3_600, new HandMadeScene(timeFloor).store().report()), '');
    assert.equal(tellsAfterBoot(3_600, new HandMadeScene(timeFloor).report().store('report-1')), '');
    const refused = new HandMadeScene(timeFloor).report();
    refused.output({ kind: 'persist', key: 'state-a', bytes: new Uint8Array(400) });
    assert.equal(tellsAfterBoot(3_600, refused.input({ kind: 'store-failed', key: 'state-a' })), '');
  });

  it('does not take what was signed in an earlier boot for news', () => {
    const scene = new HandMadeScene(timeFloor);
    scene.make(1);
    scene.pass(7_200).report({ seq: 2 }).store().cut().turnOn();
    scene.publish({ seq: 1, issuedAtSeconds: scene.nowSeconds - 7_200 });
    assert.deepEqual(scene.found, []);
  });

  it('asks nothing of what was before an old image of flash was put back', () => {
    assert.equal(tellsAfterBoot(3_600, new HandMadeScene(timeFloor).report().store().cut().rollBack()), '');
  });
});
