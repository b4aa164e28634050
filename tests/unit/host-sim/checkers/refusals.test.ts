import assert from 'node:assert/strict';
import { ACTION } from '../../../../firmware/protocol/order.js';
import type { RefusalReason } from '../../../../firmware/protocol/refusal.js';
import { refusals } from '../../../../host-sim/checkers/refusals.js';
import type { SignedWord } from '../../../../host-sim/world/archive.js';
import { GUEST, HandMadeScene, NEXT_OWNER, OWNER } from './scene.js';

const play = () => new HandMadeScene(refusals);
const FOUND = /refuses as (?:replayed|serial) what comes after all that the lock was shown/;

/** What is found when a report refuses a word. */
function refuse(scene: HandMadeScene, word: SignedWord, reason: RefusalReason = 'replayed'): string {
  const lastCommand = { ...scene.lastCommand(word), reason };
  return scene.report({ cause: 'refusal', lastCommand }).found.join();
}

/** An order of the owner's with the number of another one. */
function twin(scene: HandMadeScene, { command, nonce }: SignedWord, later: number): SignedWord {
  if (command.kind !== 'order') throw new Error('expected an order');
  const order = { ...command.order, notAfterSeconds: command.order.notAfterSeconds + later };
  return scene.show(scene.archive.sign(OWNER, nonce, { kind: 'order', order }, scene.nowMs));
}

describe('refusals', () => {
  it('lets an order be refused as replayed where a later one of its sender was shown', () => {
    const scene = play();
    const word = scene.order(OWNER, ACTION.unlock);
    scene.order(OWNER, ACTION.lock);
    assert.equal(refuse(scene, word), '');
  });

  it('lets one of the same number count that ends as late, and finds one that ends before', () => {
    const later = play();
    const word = later.order(OWNER, ACTION.unlock);
    twin(later, word, 1);
    assert.equal(refuse(later, word), '');
    const earlier = play();
    const last = earlier.order(OWNER, ACTION.unlock);
    twin(earlier, last, -1);
    assert.match(refuse(earlier, last), FOUND);
  });

  it('finds the last order of all refused as replayed', () => {
    const scene = play();
    scene.order(OWNER, ACTION.lock);
    assert.match(refuse(scene, scene.order(OWNER, ACTION.unlock)), FOUND);
  });

  it('finds one refused for a later order that was signed and never shown', () => {
    const scene = play();
    const word = scene.order(OWNER, ACTION.unlock);
    scene.signOrder(OWNER, ACTION.lock);
    assert.match(refuse(scene, word), FOUND);
  });

  it('finds one refused for an order of another sender, of another epoch, or to the modes', () => {
    const senders = play();
    senders.order(GUEST, ACTION.lock);
    const word = senders.order(OWNER, ACTION.unlock);
    senders.order(GUEST, ACTION.lock);
    assert.match(refuse(senders, word), FOUND);
    const epochs = play();
    const old = epochs.order(OWNER, ACTION.unlock);
    epochs.order(OWNER, ACTION.lock, { epoch: 2 });
    assert.match(refuse(epochs, old), FOUND);
    const modes = play();
    const bolt = modes.order(OWNER, ACTION.unlock);
    modes.order(OWNER, ACTION.privacyOn);
    assert.match(refuse(modes, bolt), FOUND);
  });

  it('counts all orders of a guest together', () => {
    const scene = play();
    const word = scene.order(GUEST, ACTION.unlock);
    scene.order(GUEST, ACTION.privacyOn);
    assert.equal(refuse(scene, word), '');
  });

  it('lets a revocation be refused for its serial where another grant of its guest counts as much', () => {
    const scene = play();
    scene.grant({ serial: 9 });
    assert.equal(refuse(scene, scene.grant({ serial: 9, rights: 0 }), 'serial'), '');
    assert.match(refuse(scene, scene.grant({ serial: 10, rights: 0 }), 'serial'), FOUND);
    const other = play();
    other.grant({ serial: 9 }, OWNER, NEXT_OWNER);
    assert.match(refuse(other, other.grant({ serial: 8, rights: 0 }), 'serial'), FOUND);
  });

  it('asks nothing of a grant, which a floor may bar, nor of other reasons and causes', () => {
    const scene = play();
    assert.equal(refuse(scene, scene.grant({ serial: 9 }), 'serial'), '');
    const word = scene.order(OWNER, ACTION.unlock);
    assert.equal(refuse(scene, word, 'not-owner'), '');
    const lastCommand = { ...scene.lastCommand(word), reason: 'replayed' } as const;
    assert.deepEqual(scene.report({ cause: 'heartbeat', lastCommand }).found, []);
  });

  it('lets what has its receipt, or may have been obeyed before flash was put back, be refused', () => {
    const scene = play();
    const word = scene.order(OWNER, ACTION.unlock);
    assert.equal(refuse(scene.receipt(word), word), '');
    const old = play();
    const obeyed = old.order(OWNER, ACTION.unlock);
    assert.equal(refuse(old.rollBack(), obeyed), '');
    assert.match(refuse(old, old.order(OWNER, ACTION.unlock)), FOUND);
  });

  it('asks nothing where flash has refused a write, or a report can mean two words', () => {
    const scene = play().pass(1).input({ kind: 'store-failed', key: 'state-a' });
    assert.equal(refuse(scene, scene.order(OWNER, ACTION.unlock)), '');
    const two = play();
    const word = two.order(OWNER, ACTION.unlock);
    if (word.command.kind !== 'order') throw new Error('expected an order');
    const order = { ...word.command.order, challenge4: new Uint8Array(4).fill(1) };
    two.archive.sign(OWNER, word.nonce, { kind: 'order', order }, 0);
    assert.equal(refuse(two, word), '');
  });
});
