import assert from 'node:assert/strict';
import { LooseFuse } from '../../../../host-sim/swarm/loose-fuse.js';
import type { Neighbourhood } from '../../../../host-sim/swarm/neighbour.js';
import { EventQueue } from '../../../../host-sim/world/event-queue.js';
import { FAIR_WEATHER } from '../checkers/fair-weather.js';
import { KeenPrng } from './keen-prng.js';

const DRIVE = { kind: 'drive-bolt', target: 'locked' } as const;

function play(isLoose = true, cutsPerHour = 1) {
  const queue = new EventQueue();
  const seen: (readonly [what: string, atMs: number])[] = [];
  const note = (what: string) => seen.push([what, queue.nowMs]);
  const parts = {
    queue,
    weather: { ...FAIR_WEATHER, power: { cutsPerHour, offMsMax: 0 } },
    lock: { cut: () => note('cut'), boot: () => note('boot') },
    prng: (name: string) => new KeenPrng(isLoose, 1, name),
    count: note,
  };
  const fuse = new LooseFuse(parts as unknown as Neighbourhood);
  fuse.start();
  return { queue, fuse, seen };
}

const whats = (seen: readonly (readonly [string, number])[]) => seen.map(([what]) => what).join();

describe('LooseFuse', () => {
  it('fails while the bolt travels, and gives the power back', () => {
    const { queue, fuse, seen } = play();
    queue.runTo(5_000);
    fuse.output(DRIVE);
    queue.runTo(5_900);
    assert.equal(whats(seen), 'fuse,cut');
    queue.runTo(66_000);
    assert.equal(whats(seen), 'fuse,cut,boot');
  });

  it('fails at nothing but the motor, only where it is loose, and in no world without cuts', () => {
    const { queue, fuse, seen } = play();
    fuse.output({ kind: 'stop-bolt' });
    queue.runTo(60_000);
    for (const other of [play(false), play(true, 0)]) {
      other.fuse.output(DRIVE);
      other.queue.runTo(60_000);
      seen.push(...other.seen);
    }
    assert.deepEqual(seen, []);
  });

  it('fails no more in the calm, though the bolt travels, but gives the power back', () => {
    const { queue, fuse, seen } = play();
    fuse.output(DRIVE);
    fuse.calm();
    fuse.output(DRIVE);
    queue.runTo(60_000);
    assert.deepEqual(seen, []);
    const cut = play();
    cut.fuse.output(DRIVE);
    cut.queue.runTo(900);
    cut.fuse.calm();
    cut.queue.runTo(61_000);
    assert.equal(whats(cut.seen), 'fuse,cut,boot');
  });
});
