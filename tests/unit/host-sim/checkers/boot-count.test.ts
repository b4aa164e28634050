import assert from 'node:assert/strict';
import { bootCount } from '../../../../host-sim/checkers/boot-count.js';
import { HandMadeScene } from './scene.js';

/** A lock that was turned on twice. @param count - what it says in its second boot */
function inSecondBoot(count: number, scene = new HandMadeScene(bootCount)): string {
  return scene.report({ bootCount: 7 }).cut().turnOn().report({ bootCount: count }).found.join();
}

describe('bootCount', () => {
  it('lets the number rise with each boot, whenever a report comes', () => {
    assert.equal(inSecondBoot(8), '');
    const scene = new HandMadeScene(bootCount);
    scene.make(1);
    scene.cut().turnOn().report({ seq: 2, bootCount: 2 }).publish({ seq: 1, bootCount: 1 });
    assert.deepEqual(scene.found, []);
  });

  it('finds a number that comes again, or falls', () => {
    assert.match(inSecondBoot(7), /report 2 of boot 2 has the number 7, and boot 1 7/);
    assert.match(inSecondBoot(6), /report 2 of boot 2 has the number 6, and boot 1 7/);
  });

  it('finds two numbers in one boot', () => {
    const scene = new HandMadeScene(bootCount);
    scene.report({ bootCount: 7 }).report({ bootCount: 8 });
    assert.match(scene.found.join(), /report 2 of boot 1 has the number 8, and boot 1 7/);
  });

  it('excuses a number that comes again where flash has refused to keep it, and none that falls', () => {
    const refusing = () => new HandMadeScene(bootCount).input({ kind: 'store-failed', key: 'state-a' });
    assert.equal(inSecondBoot(7, refusing()), '');
    assert.match(inSecondBoot(6, refusing()), /has the number 6/);
  });

  it('asks nothing of what was before an old image of flash was put back', () => {
    const scene = new HandMadeScene(bootCount);
    scene.report({ bootCount: 7 }).cut().rollBack().turnOn().report({ bootCount: 3 });
    assert.deepEqual(scene.found, []);
  });
});
