import assert from 'node:assert/strict';
import { ACTION } from '../../../../firmware/protocol/order.js';
import { passage } from '../../../../host-sim/checkers/passage.js';
import { HandMadeScene, OWNER, START_SECONDS, type WeatherChange } from './scene.js';

/** The clock drives the bolt out, 100 s after passage was switched on. */
function play(change: WeatherChange = {}, act: (scene: HandMadeScene) => void = () => {}): string {
  const scene = new HandMadeScene(passage, change);
  scene.receipt(scene.order(OWNER, ACTION.passageOn));
  act(scene);
  return scene.pass(100).drive('locked').found.join();
}

/** Hours that hold, or do not, at the time of these scenes. */
function hours(fromHour: number, toHour: number): WeatherChange {
  const now = Math.floor((START_SECONDS % 86_400) / 3_600);
  const text = (hour: number) => `${String((now + hour + 24) % 24).padStart(2, '0')}:00`;
  return { texts: new Map([['passage-hours', `mon-sun ${text(fromHour)}-${text(toHour)}`]]) };
}

describe('passage', () => {
  it('finds a lock that locks by itself while passage holds', () => {
    assert.match(play(), /by the clock alone/);
    assert.match(play(hours(-2, 3)), /by the clock alone/);
  });

  it('lets it lock where passage is off, may be off, or its hours are over', () => {
    const off = (scene: HandMadeScene) => scene.order(OWNER, ACTION.passageOff);
    assert.equal(play({}, off), '');
    assert.equal(
      play({}, (scene) => scene.receipt(off(scene))),
      '',
    );
    assert.equal(play(hours(2, 4)), '');
    assert.equal(new HandMadeScene(passage).pass(100).drive('locked').found.join(), '');
  });

  it('lets orders, hands and the door lock, and a lock that is tried again', () => {
    const scene = new HandMadeScene(passage);
    scene.receipt(scene.order(OWNER, ACTION.passageOn)).pass(100);
    scene.store().drive('locked').pass(5).drive('locked').pass(60);
    scene.press().drive('locked').pass(60).senseDoor('closed').drive('locked');
    assert.deepEqual(scene.found, []);
  });

  it('asks nothing of a lock without a clock', () => {
    assert.equal(play({ clock: { kind: 'none' } }), '');
  });
});
