import assert from 'node:assert/strict';
import { guardEngine } from '../../../../firmware/crypto/guarded-engine.js';
import { createNobleEngine } from '../../../../firmware/crypto/noble-engine.js';
import type { Command } from '../../../../firmware/protocol/command.js';
import {
  digestOf,
  progressOf,
  replayHistory,
  type SignedEvent,
  startOf,
} from '../../../../tools/latchkey/access-history.js';

const engine = guardEngine(createNobleEngine());
const NOW = 1_800_000_000;
const [owner, buyer, anna, bert] = [1, 2, 3, 4].map((byte) => new Uint8Array(20).fill(byte)) as [
  Uint8Array,
  Uint8Array,
  Uint8Array,
  Uint8Array,
];

function event(command: Command, by = owner, atSeconds = NOW): SignedEvent {
  return { signed: { by, nonce: BigInt(atSeconds), command }, tx: new Uint8Array(32), atSeconds };
}

function grant(guest: Uint8Array, serial: number, rights = 3, epoch = 1): Command {
  return {
    kind: 'grant',
    guest,
    terms: {
      notBeforeSeconds: 0,
      notAfterSeconds: NOW + 86_400,
      rights,
      weekdays: 0x7f,
      dayStartMinutes: 0,
      dayEndMinutes: 0,
      uses: 0,
      epoch,
      serial,
    },
  };
}

const handover: Command = {
  kind: 'handover',
  to: buyer,
  epoch: 1,
  newEpoch: 2,
  notAfterSeconds: NOW + 86_400,
};
const start = startOf(owner, 1);
const replay = (...events: readonly SignedEvent[]) => replayHistory(engine, start, events);

describe('replayHistory', () => {
  it("holds what the owner's signed grants leave, in their order", () => {
    const steps = replay(
      event(grant(anna, NOW)),
      event(grant(bert, NOW)),
      event(grant(anna, NOW + 1, 0)),
      event(grant(anna, NOW)),
      event(grant(bert, NOW + 9), anna),
    );
    assert.deepEqual(
      steps.map(({ verdict }) => (verdict.ok ? 'ok' : verdict.reason)),
      ['ok', 'ok', 'ok', 'serial', 'unknown-sender'],
    );
    const rights = steps.at(-1)?.authority.access.entries.map(({ terms }) => terms.rights);
    assert.deepEqual(rights, [0, 3]);
  });

  it('goes on with the new owner after a handover', () => {
    const steps = replay(event(grant(anna, NOW)), event(handover), event(grant(bert, NOW + 1, 3, 2), buyer));
    const { authority } = steps.at(-1) ?? assert.fail();
    assert.deepEqual([authority.owner, authority.epoch, authority.access.entries.length], [buyer, 2, 1]);
  });
});

describe('progressOf', () => {
  const steps = replay(event(grant(anna, NOW)), event(grant(bert, NOW)), event(grant(anna, NOW + 1, 0)));
  const report = (count: number, change: object = {}) => ({
    owner,
    epoch: 1,
    accessDigest16: count === 0 ? digestOf(engine, start) : (steps[count - 1]?.digest16 ?? assert.fail()),
    ...change,
  });
  const progress = (count: number, change: object = {}) =>
    progressOf(engine, start, steps, report(count, change));

  it('knows how many steps a report proves', () => {
    assert.deepEqual(progress(3), { kind: 'applied' });
    assert.deepEqual(progress(2), { kind: 'behind', count: 2 });
    assert.deepEqual(progress(0), { kind: 'behind', count: 0 });
    assert.deepEqual(progressOf(engine, start, [], report(0)), { kind: 'applied' });
  });

  it('counts what changed nothing as applied', () => {
    const idle = replay(event(grant(anna, NOW)), event(grant(anna, NOW - 5)));
    const accessDigest16 = idle[0]?.digest16 ?? assert.fail();
    assert.deepEqual(progressOf(engine, start, idle, { owner, epoch: 1, accessDigest16 }), {
      kind: 'applied',
    });
  });

  it('says what differs where nothing fits', () => {
    assert.deepEqual(progress(3, { owner: buyer }), { kind: 'differs', what: 'owner' });
    assert.deepEqual(progress(3, { owner: undefined }), { kind: 'differs', what: 'owner' });
    assert.deepEqual(progress(3, { epoch: 2 }), { kind: 'differs', what: 'epoch' });
    assert.deepEqual(progress(3, { accessDigest16: new Uint8Array(16) }), {
      kind: 'differs',
      what: 'guests',
    });
  });
});
