import assert from 'node:assert/strict';
import { clockJump } from '../../../../host-sim/checkers/clock-jump.js';
import { HandMadeScene } from './scene.js';

const DAY_SECONDS = 86_400;

/** A lock tells a time so far ahead. */
function tells(aheadSeconds: number, scene = new HandMadeScene(clockJump)): string {
  return scene.report({ issuedAtSeconds: scene.nowSeconds + aheadSeconds }).found.join();
}

describe('clockJump', () => {
  it('lets a lock tell the true time, and one a day ahead for each boot', () => {
    assert.equal(tells(0), '');
    assert.equal(tells(DAY_SECONDS + 900), '');
    assert.equal(tells(2 * DAY_SECONDS + 900, new HandMadeScene(clockJump).cut().turnOn()), '');
  });

  it('lets a lock that nobody owns believe what it is told', () => {
    const scene = new HandMadeScene(clockJump);
    scene.witness.ownership.isPaired = false;
    assert.equal(tells(100 * DAY_SECONDS, scene), '');
  });

  it('finds a time further ahead', () => {
    assert.match(tells(DAY_SECONDS + 901), /tells a time 87301 s ahead of the true one/);
    const second = new HandMadeScene(clockJump).cut().turnOn();
    assert.match(tells(2 * DAY_SECONDS + 901, second), /tells a time 173701 s ahead/);
  });
});
