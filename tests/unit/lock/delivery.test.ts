import assert from 'node:assert/strict';
import { Delivery } from '../../../firmware/lock/delivery.js';
import { Outbox } from '../../../firmware/lock/outbox.js';
import type { Output } from '../../../firmware/lock/ports.js';

const LEASED = 1_000;

function made(...seqs: readonly number[]): { outbox: Outbox; delivery: Delivery } {
  const outbox = new Outbox([], 0);
  for (const seq of seqs) {
    const slot = outbox.takeSlot(seq);
    outbox.put({ seq, cose: Uint8Array.of(seq, 7), slot, receipt: undefined });
  }
  return { outbox, delivery: new Delivery(outbox) };
}

function sent(outputs: readonly Output[]): number[] {
  return outputs.map((output) => (output.kind === 'publish' ? output.seq : assert.fail()));
}

describe('Delivery', () => {
  it('sends one report at a time, in order', () => {
    const { delivery } = made(1, 2);
    assert.deepEqual(sent(delivery.send(LEASED, 0)), [1]);
    assert.deepEqual(sent(delivery.send(LEASED, 1)), []);
    delivery.taken(1);
    assert.deepEqual(sent(delivery.send(LEASED, 2)), [2]);
    delivery.taken(2);
    assert.deepEqual(sent(delivery.send(LEASED, 3)), []);
    assert.equal(delivery.dueMs, undefined);
  });

  it('sends identical bytes again, ever later, until they are taken', () => {
    const { delivery } = made(1, 2);
    let uptimeMs = 0;
    const first = delivery.send(LEASED, uptimeMs);
    const waits: number[] = [];
    for (let i = 0; i < 9; i++) {
      assert.equal(delivery.refused(1, uptimeMs), true);
      assert.deepEqual(delivery.send(LEASED, uptimeMs), []);
      const due = delivery.dueMs ?? assert.fail();
      waits.push(due - uptimeMs);
      assert.deepEqual(delivery.send(LEASED, due - 1), []);
      uptimeMs = due;
      assert.deepEqual(delivery.send(LEASED, uptimeMs), first);
    }
    assert.deepEqual(waits, [1_000, 2_000, 4_000, 8_000, ...new Array(5).fill(10_000)]);
    delivery.taken(1);
    assert.deepEqual(sent(delivery.send(LEASED, uptimeMs)), [2]);
  });

  it('counts a sink that says nothing as failed after a minute, and takes its late word', () => {
    const { delivery, outbox } = made(1, 2);
    delivery.send(LEASED, 0);
    assert.equal(delivery.dueMs, 60_000);
    assert.deepEqual(sent(delivery.send(LEASED, 59_999)), []);
    assert.deepEqual(sent(delivery.send(LEASED, 60_000)), []);
    delivery.taken(1);
    assert.equal(outbox.deliveredSeq, 1);
    assert.deepEqual(sent(delivery.send(LEASED, 60_001)), [2]);
  });

  it('takes no late refusal, and no word about another report', () => {
    const { delivery, outbox } = made(1, 2);
    delivery.send(LEASED, 0);
    delivery.taken(2);
    assert.equal(outbox.deliveredSeq, 0);
    assert.equal(delivery.refused(2, 0), false);
    delivery.taken(1);
    assert.equal(delivery.refused(1, 0), false);
    delivery.taken(1);
    assert.equal(outbox.deliveredSeq, 1);
    assert.deepEqual(sent(delivery.send(LEASED, 1)), [2]);
  });

  it('shows what lives in RAM only under a leased number', () => {
    const outbox = new Outbox([], 0);
    outbox.put({ seq: 5, cose: Uint8Array.of(5), slot: undefined, receipt: undefined });
    const delivery = new Delivery(outbox);
    assert.deepEqual(delivery.send(4, 0), []);
    assert.equal(delivery.dueMs, undefined);
    assert.deepEqual(sent(delivery.send(5, 0)), [5]);
  });
});
