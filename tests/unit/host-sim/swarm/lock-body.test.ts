import assert from 'node:assert/strict';
import type { Input, Output } from '../../../../firmware/lock/ports.js';
import { LockBody } from '../../../../host-sim/swarm/lock-body.js';
import { EventQueue } from '../../../../host-sim/world/event-queue.js';
import { FaultyFlash } from '../../../../host-sim/world/faulty-flash.js';
import { Prng } from '../../../../host-sim/world/prng.js';
import { Room } from '../../../../host-sim/world/room.js';
import { Wire } from '../../../../host-sim/world/wire.js';
import { ENGINE } from '../world/people.js';

/** A lock that nobody has paired, alone in a room. */
function play(writeMs = 0) {
  const queue = new EventQueue();
  const seen: string[] = [];
  const inputs: Input[] = [];
  const outputs: Output[] = [];
  const flash = new FaultyFlash(new Prng(1, 'flash'));
  const room = new Room(queue, new Prng(1, 'room'), {
    bolt: (bolt) => lock.give({ kind: 'bolt-sensed', bolt }),
    door: (door) => lock.give({ kind: 'door-sensed', door }),
  });
  const none = { latencyMs: 40, loss: 0, duplicates: 0, late: 0, drip: 0, sinkLosses: 0, sinkLostAcks: 0 };
  const wire = new Wire({
    queue,
    prng: new Prng(1, 'wire'),
    faults: none,
    ask: () => ({ kind: 'hang' }),
    deliver: () => {},
    count: () => {},
  });
  const lock: LockBody = new LockBody({
    queue,
    prng: new Prng(1, 'power'),
    engine: ENGINE,
    flash,
    room,
    wire,
    audience: {
      booted: () => seen.push('booted'),
      cut: () => seen.push('cut'),
      input: (input) => inputs.push(input),
      output: (output) => outputs.push(output),
      crashed: (error) => seen.push(`crashed: ${error instanceof Error ? error.message : ''}`),
    },
    entropy32: () => new Uint8Array(32).fill(0x21),
    pairingSecret16: new Uint8Array(16),
    buildUnixSeconds: 1_900_000_000,
    writeMs,
    onPairing: () => {},
  });
  return { queue, lock, flash, room, seen, inputs, outputs };
}

const kinds = (list: readonly (Input | Output)[]) => list.map(({ kind }) => kind);

describe('LockBody', () => {
  it('boots, hears its sensors, and has its identity in flash twice', () => {
    const { queue, lock, flash, inputs, seen } = play();
    lock.boot();
    lock.boot();
    queue.runTo(2_000);
    assert.deepEqual(kinds(inputs).slice(0, 1), ['boot']);
    assert.ok(kinds(inputs).includes('bolt-sensed') && kinds(inputs).includes('door-sensed'));
    assert.deepEqual(seen, ['booted']);
    assert.ok(flash.get('identity-a') !== undefined && flash.get('identity-b') !== undefined);
    assert.deepEqual([lock.boots, lock.uptimeMs, lock.isOn], [1, 2_000, true]);
  });

  it('hears nothing while the power is away, nor what an earlier boot has asked for', () => {
    const { queue, lock, inputs, seen } = play(60);
    lock.boot();
    lock.cut();
    const before = inputs.length;
    lock.give({ kind: 'button-pressed' });
    queue.runTo(5_000);
    assert.equal(inputs.length, before);
    lock.boot();
    assert.equal(lock.uptimeMs, 0);
    // The first boot's write was under way.
    assert.deepEqual(
      kinds(inputs.slice(before)).filter((kind) => kind === 'stored'),
      [],
    );
    assert.deepEqual(seen, ['booted', 'cut', 'booted']);
  });

  it('is cut after as many outputs as it is told', () => {
    for (const count of [1, 2, 3]) {
      const { queue, lock, outputs } = play();
      lock.cutIn(count);
      lock.boot();
      queue.runTo(2_000);
      assert.equal(outputs.length, count);
      assert.equal(lock.isOn, false);
    }
  });

  it('answers writes and reads in the order in which they were asked', () => {
    const { queue, lock, inputs, outputs } = play(15);
    lock.boot();
    queue.runTo(3_000);
    const asked = outputs.flatMap((output) => (output.kind === 'persist' ? [output.key] : []));
    const answered = inputs.flatMap((input) => (input.kind === 'stored' ? [input.key] : []));
    assert.ok(asked.length >= 3);
    assert.deepEqual(answered, asked);
  });

  it('boots again where the machine throws', () => {
    const { queue, lock, seen } = play();
    lock.boot();
    queue.runTo(2_000);
    const broken = {
      get kind(): 'tick' {
        throw new Error('a bug of ours');
      },
    };
    lock.give(broken);
    assert.deepEqual(seen, ['booted', 'crashed: a bug of ours', 'cut']);
    queue.runTo(5_000);
    assert.deepEqual([lock.isOn, lock.boots], [true, 2]);
  });
});
