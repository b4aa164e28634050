import assert from 'node:assert/strict';
import { Outbox, type OutgoingReport, slotName } from '../../../firmware/lock/outbox.js';
import { OUTBOX_REPORTS_MAX } from '../../../firmware/protocol/limits.js';

function report(seq: number, slot?: number): OutgoingReport {
  return { seq, cose: Uint8Array.of(seq), slot, receipt: undefined };
}

/** Takes a slot, writes and queues, as a report with a receipt does. */
function post(outbox: Outbox, seq: number): number | undefined {
  const slot = outbox.takeSlot(seq);
  outbox.put(report(seq, slot));
  return slot;
}

function drain(outbox: Outbox): number[] {
  const seqs: number[] = [];
  for (let next = outbox.next; next !== undefined; next = outbox.next) {
    seqs.push(next.seq);
    assert.equal(outbox.delivered(next.seq), true);
  }
  return seqs;
}

describe('Outbox', () => {
  it('gives reports out in their order, each until it is delivered', () => {
    const outbox = new Outbox([], 0);
    for (const seq of [1, 2, 3]) post(outbox, seq);
    assert.equal(outbox.next?.seq, 1);
    assert.equal(outbox.next?.seq, 1);
    assert.deepEqual(drain(outbox), [1, 2, 3]);
    assert.equal(outbox.deliveredSeq, 3);
  });

  it('takes no word about another report than the first', () => {
    const outbox = new Outbox([], 0);
    for (const seq of [1, 2]) post(outbox, seq);
    assert.equal(outbox.delivered(2), false);
    assert.equal(outbox.delivered(0), false);
    assert.equal(outbox.delivered(1), true);
    assert.equal(outbox.delivered(1), false);
    assert.equal(outbox.deliveredSeq, 1);
  });

  it('takes up after a boot what was not delivered, in whatever order flash holds it', () => {
    const outbox = new Outbox([report(7, 2), report(4, 0), report(9, 1), report(5, 3)], 5);
    assert.equal(outbox.waitingCount, 2);
    assert.deepEqual(drain(outbox), [7, 9]);
  });

  it('writes over no report that nobody has taken', () => {
    const outbox = new Outbox([], 0);
    const slots = new Set<number | undefined>();
    for (let seq = 1; seq <= OUTBOX_REPORTS_MAX; seq++) slots.add(post(outbox, seq));
    assert.equal(slots.size, OUTBOX_REPORTS_MAX);
    assert.equal(outbox.freeCount, 0);
    assert.equal(outbox.takeSlot(65), undefined);
    outbox.delivered(1);
    assert.equal(outbox.freeCount, 1);
    assert.equal(post(outbox, 65), 0);
    assert.equal(outbox.takeSlot(66), undefined);
  });

  it('takes the slot of the oldest delivered report', () => {
    const kept = Array.from({ length: OUTBOX_REPORTS_MAX }, (_, slot) => report(100 - slot, slot));
    const outbox = new Outbox(kept, 100);
    assert.deepEqual(
      [outbox.takeSlot(101), outbox.takeSlot(102)],
      [OUTBOX_REPORTS_MAX - 1, OUTBOX_REPORTS_MAX - 2],
    );
  });

  it('lets no report overtake one that is being written', () => {
    const outbox = new Outbox([], 0);
    const slot = outbox.takeSlot(1);
    outbox.put(report(2));
    assert.equal(outbox.next, undefined);
    outbox.put(report(1, slot));
    assert.deepEqual(drain(outbox), [1, 2]);
  });

  it('waits no longer for a report whose write failed', () => {
    const outbox = new Outbox([], 0);
    outbox.takeSlot(1);
    outbox.put(report(2));
    outbox.put(report(1));
    assert.deepEqual(drain(outbox), [1, 2]);
    assert.equal(outbox.freeCount, OUTBOX_REPORTS_MAX);
  });

  it('drops the oldest that lives in RAM when it is full, never a receipt, never what is under way', () => {
    const outbox = new Outbox([], 0);
    outbox.put(report(1));
    outbox.put(report(2));
    for (let seq = 3; seq <= OUTBOX_REPORTS_MAX; seq++) post(outbox, seq);
    outbox.put(report(65));
    assert.equal(outbox.waitingCount, OUTBOX_REPORTS_MAX);
    const seqs = drain(outbox);
    assert.deepEqual(seqs.slice(0, 2), [1, 3]);
    assert.equal(seqs.at(-1), 65);
  });

  it('holds a bounded number in RAM', () => {
    const outbox = new Outbox([], 0);
    for (let seq = 1; seq <= 10_000; seq++) outbox.put(report(seq));
    assert.ok(outbox.waitingCount <= OUTBOX_REPORTS_MAX);
  });
});

describe('slotName', () => {
  it('fits the 15 characters that a device’s flash has for a key', () => {
    assert.ok(slotName(OUTBOX_REPORTS_MAX - 1).length <= 15);
  });
});
