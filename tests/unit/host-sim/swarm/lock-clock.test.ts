import assert from 'node:assert/strict';
import { LockClock } from '../../../../host-sim/swarm/lock-clock.js';
import type { Weather } from '../../../../host-sim/swarm/weather.js';
import { Prng } from '../../../../host-sim/world/prng.js';

const NOW = 1_900_000_000;
const LATE_MS_MAX = 1_800_000;

const clockOf = (kind: Weather['clock']['kind'], seed = 1) => new LockClock(kind, new Prng(seed, 'clock'));

describe('LockClock', () => {
  it('tells the true time, and how far beside it it was ever told', () => {
    const clock = clockOf('true');
    assert.equal(clock.tell(NOW, 0), NOW);
    assert.deepEqual([clock.aheadSeconds, clock.behindSeconds], [0, 0]);
    for (const offset of [40, -30, 20]) {
      clock.step(offset);
      assert.equal(clock.tell(NOW, 0), NOW + offset);
    }
    assert.deepEqual([clock.aheadSeconds, clock.behindSeconds], [40, 30]);
  });

  it('notes nothing of a step that nobody was told', () => {
    const clock = clockOf('true');
    clock.step(40);
    clock.step(0);
    clock.tell(NOW, 0);
    assert.equal(clock.aheadSeconds, 0);
  });

  it('tells a lock without a clock nothing before the calm', () => {
    const clock = clockOf('none');
    assert.equal(clock.tell(NOW, 0), undefined);
    assert.equal(clock.tell(NOW, 86_400_000), undefined);
    clock.calm();
    assert.equal(clock.tell(NOW, 0), NOW);
  });

  it('tells the time late in each boot, by another wait', () => {
    const clock = clockOf('late');
    const waits = [1, 2, 3].map(() => {
      let uptimeMs = 0;
      while (clock.tell(NOW, uptimeMs) === undefined) uptimeMs += 1_000;
      assert.ok(uptimeMs <= LATE_MS_MAX + 1_000);
      assert.equal(clock.tell(NOW, uptimeMs + 1_000), NOW);
      return uptimeMs;
    });
    assert.ok(new Set(waits).size > 1 && Math.max(...waits) > 60_000, waits.join());
  });

  it('is right in the calm, at once', () => {
    for (const kind of ['true', 'none', 'late', 'jumping'] as const) {
      const clock = clockOf(kind);
      clock.step(4_000);
      clock.calm();
      assert.equal(clock.tell(NOW, 0), NOW, kind);
      assert.deepEqual([clock.aheadSeconds, clock.behindSeconds], [0, 0]);
    }
  });
});
