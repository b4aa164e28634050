import assert from 'node:assert/strict';
import { ACTION } from '../../../../firmware/protocol/order.js';
import { receipts } from '../../../../host-sim/checkers/receipts.js';
import { HandMadeScene, OWNER } from './scene.js';

/** An order opens. */
function open(scene = new HandMadeScene(receipts)) {
  const word = scene.order(OWNER, ACTION.unlock);
  return { scene: scene.open(), word };
}

describe('receipts', () => {
  it('lets an order open that has its receipt in the end', () => {
    const { scene, word } = open();
    assert.deepEqual(scene.pass(60).receipt(word).end().found, []);
  });

  it('asks for one receipt only where several orders can have opened', () => {
    const scene = new HandMadeScene(receipts);
    scene.order(OWNER, ACTION.unlock);
    const { word } = open(scene);
    assert.deepEqual(scene.receipt(word).end().found, []);
  });

  it('asks for none where a hand opens, the bolt is tried again, or no order can be meant', () => {
    const byHand = new HandMadeScene(receipts);
    byHand.order(OWNER, ACTION.unlock);
    assert.deepEqual(byHand.press().drive('unlocked').end().found, []);
    const { scene, word } = open();
    scene.receipt(word).pass(5).order(OWNER, ACTION.unlock);
    assert.deepEqual(scene.drive('unlocked').end().found, []);
    const late = new HandMadeScene(receipts);
    late.order(OWNER, ACTION.unlock, { notAfterSeconds: late.nowSeconds - 60 });
    late.order(OWNER, ACTION.lock);
    assert.deepEqual(late.open().end().found, []);
    const locks = new HandMadeScene(receipts);
    locks.order(OWNER, ACTION.unlock);
    assert.deepEqual(locks.store().drive('locked').end().found, []);
  });

  it('finds an opening of which no receipt tells, though one does of another', () => {
    assert.match(open().scene.end().found.join(), /no receipt says so/);
    const { scene, word } = open();
    open(scene.receipt(word).output({ kind: 'stop-bolt' }).pass(60));
    assert.match(scene.end().found.join(), /no receipt says so/);
  });

  it('takes no refusal for a receipt', () => {
    const { scene, word } = open();
    const lastCommand = { ...scene.lastCommand(word), reason: 'replayed' } as const;
    assert.match(scene.report({ cause: 'refusal', lastCommand }).end().found.join(), /no receipt says so/);
  });

  it('excuses a lock whose flash has refused a write, or was put back', () => {
    assert.deepEqual(open().scene.input({ kind: 'store-failed', key: 'report-1' }).end().found, []);
    assert.deepEqual(open().scene.rollBack().end().found, []);
  });
});
