import assert from 'node:assert/strict';
import { ACTION } from '../../../../firmware/protocol/order.js';
import { Household } from '../../../../host-sim/swarm/household.js';
import type { Neighbourhood } from '../../../../host-sim/swarm/neighbour.js';
import type { Weather } from '../../../../host-sim/swarm/weather.js';
import { EventQueue } from '../../../../host-sim/world/event-queue.js';
import { Prng } from '../../../../host-sim/world/prng.js';
import { FAIR_WEATHER } from '../checkers/fair-weather.js';

const HOUR_MS = 3_600_000;

interface Habits {
  readonly people?: Partial<Weather['people']>;
  readonly room?: Partial<Weather['room']>;
  readonly formerOwners?: readonly string[];
  readonly guests?: readonly string[];
}

/** A household whose owner, room and lock only note what is done. */
function play({ people, room: habits, formerOwners = [], guests = ['guest'] }: Habits) {
  const queue = new EventQueue();
  const done: string[] = [];
  const note = (what: string) => done.push(what);
  const room = {
    bolt: 'unlocked',
    turn: (target: string) => note(`turn ${target}`),
    moveDoor: (door: string) => note(`door ${door}`),
  };
  const household = new Household({
    queue,
    room,
    guests,
    weather: {
      ...FAIR_WEATHER,
      people: { ...FAIR_WEATHER.people, ...people },
      room: { ...FAIR_WEATHER.room, ...habits },
    },
    prng: (name: string) => new Prng(1, name),
    lock: { give: ({ kind }: { kind: string }) => note(kind) },
    owner: {
      formerOwners,
      order: (action: number) => note(`order ${action}`),
      signOdd: () => note('odd'),
      grant: (guest: string, isRevoked: boolean) => note(`${isRevoked ? 'revoke' : 'grant'} ${guest}`),
      guestOrder: (guest: string, action: number) => note(`${guest} ${action}`),
      handOver: () => note('hand over'),
    },
    tell: () => {},
  } as unknown as Neighbourhood);
  /** What is done in so many hours, each once. */
  const live = (hours: number) => {
    household.start();
    queue.runTo(hours * HOUR_MS);
    return new Set(done);
  };
  return { queue, household, room, done, live };
}

describe('Household', () => {
  it('does nothing where nobody lives', () => {
    assert.deepEqual([...play({}).live(100)], []);
  });

  it('has an owner who orders all there is to order, odd things too', () => {
    const expected = Object.values(ACTION).map((action) => `order ${action}`);
    const done = play({ people: { ordersPerHour: 4 } }).live(100);
    assert.deepEqual([...done].sort(), ['odd', ...expected]);
  });

  it('has an owner who grants and revokes, where there is anybody to grant something', () => {
    assert.deepEqual([...play({ people: { grantsPerHour: 1 } }).live(50)].sort(), [
      'grant guest',
      'revoke guest',
    ]);
    assert.deepEqual([...play({ people: { grantsPerHour: 1 }, guests: [] }).live(50)], []);
  });

  it('has guests who order the bolt and privacy, and now and then the same a dozen times', () => {
    const { done, live } = play({ people: { guestOrdersPerHour: 1 } });
    assert.deepEqual([...live(100)].sort(), ['guest 1', 'guest 2', 'guest 3', 'guest 4']);
    assert.ok(done.length > 120, `${done.length}`);
    assert.deepEqual([...play({ people: { guestOrdersPerHour: 1, guests: 0 } }).live(50)], []);
  });

  it('hands over, and whoever was the owner before still tries', () => {
    const change = { people: { handoversPerHour: 1, ordersPerHour: 1 }, formerOwners: ['seller'] };
    const done = play(change).live(50);
    assert.ok(done.has('hand over') && done.has(`seller ${ACTION.unlock}`));
  });

  it('has hands at the bolt, at both buttons and at the door', () => {
    assert.deepEqual([...play({ room: { handsPerHour: 1 } }).live(50)].sort(), [
      'turn locked',
      'turn unlocked',
    ]);
    assert.deepEqual([...play({ room: { pressesPerHour: 1 } }).live(50)].sort(), [
      'button-pressed',
      'outside-pressed',
    ]);
    const done = play({ room: { doorsPerHour: 1 } }).live(50);
    for (const what of [
      'door open',
      'door closed',
      `order ${ACTION.lock}`,
      'outside-pressed',
      'button-pressed',
    ])
      assert.ok(done.has(what), what);
  });

  it('seldom opens a door that is locked', () => {
    const unlocked = play({ room: { doorsPerHour: 1 } });
    const locked = play({ room: { doorsPerHour: 1 } });
    locked.room.bolt = 'locked';
    const opened = [unlocked, locked].map(({ done, live }) => {
      live(300);
      return done.filter((what) => what === 'door open').length;
    });
    assert.ok((opened[1] ?? 0) > 0 && (opened[1] ?? 0) * 5 < (opened[0] ?? 0), opened.join());
  });

  it('shuts the door in the calm, and does no more than it has begun', () => {
    const { queue, household, done, live } = play({
      people: { ordersPerHour: 9, grantsPerHour: 9, guestOrdersPerHour: 9, handoversPerHour: 9 },
      room: { handsPerHour: 9, pressesPerHour: 9, doorsPerHour: 9 },
    });
    live(1);
    household.calm();
    assert.equal(done.at(-1), 'door closed');
    done.length = 0;
    queue.runTo(50 * HOUR_MS);
    // Somebody who has changed their mind may say so still, and a door falls shut.
    for (const what of done) assert.match(what, /^(?:order [123]|door closed)$/);
    assert.ok(done.length < 20);
  });
});
