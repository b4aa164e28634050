import assert from 'node:assert/strict';
import { ACTION } from '../../../../firmware/protocol/order.js';
import { atMostOnce } from '../../../../host-sim/checkers/at-most-once.js';
import type { SignedWord } from '../../../../host-sim/world/archive.js';
import { coseOf, HandMadeScene, OWNER } from './scene.js';

/** The receipt is written to flash, which takes it or not, and told. */
function tell(scene: HandMadeScene, word: SignedWord, isStored: boolean): void {
  const key = 'report-1';
  scene.output({ kind: 'persist', key, bytes: new Uint8Array([1, 2, ...coseOf(1), 3]) });
  scene.input({ kind: isStored ? 'stored' : 'store-failed', key });
  scene.receipt(word);
}

describe('atMostOnce and a receipt that flash has refused', () => {
  it('lets a later boot tell it again', () => {
    const scene = new HandMadeScene(atMostOnce);
    const word = scene.order(OWNER, ACTION.lock);
    tell(scene, word, false);
    scene.cut().turnOn().receipt(word);
    assert.deepEqual(scene.found, []);
  });

  it('lets nobody tell it twice in one boot, nor one that flash has taken', () => {
    const scene = new HandMadeScene(atMostOnce);
    const word = scene.order(OWNER, ACTION.lock);
    tell(scene, word, false);
    assert.match(scene.receipt(word).found.join(), /receipts of the same command/);
    const stored = new HandMadeScene(atMostOnce);
    const other = stored.order(OWNER, ACTION.lock);
    tell(stored, other, true);
    assert.match(stored.cut().turnOn().receipt(other).found.join(), /receipts of the same command/);
  });

  it('tells two grants of one nonce apart, where a reorganisation has dropped the first', () => {
    const scene = new HandMadeScene(atMostOnce);
    const grants = [1, 2].map((rights) => {
      const word = scene.grant({ rights, serial: scene.nowSeconds + rights });
      const twin = scene.archive.sign(OWNER, 0n, word.command, scene.nowMs);
      return scene.show(twin);
    });
    for (const grant of grants) scene.receipt(grant);
    assert.deepEqual(scene.found, []);
  });
});
