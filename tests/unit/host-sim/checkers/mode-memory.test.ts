import assert from 'node:assert/strict';
import { ACTION } from '../../../../firmware/protocol/order.js';
import { ModeMemory } from '../../../../host-sim/checkers/mode-memory.js';
import { GUEST, HandMadeScene, OWNER } from './scene.js';

function play() {
  const scene = new HandMadeScene(() => ({ says: 'nothing' }));
  return { scene, modes: new ModeMemory(scene) };
}

describe('ModeMemory', () => {
  it('knows a mode by its receipts, each epoch apart', () => {
    const { scene, modes } = play();
    assert.equal(modes.isOff('passage', 1), true);
    const on = scene.order(OWNER, ACTION.passageOn);
    modes.receipt(on);
    assert.equal(modes.isOn('passage', 1), true);
    assert.equal(modes.switchedOn('passage', 1), on);
    assert.equal(modes.isOff('passage', 2), true);
    modes.receipt(scene.order(OWNER, ACTION.passageOff));
    assert.equal(modes.isOff('passage', 1), true);
    modes.receipt(on);
    modes.forget();
    assert.equal(modes.isOff('passage', 1), true);
  });

  it('is certain of nothing that was shown since', () => {
    const { scene, modes } = play();
    const [on, off] = [scene.order(OWNER, ACTION.privacyOn), scene.order(OWNER, ACTION.privacyOff)];
    modes.shown(on);
    assert.equal(modes.isOff('privacy', 1), false);
    assert.equal(modes.isOff('vacation', 1), true);
    modes.receipt(on);
    assert.equal(modes.isOn('privacy', 1), true);
    modes.shown(off);
    assert.equal(modes.isOn('privacy', 1), false);
    assert.notEqual(modes.switchedOn('privacy', 1), undefined);
  });

  it('knows that what a later order has passed over is dead, and that guests switch nothing', () => {
    const { scene, modes } = play();
    const [off, on] = [scene.order(OWNER, ACTION.passageOff), scene.order(OWNER, ACTION.passageOn)];
    modes.shown(off);
    modes.receipt(on);
    modes.shown(off);
    modes.shown(scene.order(GUEST, ACTION.passageOff));
    assert.equal(modes.isOn('passage', 1), true);
  });
});
