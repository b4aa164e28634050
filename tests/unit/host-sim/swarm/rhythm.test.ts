import assert from 'node:assert/strict';
import { DailyPrng, REST_FACTOR, RESTLESS_HOURS_MAX, Rhythm } from '../../../../host-sim/swarm/rhythm.js';
import { Prng } from '../../../../host-sim/world/prng.js';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const rhythmOf = (seed: number, hours = 48) => new Rhythm(new Prng(seed, 'rhythm'), hours);
const SEEDS = Array.from({ length: 200 }, (_, i) => i + 1);
const isRestless = (rhythm: Rhythm) => rhythm.nextRestMs(0) === undefined;
const restful = rhythmOf(1);

describe('Rhythm', () => {
  it('lets no world of up to six hours rest', () => {
    for (const seed of SEEDS) {
      const rhythm = rhythmOf(seed, RESTLESS_HOURS_MAX);
      assert.ok(isRestless(rhythm));
      assert.equal(rhythm.stretch(5 * HOUR_MS, 1_234), 1_234);
    }
  });

  it('lets longer worlds rest but for 40 minutes to two hours of each day', () => {
    for (const seed of SEEDS) {
      const { bustles } = rhythmOf(seed);
      const bustleMs = bustles.reduce((sum, { fromMs, toMs }) => sum + toMs - fromMs, 0);
      assert.ok(bustleMs >= HOUR_MS / 1.5 && bustleMs <= 2 * HOUR_MS, `seed ${seed}: ${bustleMs} ms`);
      assert.equal(bustles.length, 2);
      assert.equal(bustles[0]?.fromMs, 0);
    }
  });

  it('is the same each day', () => {
    for (let ms = 0; ms < DAY_MS; ms += 600_000)
      assert.equal(restful.isRest(ms), restful.isRest(ms + 3 * DAY_MS));
  });

  it('finds the beginning of each rest', () => {
    const [first, second] = restful.bustles.map(({ toMs }) => toMs);
    assert.ok(first !== undefined && second !== undefined);
    assert.equal(restful.nextRestMs(0), first);
    assert.equal(restful.nextRestMs(first), second);
    assert.equal(restful.nextRestMs(second), DAY_MS + first);
  });

  it('stretches what lies in the rest, and nothing else', () => {
    const [morning, evening] = restful.bustles;
    assert.ok(morning !== undefined && evening !== undefined);
    const restMs = evening.fromMs - morning.toMs;
    assert.equal(restful.stretch(0, 1_000), 1_000);
    assert.equal(restful.stretch(morning.toMs, 1_000), 1_000 * REST_FACTOR);
    assert.equal(restful.stretch(morning.toMs - 400, 1_000), 400 + 600 * REST_FACTOR);
    const overRest = 400 + restMs / REST_FACTOR + 77;
    assert.equal(restful.stretch(morning.toMs - 400, overRest), 400 + restMs + 77);
    assert.equal(restful.stretch(0, Number.POSITIVE_INFINITY), Number.POSITIVE_INFINITY);
  });
});

describe('DailyPrng', () => {
  it('draws as any other, and waits longer in the rest', () => {
    let nowMs = 0;
    const daily = new DailyPrng(7, 'somebody', restful, () => nowMs);
    const plain = new Prng(7, 'somebody');
    assert.equal(daily.waitMs(1_000_000), plain.waitMs(1_000_000));
    nowMs = restful.bustles[0]?.toMs ?? 0;
    assert.equal(daily.waitMs(1_000_000), plain.waitMs(1_000_000) * REST_FACTOR);
    assert.equal(daily.uint32(), plain.uint32());
    assert.equal(daily.waitMs(0), Number.POSITIVE_INFINITY);
  });
});
