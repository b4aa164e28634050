import assert from 'node:assert/strict';
import { Outbox, type OutgoingReport } from '../../../firmware/lock/outbox.js';
import { OUTBOX_REPORTS_MAX, REPORTS_IN_RAM_MAX } from '../../../firmware/protocol/limits.js';

const RECEIPT = {
  by: new Uint8Array(20),
  command: 1,
  nonce: 0n,
  notAfterSeconds: 0,
  tx: new Uint8Array(32),
};

function report(seq: number, of: Partial<OutgoingReport> = {}): OutgoingReport {
  return { seq, cose: Uint8Array.of(seq), isHeartbeat: false, receipt: undefined, ...of };
}

/** Takes room and is written, as a report with a receipt is. */
function keep(outbox: Outbox, seq: number): void {
  assert.equal(outbox.takeRoom(seq), true);
  outbox.kept(seq);
}

/** What comes next until nothing does: numbers of what is in RAM, `#count` of what is in flash. */
function drain(outbox: Outbox): string[] {
  const told: string[] = [];
  for (let { next } = outbox; next !== undefined; { next } = outbox) {
    told.push(next.place === 'ram' ? `${next.report.seq}` : `#${next.count}`);
    outbox.pass();
  }
  return told;
}

describe('Outbox', () => {
  it('gives reports out in their order, each until it is passed', () => {
    const outbox = new Outbox(0, 0);
    for (const seq of [11, 12, 13]) keep(outbox, seq);
    assert.deepEqual(outbox.next, { place: 'flash', count: 1 });
    assert.deepEqual(outbox.next, { place: 'flash', count: 1 });
    assert.deepEqual(drain(outbox), ['#1', '#2', '#3']);
    assert.deepEqual([outbox.keptCount, outbox.takenCount], [3, 3]);
  });

  it('puts what is in RAM between what is in flash, by its number', () => {
    const outbox = new Outbox(0, 0);
    keep(outbox, 11);
    outbox.put(report(13));
    outbox.put(report(12));
    keep(outbox, 14);
    outbox.put(report(15));
    assert.deepEqual(drain(outbox), ['#1', '12', '13', '#2', '15']);
  });

  it('takes up after a boot what was not taken, before all that is new', () => {
    const outbox = new Outbox(7, 5);
    outbox.put(report(30));
    keep(outbox, 31);
    assert.equal(outbox.waitingCount, 4);
    assert.deepEqual(drain(outbox), ['#6', '#7', '30', '#8']);
  });

  it('has room for as many as flash holds, and for no other before one was taken', () => {
    const outbox = new Outbox(1_000, 1_000);
    for (let seq = 1; seq <= OUTBOX_REPORTS_MAX; seq++) {
      assert.equal(outbox.freeCount, OUTBOX_REPORTS_MAX - seq + 1);
      keep(outbox, seq);
    }
    assert.equal(outbox.takeRoom(999), false);
    outbox.pass();
    assert.equal(outbox.takeRoom(999), true);
    // One that is being written has its room too.
    assert.equal(outbox.takeRoom(1_000), false);
    assert.deepEqual(drain(outbox).length, OUTBOX_REPORTS_MAX - 1);
  });

  it('keeps the order of numbers whichever of many writes fails', () => {
    for (let failing = 0; failing < 2 ** 5; failing++) {
      const outbox = new Outbox(40, 40);
      const expected: string[] = [];
      // While five are being written, what finds no room goes to RAM between them.
      for (let i = 0; i < 5; i++) {
        outbox.takeRoom(2 * i);
        outbox.put(report(2 * i + 1));
      }
      let count = 40;
      for (let i = 0; i < 5; i++) {
        const fails = ((failing >> i) & 1) === 1;
        if (fails) outbox.put(report(2 * i));
        else outbox.kept(2 * i);
        expected.push(fails ? `${2 * i}` : `#${++count}`, `${2 * i + 1}`);
      }
      assert.deepEqual(drain(outbox), expected, failing.toString(2));
    }
  });

  it('lets no report overtake one that is being written', () => {
    const outbox = new Outbox(0, 0);
    outbox.takeRoom(1);
    outbox.put(report(2));
    assert.equal(outbox.next, undefined);
    outbox.kept(1);
    assert.deepEqual(drain(outbox), ['#1', '2']);
  });

  it('waits no longer for a report whose write failed', () => {
    const outbox = new Outbox(0, 0);
    outbox.takeRoom(1);
    outbox.put(report(2));
    outbox.put(report(1));
    assert.deepEqual(drain(outbox), ['1', '2']);
    assert.equal(outbox.freeCount, OUTBOX_REPORTS_MAX);
  });

  it('drops the oldest heartbeat in RAM when that is full, then what is no receipt, never what is under way', () => {
    const outbox = new Outbox(0, 0);
    outbox.put(report(1, { isHeartbeat: true }));
    outbox.put(report(2));
    outbox.put(report(3, { isHeartbeat: true }));
    for (let seq = 4; seq <= REPORTS_IN_RAM_MAX; seq++) outbox.put(report(seq, { receipt: RECEIPT }));
    outbox.put(report(101, { receipt: RECEIPT }));
    outbox.put(report(102, { receipt: RECEIPT }));
    const receipts = Array.from({ length: REPORTS_IN_RAM_MAX - 3 }, (_, i) => `${i + 4}`);
    assert.deepEqual(drain(outbox), ['1', ...receipts, '101', '102']);
  });

  it('holds a bounded number in RAM, whatever they are', () => {
    for (const of of [{}, { isHeartbeat: true }, { receipt: RECEIPT }]) {
      const outbox = new Outbox(0, 0);
      for (let seq = 1; seq <= 1_000; seq++) outbox.put(report(seq, of));
      assert.equal(outbox.waitingCount, REPORTS_IN_RAM_MAX);
    }
  });
});
