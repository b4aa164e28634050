import assert from 'node:assert/strict';
import { Blackouts } from '../../../../host-sim/swarm/blackouts.js';
import type { Neighbourhood } from '../../../../host-sim/swarm/neighbour.js';
import { EventQueue } from '../../../../host-sim/world/event-queue.js';
import { Prng } from '../../../../host-sim/world/prng.js';
import { FAIR_WEATHER } from '../checkers/fair-weather.js';

const MINUTE_MS = 60_000;
const LEASE_MINUTES = 60;

/** Three nodes, and how long each blackout was, minutes. */
function play(blackoutsPerHour: number) {
  const queue = new EventQueue();
  const nodes = [1, 2, 3].map(() => ({ isAway: false }));
  const faults: string[] = [];
  const weather = {
    ...FAIR_WEATHER,
    nodes: { ...FAIR_WEATHER.nodes, blackoutsPerHour },
    texts: new Map([['guest-lease', '1']]),
  };
  const parts = {
    queue,
    nodes,
    weather,
    prng: (name: string) => new Prng(1, name),
    count: (fault: string) => faults.push(fault),
  };
  const blackouts = new Blackouts(parts as unknown as Neighbourhood);
  const away = () => nodes.map(({ isAway }) => isAway);
  return { queue, blackouts, faults, away };
}

describe('Blackouts', () => {
  it('takes all nodes but one away for longer than the lease of guests, and gives them back', () => {
    const { queue, blackouts, faults, away } = play(1);
    blackouts.start();
    let minutes = 0;
    const lengths: number[] = [];
    for (let minute = 0; minute < 24 * 60; minute++) {
      queue.runTo(minute * MINUTE_MS);
      const [first, second, third] = away();
      assert.deepEqual([first, second], [false, third]);
      if (second === true) minutes++;
      else if (minutes > 0) {
        lengths.push(minutes);
        minutes = 0;
      }
    }
    assert.ok(lengths.length > 2 && faults.length >= lengths.length, lengths.join());
    assert.ok(lengths.every((length) => length >= LEASE_MINUTES && length <= LEASE_MINUTES + 61));
    assert.deepEqual([...new Set(faults)], ['blackout']);
  });

  it('ends one in the calm, and begins no other', () => {
    const { queue, blackouts, faults, away } = play(60);
    blackouts.start();
    while (!away().includes(true)) queue.runTo(queue.nowMs + 1_000);
    blackouts.calm();
    const { length } = faults;
    assert.deepEqual(away(), [false, false, false]);
    queue.runTo(queue.nowMs + 600 * MINUTE_MS);
    assert.deepEqual([away(), faults.length], [[false, false, false], length]);
  });

  it('begins none where the calm comes first', () => {
    const { queue, blackouts, faults, away } = play(60);
    blackouts.start();
    blackouts.calm();
    queue.runTo(queue.nowMs + 600 * MINUTE_MS);
    assert.deepEqual([away(), faults], [[false, false, false], []]);
  });

  it('does nothing in a world without blackouts', () => {
    const { queue, blackouts, faults } = play(0);
    blackouts.start();
    queue.runTo(600 * MINUTE_MS);
    assert.deepEqual(faults, []);
  });
});
