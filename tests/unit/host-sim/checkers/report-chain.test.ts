import assert from 'node:assert/strict';
import { reportChain } from '../../../../host-sim/checkers/report-chain.js';
import { HandMadeScene } from './scene.js';

describe('reportChain', () => {
  it('lets reports name the one before, heartbeats aside, and numbers be passed over', () => {
    const scene = new HandMadeScene(reportChain)
      .report()
      .report({ cause: 'heartbeat' })
      .report({ seq: 20 })
      .report();
    assert.deepEqual(scene.found, []);
  });

  it('finds a gap, a fork, a number that goes back, and another lock', () => {
    const found = (play: (scene: HandMadeScene) => void) => {
      const scene = new HandMadeScene(reportChain).report().report();
      play(scene);
      return scene.found.join();
    };
    const previousHash16 = new Uint8Array(16).fill(0x77);
    assert.match(
      found((scene) => scene.report({ previousHash16 })),
      /does not name the one before/,
    );
    assert.match(
      found((scene) => scene.publish({ seq: 2 }, { hash16: previousHash16 })),
      /two reports have the number 2/,
    );
    assert.match(
      found((scene) => scene.report().publish({ seq: 2 })),
      /report 2 comes after report 3/,
    );
    assert.match(
      found((scene) => scene.publish({ seq: 3 }, { lock20: new Uint8Array(20) })),
      /another lock's/,
    );
  });

  it('excuses one gap for each write that flash refused, and a flash that was put back', () => {
    const previousHash16 = new Uint8Array(16).fill(0x77);
    const scene = new HandMadeScene(reportChain).report().input({ kind: 'store-failed', key: 'report-1' });
    assert.deepEqual(scene.report({ previousHash16 }).found, []);
    assert.equal(scene.report({ previousHash16 }).found.length, 1);
    const back = new HandMadeScene(reportChain)
      .report()
      .report()
      .rollBack()
      .publish({ seq: 1, previousHash16 });
    assert.deepEqual(back.found, []);
  });
});
