import assert from 'node:assert/strict';
import type { Input } from '../../../../firmware/lock/ports.js';
import { Trace, timeOf } from '../../../../host-sim/swarm/trace.js';

const PRESS: Input = { kind: 'button-pressed' };

describe('Trace', () => {
  it('has the same digest for the same things at the same times, and another for any other', () => {
    const digest = (act: (trace: Trace) => void, nowMs = 5) => {
      const trace = new Trace(() => nowMs);
      act(trace);
      return trace.digest;
    };
    const write = (byte: number) => (trace: Trace) =>
      trace.output({ kind: 'persist', key: 'state-a', bytes: Uint8Array.of(1, byte) });
    assert.equal(digest(write(2)), digest(write(2)));
    assert.match(digest(write(2)), /^[0-9a-f]{16}$/);
    const others = [
      digest(write(3)),
      digest(write(2), 6),
      digest((trace) => trace.input(PRESS)),
      digest(() => {}),
    ];
    assert.equal(new Set([digest(write(2)), ...others]).size, 5);
  });

  it('writes what people want to see, and stays the same for it', () => {
    const lines: string[] = [];
    const told = new Trace(
      () => 61_005,
      (line) => lines.push(line),
    );
    const silent = new Trace(() => 61_005);
    for (const trace of [told, silent]) {
      trace.tell('power on');
      trace.input(PRESS);
      trace.input({ kind: 'tick' });
      trace.output({ kind: 'drive-bolt', target: 'unlocked' });
      trace.output({ kind: 'wake-at', uptimeMs: 9 });
    }
    assert.deepEqual(lines, [
      '00:01:01.005  power on',
      '00:01:01.005    > button-pressed',
      '00:01:01.005  <   drive bolt unlocked',
    ]);
    assert.equal(told.digest, silent.digest);
  });
});

describe('timeOf', () => {
  it('counts hours on past a day', () => {
    assert.equal(timeOf(0), '00:00:00.000');
    assert.equal(timeOf(100 * 3_600_000 + 59_999), '100:00:59.999');
  });
});
