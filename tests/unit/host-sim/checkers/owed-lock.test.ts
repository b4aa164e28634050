import assert from 'node:assert/strict';
import { owedLock } from '../../../../host-sim/checkers/owed-lock.js';
import { HandMadeScene } from './scene.js';

const NO_TEXTS: ReadonlyMap<string, string> = new Map();

/** The bolt is on its way to locked, for an order, when the power fails. */
function interrupted(texts = NO_TEXTS, act: (scene: HandMadeScene) => void = () => {}): HandMadeScene {
  const scene = new HandMadeScene(owedLock, { texts }).sense('unlocked').store().drive('locked').pass(1);
  act(scene);
  return scene.cut().pass(10).turnOn();
}

/** What is found a minute later. */
const later = (scene: HandMadeScene) => scene.pass(61).found.join();
const OWED = /is not driven there now/;

describe('owedLock', () => {
  it('lets a bolt be driven to locked after the boot', () => {
    assert.equal(later(interrupted().sense('unlocked').pass(15).drive('locked')), '');
  });

  it('asks for nothing where the bolt is locked, the door was open, or somebody has pressed', () => {
    assert.equal(later(interrupted().sense('locked')), '');
    assert.equal(later(interrupted().senseDoor('open').senseDoor('closed')), '');
    assert.equal(later(interrupted().press()), '');
    assert.equal(later(interrupted().input({ kind: 'outside-pressed' })), '');
  });

  it('asks for nothing where flash cannot have told the lock', () => {
    assert.equal(later(interrupted().input({ kind: 'store-failed', key: 'state-a' })), '');
    const scene = new HandMadeScene(owedLock)
      .sense('unlocked')
      .store()
      .drive('locked')
      .cut()
      .rollBack()
      .turnOn();
    assert.equal(later(scene), '');
  });

  it('asks for nothing where the bolt was stopped, or somebody had it driven since', () => {
    assert.equal(later(interrupted(NO_TEXTS, (scene) => scene.output({ kind: 'stop-bolt' }))), '');
    assert.equal(later(interrupted(NO_TEXTS, (scene) => scene.press().drive('locked'))), '');
    assert.equal(later(interrupted(NO_TEXTS, (scene) => scene.store().drive('unlocked'))), '');
  });

  it('forgets over a second cut what was answered before it', () => {
    assert.equal(later(interrupted().press().cut().turnOn()), '');
    assert.equal(later(interrupted().sense('unlocked').pass(15).drive('locked').cut().turnOn()), '');
  });

  it('waits for as long as a relock may take by its settings', () => {
    const texts = new Map([['auto-relock', '60']]);
    const scene = interrupted(texts).pass(69);
    assert.deepEqual(scene.found, []);
    assert.match(scene.pass(1).found.join(), OWED);
  });

  it('finds a bolt that is left as it is, or between', () => {
    const scene = interrupted().sense('unlocked').pass(19);
    assert.deepEqual(scene.found, []);
    assert.match(scene.pass(1).found.join(), OWED);
    assert.equal(scene.pass(60).found.length, 1, 'it is told once');
    assert.match(later(interrupted().sense('between')), OWED);
  });

  it('finds it after a second cut before the first was made good', () => {
    assert.match(later(interrupted().pass(5).cut().pass(5).turnOn()), OWED);
  });
});
