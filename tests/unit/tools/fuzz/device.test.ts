import assert from 'node:assert/strict';
import { Finding } from '../../../../tools/fuzz/target.js';
import { preparedFlashes, UNLOCK, WAKE } from '../../../../tools/fuzz/targets/device.js';
import { LockScript, step } from '../../../../tools/fuzz/targets/lock-script.js';
import { LockWorld } from '../../../../tools/fuzz/targets/lock-world.js';

/** A lock with an owner and a guest to whom somebody's unlock is mined: 0 is the owner, 1 the guest, 2 a stranger. */
function signedFor(by: number): { readonly world: LockWorld; readonly obey: () => void } {
  const [, , flash] = preparedFlashes();
  const world = new LockWorld(flash ?? assert.fail());
  world.give({ kind: 'boot' });
  const script = new LockScript(world);
  const play = (...steps: readonly (readonly number[])[]) => script.play(Uint8Array.from(steps.flat()));
  play(...WAKE, step('mine', by, UNLOCK, 1));
  return { world, obey: () => play(step('time', 2), step('settle')) };
}

describe('the lock that is fuzzed', () => {
  for (const by of [0, 1]) {
    it(`opens for person ${by}, and is found out where that person may not`, () => {
      signedFor(by).obey();
      const { world, obey } = signedFor(by);
      assert.equal(world.isOpeningSigned, true);
      world.isOpeningSigned = false;
      assert.throws(obey, (error) => error instanceof Finding && /nobody asked for it/.test(error.message));
    });
  }

  it('opens for no stranger', () => {
    const { world, obey } = signedFor(2);
    assert.equal(world.isOpeningSigned, false);
    obey();
    assert.deepEqual(world.posts, []);
  });
});
