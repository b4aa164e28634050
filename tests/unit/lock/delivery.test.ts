import assert from 'node:assert/strict';
import { Delivery } from '../../../firmware/lock/delivery.js';
import { Outbox } from '../../../firmware/lock/outbox.js';
import type { Output } from '../../../firmware/lock/ports.js';
import { reportKey } from '../../../firmware/lock/report-log.js';

const LEASED = 1_000;

/** Reports in RAM. */
function made(...seqs: readonly number[]): { outbox: Outbox; delivery: Delivery } {
  const outbox = new Outbox(0, 0);
  for (const seq of seqs) {
    outbox.put({ seq, cose: Uint8Array.of(seq, 7), isHeartbeat: false, receipt: undefined });
  }
  return { outbox, delivery: new Delivery(outbox) };
}

function sent(outputs: readonly Output[]): number[] {
  return outputs.map((output) => (output.kind === 'publish' ? output.seq : assert.fail()));
}

function asked(outputs: readonly Output[]): string[] {
  return outputs.map((output) => (output.kind === 'load' ? output.key : assert.fail()));
}

function kept(seq: number) {
  return { seq, hash16: new Uint8Array(16), cose: Uint8Array.of(seq) };
}

describe('Delivery', () => {
  it('sends one report at a time, in order', () => {
    const { delivery } = made(1, 2);
    assert.deepEqual(sent(delivery.send(LEASED, 0)), [1]);
    assert.deepEqual(sent(delivery.send(LEASED, 1)), []);
    assert.equal(delivery.taken(1), true);
    assert.deepEqual(sent(delivery.send(LEASED, 2)), [2]);
    assert.equal(delivery.taken(2), true);
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
    const { delivery } = made(1, 2);
    delivery.send(LEASED, 0);
    assert.equal(delivery.dueMs, 60_000);
    assert.deepEqual(sent(delivery.send(LEASED, 59_999)), []);
    assert.deepEqual(sent(delivery.send(LEASED, 60_000)), []);
    assert.equal(delivery.taken(1), true);
    assert.deepEqual(sent(delivery.send(LEASED, 60_001)), [2]);
  });

  it('takes no late refusal, and no word about another report', () => {
    const { delivery } = made(1, 2);
    delivery.send(LEASED, 0);
    assert.equal(delivery.taken(2), false);
    assert.equal(delivery.refused(2, 0), false);
    assert.equal(delivery.taken(1), true);
    assert.equal(delivery.refused(1, 0), false);
    assert.equal(delivery.taken(1), false);
    assert.deepEqual(sent(delivery.send(LEASED, 1)), [2]);
  });

  it('shows what lives in RAM only under a leased number', () => {
    const { delivery } = made(5);
    assert.deepEqual(delivery.send(4, 0), []);
    assert.equal(delivery.dueMs, undefined);
    assert.deepEqual(sent(delivery.send(5, 0)), [5]);
  });
});

describe('Delivery of what lies in flash', () => {
  it('asks flash for a report when its turn comes, and keeps it until it is taken', () => {
    const outbox = new Outbox(12, 10);
    const delivery = new Delivery(outbox);
    assert.deepEqual(asked(delivery.send(0, 0)), [reportKey(11)]);
    assert.deepEqual(delivery.send(0, 1), []);
    assert.equal(delivery.awaits(reportKey(11)), 11);
    delivery.loaded(kept(40));
    assert.deepEqual(sent(delivery.send(0, 2)), [40]);
    delivery.refused(40, 2);
    const due = delivery.dueMs ?? assert.fail();
    assert.deepEqual(sent(delivery.send(0, due)), [40]);
    assert.equal(delivery.taken(40), true);
    assert.equal(outbox.takenCount, 11);
    assert.deepEqual(asked(delivery.send(0, due)), [reportKey(12)]);
  });

  it('goes on with the next where flash has lost one', () => {
    const outbox = new Outbox(12, 10);
    const delivery = new Delivery(outbox);
    delivery.send(0, 0);
    delivery.loaded(undefined);
    assert.deepEqual(asked(delivery.send(0, 0)), [reportKey(12)]);
    delivery.loaded(kept(41));
    assert.deepEqual(sent(delivery.send(0, 0)), [41]);
  });

  it('takes no bytes that it did not ask for', () => {
    const outbox = new Outbox(12, 10);
    const delivery = new Delivery(outbox);
    assert.equal(delivery.awaits(reportKey(11)), undefined);
    delivery.loaded(kept(40));
    delivery.loaded(undefined);
    assert.equal(outbox.takenCount, 10);
    delivery.send(0, 0);
    assert.equal(delivery.awaits(reportKey(12)), undefined);
    assert.equal(delivery.awaits('state-a'), undefined);
    assert.equal(delivery.taken(40), false);
  });

  it('asks again a flash that has said nothing for a minute', () => {
    const delivery = new Delivery(new Outbox(12, 10));
    delivery.send(0, 0);
    assert.equal(delivery.dueMs, 60_000);
    assert.deepEqual(delivery.send(0, 60_000), []);
    assert.deepEqual(asked(delivery.send(0, delivery.dueMs ?? assert.fail())), [reportKey(11)]);
  });
});
