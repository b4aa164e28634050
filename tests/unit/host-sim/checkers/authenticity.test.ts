import assert from 'node:assert/strict';
import { ACTION } from '../../../../firmware/protocol/order.js';
import { authenticity } from '../../../../host-sim/checkers/authenticity.js';
import { GUEST, HandMadeScene, OWNER, THIEF } from './scene.js';

describe('authenticity', () => {
  it('lets the owner, a guest and a hand inside open', () => {
    const scene = new HandMadeScene(authenticity);
    scene.receipt(scene.order(OWNER, ACTION.unlock)).open();
    scene.press().drive('unlocked');
    const guests = new HandMadeScene(authenticity);
    guests.grant();
    guests.order(GUEST, ACTION.unlock);
    guests.open();
    assert.deepEqual([...scene.found, ...guests.found], []);
  });

  it('finds an opening for nobody, for a stranger, and for what was not shown', () => {
    const scene = new HandMadeScene(authenticity);
    scene.order(THIEF, ACTION.unlock);
    scene.order(GUEST, ACTION.unlock);
    scene.signOrder(OWNER, ACTION.unlock);
    scene.open();
    assert.match(scene.found.join(), /shown no opening/);
  });

  it('finds an opening for the button outside, whatever was signed', () => {
    const scene = new HandMadeScene(authenticity);
    scene.order(OWNER, ACTION.unlock);
    scene.input({ kind: 'outside-pressed' }).drive('locked');
    assert.deepEqual(scene.found, []);
    assert.match(scene.drive('unlocked').found.join(), /button outside/);
  });

  it('finds an opening for a lock or a mode', () => {
    const scene = new HandMadeScene(authenticity);
    scene.order(OWNER, ACTION.lock);
    scene.order(OWNER, ACTION.privacyOff);
    assert.equal(scene.open().found.length, 1);
  });

  it('finds receipts of what nobody signed, and of what was not shown', () => {
    const scene = new HandMadeScene(authenticity);
    const word = scene.signOrder(OWNER, ACTION.lock);
    assert.match(scene.receipt(word).found.join(), /never shown/);
    const lastCommand = { ...scene.lastCommand(word), nonce: 77n };
    assert.match(scene.report({ cause: 'command', lastCommand }).found.at(-1) ?? '', /nobody signed/);
  });
});
