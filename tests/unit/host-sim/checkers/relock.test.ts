import assert from 'node:assert/strict';
import { ACTION } from '../../../../firmware/protocol/order.js';
import { relock } from '../../../../host-sim/checkers/relock.js';
import { HandMadeScene, OWNER, type WeatherChange } from './scene.js';

const AUTO = { texts: new Map([['auto-relock', '30']]) };

/** The bolt is open for long: what is found. */
function stand(scene: HandMadeScene, seconds = 120): string {
  for (let i = 0; i < seconds; i += 5) scene.pass(5);
  return scene.found.join();
}

function opened(change: WeatherChange = AUTO): HandMadeScene {
  const scene = new HandMadeScene(relock, change).senseDoor('closed');
  return scene.move('unlocked');
}

/** Opened by an order, with its receipt. */
function ordered(action: number): HandMadeScene {
  const scene = new HandMadeScene(relock).senseDoor('closed');
  const word = scene.order(OWNER, action);
  return scene.store().move('unlocked').receipt(word);
}

describe('relock', () => {
  it('finds a bolt that stands open under auto-relock, whoever opened it', () => {
    assert.match(stand(opened()), /should be locked again/);
    assert.match(stand(new HandMadeScene(relock, AUTO).sense('unlocked')), /should be locked again/);
  });

  it('lets it stand open for its time, and be locked', () => {
    const scene = opened();
    assert.equal(stand(scene, 60), '');
    assert.equal(stand(scene.move('locked')), '');
    assert.equal(stand(opened({})), '');
  });

  it('finds a bolt that was to be opened for a time alone', () => {
    assert.match(stand(ordered(ACTION.unlockThenRelock)), /should be locked again/);
    assert.equal(stand(ordered(ACTION.unlock)), '');
  });

  it('lets a later order, and a hand, have their way', () => {
    const scene = ordered(ACTION.unlockThenRelock);
    scene.receipt(scene.order(OWNER, ACTION.unlock));
    assert.equal(stand(scene), '');
    assert.equal(stand(ordered(ACTION.unlockThenRelock).press()), '');
  });

  it('waits for the door, and begins anew when it closes', () => {
    const scene = opened().senseDoor('open');
    assert.equal(stand(scene, 600), '');
    scene.senseDoor('closed');
    assert.equal(stand(scene, 60), '');
    assert.match(stand(scene, 60), /should be locked again/);
  });

  it('asks nothing of a bolt that jams while it is thrown, nor while passage may hold', () => {
    const jammed = opened().drive('locked').output({ kind: 'stop-bolt' });
    assert.equal(stand(jammed), '');
    const scene = opened().report();
    scene.order(OWNER, ACTION.passageOn);
    // It was shown, and has no receipt yet: nobody outside knows.
    assert.equal(stand(scene), '');
  });
});
