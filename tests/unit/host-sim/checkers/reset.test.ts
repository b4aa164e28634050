import assert from 'node:assert/strict';
import { reset } from '../../../../host-sim/checkers/reset.js';
import { signer } from '../world/people.js';
import { PairingScene } from './pairing-scene.js';
import { OWNER } from './scene.js';

const NEW = signer(21);
const held = () => new PairingScene(reset).pair().report(OWNER).input({ kind: 'button-held' });

describe('reset', () => {
  it('lets a lock whose button was held be another one', () => {
    const scene = held().output({ kind: 'restart' });
    scene.scene.meet(NEW.address20);
    assert.deepEqual(scene.report(undefined, { seq: 1 }, NEW).found, []);
  });

  it('finds one that nobody held', () => {
    const scene = new PairingScene(reset).pair().report(OWNER);
    scene.scene.meet(NEW.address20);
    assert.match(scene.found.join(), /nobody has held/);
  });

  it('finds the old identity in a report or a greeting after the lock has ended it', () => {
    assert.match(held().output({ kind: 'restart' }).report(OWNER, { seq: 2 }).found.join(), /goes on/);
    assert.match(held().output({ kind: 'restart' }).press().open().greet().found.join(), /goes on/);
    // Flash may refuse what the button asks for.
    assert.deepEqual(held().report(OWNER, { seq: 2 }).found, []);
  });

  it('finds a deed of a lock that nobody owns', () => {
    const scene = held().output({ kind: 'restart' });
    scene.scene.meet(NEW.address20);
    assert.match(scene.output({ kind: 'drive-bolt', target: 'unlocked' }).found.join(), /nobody owns/);
  });
});
