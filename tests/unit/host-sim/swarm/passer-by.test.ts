import assert from 'node:assert/strict';
import type { Output } from '../../../../firmware/lock/ports.js';
import type { Neighbourhood } from '../../../../host-sim/swarm/neighbour.js';
import { PasserBy } from '../../../../host-sim/swarm/passer-by.js';
import { EventQueue } from '../../../../host-sim/world/event-queue.js';
import { KeenPrng } from './keen-prng.js';

const boltIs = (position: 'locked' | 'jammed' | 'unknown'): Output => ({
  kind: 'notice',
  notice: { event: 'bolt', position, cause: 'command' },
});

function play(isHere = true) {
  const queue = new EventQueue();
  const seen: string[] = [];
  const parts = {
    queue,
    lock: { give: ({ kind }: { kind: string }) => seen.push(kind) },
    prng: (name: string) => new KeenPrng(isHere, 1, name),
    count: (fault: string) => seen.push(fault),
  };
  const passerBy = new PasserBy(parts as unknown as Neighbourhood);
  passerBy.start();
  return { queue, passerBy, seen };
}

describe('PasserBy', () => {
  it('presses outside where the bolt is stuck, or nobody knows where it is', () => {
    for (const position of ['jammed', 'unknown'] as const) {
      const { queue, passerBy, seen } = play();
      passerBy.output(boltIs(position));
      queue.runTo(499);
      assert.deepEqual(seen, []);
      queue.runTo(20_000);
      assert.deepEqual(seen, ['a press outside', 'outside-pressed']);
    }
  });

  it('lets a bolt be that arrives, and all bolts where nobody comes by', () => {
    const { queue, passerBy, seen } = play();
    passerBy.output(boltIs('locked'));
    passerBy.output({ kind: 'stop-bolt' });
    queue.runTo(60_000);
    const away = play(false);
    away.passerBy.output(boltIs('jammed'));
    away.queue.runTo(60_000);
    assert.deepEqual([...seen, ...away.seen], []);
  });

  it('presses no more in the calm', () => {
    const { queue, passerBy, seen } = play();
    passerBy.output(boltIs('jammed'));
    passerBy.calm();
    passerBy.output(boltIs('jammed'));
    queue.runTo(60_000);
    assert.deepEqual(seen, []);
  });
});
