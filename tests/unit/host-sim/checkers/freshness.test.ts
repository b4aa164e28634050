import assert from 'node:assert/strict';
import { ACTION } from '../../../../firmware/protocol/order.js';
import { freshness, isInTime } from '../../../../host-sim/checkers/freshness.js';
import { HandMadeScene, OWNER } from './scene.js';

const nonceOf = (fill: number) => new Uint8Array(16).fill(fill);
const challenged = (fill: number) => ({ challenge4: new Uint8Array(4).fill(fill) });

describe('freshness', () => {
  it('lets orders open in their time, and with the newest challenge', () => {
    const scene = new HandMadeScene(freshness).report({ nonce: nonceOf(7) });
    scene.order(OWNER, ACTION.unlock);
    scene.open().pass(20);
    const other = new HandMadeScene(freshness, { clock: { kind: 'none' } }).report({ nonce: nonceOf(7) });
    other.order(OWNER, ACTION.unlock, challenged(7));
    assert.deepEqual([...scene.found, ...other.open().found], []);
  });

  it('lets a round end though its challenge was replaced meanwhile', () => {
    const scene = new HandMadeScene(freshness, { clock: { kind: 'none' } }).report({ nonce: nonceOf(7) });
    scene.order(OWNER, ACTION.unlock, challenged(7));
    scene.report({ nonce: nonceOf(8) }).pass(14);
    assert.deepEqual(scene.open().found, []);
  });

  it('finds late and early orders', () => {
    for (const seconds of [-10, 1_000]) {
      const scene = new HandMadeScene(freshness);
      scene.order(OWNER, ACTION.unlock, { notAfterSeconds: scene.nowSeconds + seconds });
      assert.match(scene.open().found.join(), /out of time/);
    }
  });

  it('finds a receipt of an order that lasts for long, though another may have opened', () => {
    const scene = new HandMadeScene(freshness);
    scene.receipt(scene.order(OWNER, ACTION.unlock));
    scene.receipt(scene.order(OWNER, ACTION.privacyOn, { notAfterSeconds: scene.nowSeconds + 900 }));
    scene.receipt(scene.order(OWNER, ACTION.lock, { notAfterSeconds: scene.nowSeconds + 7_200 }));
    assert.deepEqual(scene.found, []);
    scene.receipt(scene.order(OWNER, ACTION.unlock, { notAfterSeconds: scene.nowSeconds + 7_200 }));
    assert.match(scene.found.join(), /lasts too long/);
  });

  it('finds challenges that are over, or never were', () => {
    const scene = new HandMadeScene(freshness).report({ nonce: nonceOf(7) }).report({ nonce: nonceOf(8) });
    scene.pass(21);
    scene.order(OWNER, ACTION.unlock, challenged(7));
    assert.match(scene.open().found.join(), /replaced before/);
    const unknown = new HandMadeScene(freshness).report({ nonce: nonceOf(7) });
    unknown.order(OWNER, ACTION.unlock, challenged(9));
    assert.match(unknown.open().found.join(), /none of this boot/);
  });

  it('finds openings without a challenge where there is no clock, or the lock is strict', () => {
    const scene = new HandMadeScene(freshness, { clock: { kind: 'none' } });
    scene.order(OWNER, ACTION.unlock);
    assert.match(scene.open().found.join(), /no clock/);
    const strict = new HandMadeScene(freshness, { texts: new Map([['strict-after-boot', 'on']]) });
    strict.order(OWNER, ACTION.unlock);
    assert.match(strict.open().found.join(), /strict after a boot/);
  });

  it('finds openings that end before a time that the lock has told, and challenges of an earlier boot', () => {
    const scene = new HandMadeScene(freshness, { clock: { kind: 'none' } });
    scene.report({ nonce: nonceOf(7), issuedAtSeconds: scene.nowSeconds + 600 });
    scene.order(OWNER, ACTION.unlock, challenged(7));
    assert.match(scene.open().found.join(), /later time before/);
    const again = new HandMadeScene(freshness)
      .report({ nonce: nonceOf(7) })
      .cut()
      .turnOn();
    assert.match(again.report({ nonce: nonceOf(7) }).found.join(), /that of boot 1 before/);
  });
});

describe('isInTime', () => {
  it('allows for what the lock was told of the time', () => {
    const scene = new HandMadeScene(freshness);
    const word = scene.signOrder(OWNER, ACTION.unlock, { notAfterSeconds: scene.nowSeconds - 60 });
    assert.equal(isInTime(word, scene), false);
    scene.clockBehindSeconds = 60;
    assert.equal(isInTime(word, scene), true);
  });
});
