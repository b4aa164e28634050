import assert from 'node:assert/strict';
import { ACTION } from '../../../../firmware/protocol/order.js';
import { FloodingGuest } from '../../../../host-sim/swarm/flooding-guest.js';
import type { Neighbourhood } from '../../../../host-sim/swarm/neighbour.js';
import { EventQueue } from '../../../../host-sim/world/event-queue.js';
import { Prng } from '../../../../host-sim/world/prng.js';
import { FAIR_WEATHER } from '../checkers/fair-weather.js';

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;
const ALL_RIGHTS = 3;

interface Flood {
  readonly rights: number;
  readonly grantedMs: number;
  /** When each order of the guest was sent, and what it asks for. */
  readonly orders: { readonly atMs: number; readonly action: number }[];
  ownersLockMs: number | undefined;
  wasHelped: boolean;
}

/** Floods, each with what came of the grant that began it. */
function play(floodsPerHour: number, guests: readonly string[] = ['guest'], isAllByzantine = false) {
  const queue = new EventQueue();
  const floods: Flood[] = [];
  const nodes = [{ mood: 'honest' }, { mood: 'honest' }];
  const faults: string[] = [];
  const guest = new FloodingGuest({
    queue,
    guests,
    nodes,
    weather: {
      ...FAIR_WEATHER,
      nodes: { ...FAIR_WEATHER.nodes, isAllByzantine },
      people: { ...FAIR_WEATHER.people, floodsPerHour },
    },
    prng: (name: string) => new Prng(1, name),
    count: (fault: string) => faults.push(fault),
    tell: () => {},
    owner: {
      grant: (_guest: string, isRevoked: boolean, { rights }: { rights: number }) => {
        assert.equal(isRevoked, false);
        floods.push({
          rights,
          grantedMs: queue.nowMs,
          orders: [],
          ownersLockMs: undefined,
          wasHelped: false,
        });
      },
      guestOrder: (_guest: string, action: number) => {
        const flood = floods.at(-1) as Flood;
        flood.orders.push({ atMs: queue.nowMs, action });
        flood.wasHelped ||= nodes.some(({ mood }) => mood === 'replaying');
      },
      order: (action: number, isSure: boolean) => {
        assert.deepEqual([action, isSure], [ACTION.lock, true]);
        (floods.at(-1) as Flood).ownersLockMs = queue.nowMs;
      },
    },
  } as unknown as Neighbourhood);
  return { queue, guest, floods, nodes, faults };
}

/** Floods that nothing overlaps: rare ones, and of each a whole one. */
function playLong() {
  const world = play(0.02);
  world.guest.start();
  world.queue.runTo(2_000 * HOUR_MS);
  return world;
}

describe('FloodingGuest', () => {
  it('is granted something, floods, and has the owner wish the door locked amid that', () => {
    const { floods, faults } = playLong();
    assert.ok(floods.length > 20);
    assert.deepEqual([...new Set(faults)], ['flood of orders']);
    for (const { orders, grantedMs, ownersLockMs } of floods) {
      const times = orders.map(({ atMs }) => atMs);
      const [first, last] = [Math.min(...times), Math.max(...times)];
      assert.ok(orders.length >= 60 && orders.length <= 200, `${orders.length}`);
      assert.ok(first >= grantedMs + 90_000 && last <= grantedMs + 90_000 + 4 * MINUTE_MS);
      assert.ok(ownersLockMs !== undefined && ownersLockMs > first && ownersLockMs < last);
    }
  });

  it('asks for what was granted, or with fewer rights for everything, by a node that replays', () => {
    const { floods, nodes } = playLong();
    for (const { rights, orders, wasHelped } of floods) {
      const highest = Math.max(...orders.map(({ action }) => action));
      assert.equal(wasHelped, rights !== ALL_RIGHTS);
      assert.equal(highest <= ACTION.unlockThenRelock, rights === ALL_RIGHTS);
    }
    assert.deepEqual([...new Set(floods.map(({ rights }) => rights))].sort(), [1, 2, 3]);
    assert.ok(nodes.every(({ mood }) => mood === 'honest'));
  });

  it('mends no node where all lie', () => {
    const { queue, guest, nodes } = play(0.02, ['guest'], true);
    guest.start();
    queue.runTo(2_000 * HOUR_MS);
    assert.ok(nodes.some(({ mood }) => mood === 'replaying'));
  });

  it('stops in the calm, in the midst of a flood', () => {
    const { queue, guest, floods } = play(1);
    guest.start();
    while ((floods.at(-1)?.orders.length ?? 0) < 20) queue.runTo(queue.nowMs + 1_000);
    guest.calm();
    const count = () => floods.reduce((sum, { orders }) => sum + orders.length, floods.length);
    const before = count();
    queue.runTo(queue.nowMs + 20 * HOUR_MS);
    assert.equal(count(), before);
  });

  it('comes neither where there are no guests, nor where none floods', () => {
    for (const { queue, guest, floods } of [play(1, []), play(0)]) {
      guest.start();
      queue.runTo(20 * HOUR_MS);
      assert.deepEqual(floods, []);
    }
  });
});
