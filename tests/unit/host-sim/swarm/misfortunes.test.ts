import assert from 'node:assert/strict';
import { Misfortunes } from '../../../../host-sim/swarm/misfortunes.js';
import type { Neighbourhood } from '../../../../host-sim/swarm/neighbour.js';
import { Rhythm } from '../../../../host-sim/swarm/rhythm.js';
import type { Weather } from '../../../../host-sim/swarm/weather.js';
import { EventQueue } from '../../../../host-sim/world/event-queue.js';
import { Prng } from '../../../../host-sim/world/prng.js';
import { FAIR_WEATHER } from '../checkers/fair-weather.js';
import type { WeatherChange } from '../checkers/scene.js';

const HOUR_MS = 3_600_000;
const SECOND_MS = 1_000;

/** What misfortunes befall, as plain as can be: each part only notes what is done to it. */
class Victims {
  readonly queue = new EventQueue();
  readonly faults: string[] = [];
  readonly nodes = [{ mood: 'honest' }, { mood: 'honest' }];
  readonly wire = { isPartitioned: false, isSinkDown: false, calm: () => this.#calmWire() };
  readonly room = {
    jamChance: 0.5,
    bounceChance: 0.5,
    sensorFault: 'none',
    isContactDead: false,
    senseChanges: () => {},
  };
  readonly flash = {
    refuses: false as boolean | string,
    rot: () => 'state-a',
    image: () => new Map(),
    rollBack: () => {},
  };
  readonly lock = {
    isOn: true,
    cut: () => this.#turn(false),
    // Nothing is asked of this lock's world: the power fails at once.
    cutIn: (count: number | undefined) => count !== undefined && this.#turn(false),
    boot: () => this.#turn(true),
  };
  baseFee = 1n;
  clockSeconds = 0;
  rollbacks = 0;
  depths: number[] = [];
  readonly misfortunes: Misfortunes;

  constructor(change: WeatherChange, hours = 6) {
    const weather = { ...FAIR_WEATHER } as Record<string, unknown>;
    for (const [part, changed] of Object.entries(change))
      weather[part] = { ...FAIR_WEATHER[part as keyof Weather], ...changed };
    const chain = {
      head: 600,
      setBaseFee: (fee: bigint) => {
        this.baseFee = fee;
      },
      mine: () => {},
      reorg: (depth: number) => {
        this.depths.push(depth);
        return [];
      },
    };
    const { queue, nodes, wire, room, flash, lock } = this;
    this.misfortunes = new Misfortunes({
      ...{ queue, nodes, wire, room, flash, lock, weather, chain },
      prng: (name: string) => new Prng(1, name),
      rhythm: new Rhythm(new Prng(1, 'rhythm'), hours),
      firstBlock: 590,
      owner: { resend: () => {} },
      nowSeconds: () => 0,
      count: (fault: string) => this.faults.push(fault),
      stepClock: (seconds: number) => {
        this.clockSeconds = seconds;
      },
      rolledBack: () => {
        this.rollbacks++;
      },
    } as unknown as Neighbourhood);
  }

  /** Whether anything is broken now. */
  get isBroken(): boolean {
    return (
      this.nodes.some(({ mood }) => mood !== 'honest') ||
      this.wire.isPartitioned ||
      this.wire.isSinkDown ||
      this.room.sensorFault !== 'none' ||
      this.room.isContactDead ||
      this.flash.refuses !== false ||
      this.baseFee !== 1n ||
      this.clockSeconds !== 0 ||
      !this.lock.isOn
    );
  }

  /** Lives on. @returns of so many seconds those in which something was broken */
  live(ms: number): number {
    let broken = 0;
    for (const endMs = this.queue.nowMs + ms; this.queue.nowMs < endMs; ) {
      this.queue.runTo(this.queue.nowMs + SECOND_MS);
      if (this.isBroken) broken++;
    }
    return broken;
  }

  #turn(isOn: boolean): void {
    this.lock.isOn = isOn;
  }

  #calmWire(): void {
    this.wire.isPartitioned = false;
    this.wire.isSinkDown = false;
  }
}

/** Each misfortune alone, at a rate of many a day, and the name under which it is counted. */
const ALONE: readonly (readonly [name: RegExp, change: WeatherChange, isLasting: boolean])[] = [
  [/^node /, { nodes: { moodsPerHour: 2, hostile: 0.5 } }, true],
  [/^partition$/, { network: { partitionsPerHour: 1 } }, true],
  [/^reorganisation (?:keep|reorder|delay|drop)$/, { chain: { reorgsPerHour: 1 } }, false],
  [/^fee spike$/, { chain: { feeSpikesPerHour: 1 } }, true],
  [/^flash refuses$/, { flash: { refusalsPerHour: 1 } }, true],
  [/^bit rot$/, { flash: { rotPerHour: 1 } }, false],
  [/^rollback$/, { flash: { rollbacksPerHour: 1 } }, true],
  [/^power cut$/, { power: { cutsPerHour: 1 } }, true],
  [/^clock step$/, { clock: { stepsPerHour: 1 } }, true],
  [/^sensor fault$/, { room: { sensorFaultsPerHour: 1 } }, true],
  [/^sink outage$/, { sink: { outagesPerHour: 0.5 } }, true],
];

describe('Misfortunes', () => {
  for (const [name, change, isLasting] of ALONE)
    it(`lets happen, and end in the calm: ${name.source}`, () => {
      const victims = new Victims(change);
      victims.misfortunes.start();
      const hours = 40;
      const broken = victims.live(hours * HOUR_MS);
      const { length } = victims.faults;
      assert.ok(length > 8 && victims.faults.every((fault) => name.test(fault)), victims.faults.join());
      if (isLasting) assert.ok(broken > 0 && broken < hours * 3_600, `${broken}`);
      else assert.equal(broken, 0);
      victims.misfortunes.calm();
      assert.deepEqual([victims.live(8 * HOUR_MS), victims.faults.length], [0, length]);
    });

  it('ends in the calm what is broken just then, jams and bounces too', () => {
    for (const [name, change, isLasting] of ALONE) {
      if (!isLasting) continue;
      const victims = new Victims(change);
      victims.misfortunes.start();
      while (!victims.isBroken) victims.live(SECOND_MS);
      victims.misfortunes.calm();
      assert.equal(victims.isBroken, false, name.source);
      assert.deepEqual([victims.room.jamChance, victims.room.bounceChance], [0, 0]);
      assert.equal(victims.live(4 * HOUR_MS), 0, name.source);
    }
  });

  it('lets nothing happen in fair weather', () => {
    const victims = new Victims({});
    victims.misfortunes.start();
    assert.deepEqual([victims.live(40 * HOUR_MS), victims.faults], [0, []]);
  });

  it('reorganises nothing that lies before the registration', () => {
    const victims = new Victims({ chain: { reorgsPerHour: 5 } });
    victims.misfortunes.start();
    victims.live(40 * HOUR_MS);
    assert.ok(victims.depths.length > 50);
    assert.deepEqual([Math.min(...victims.depths), Math.max(...victims.depths)], [1, 10]);
  });

  it('puts back what flash held before, and says so to everybody', () => {
    const victims = new Victims({ flash: { rollbacksPerHour: 1 } });
    victims.misfortunes.start();
    victims.live(40 * HOUR_MS);
    assert.equal(victims.rollbacks, victims.faults.length);
  });

  it('has every node lie where all do, and mends none at rest', () => {
    const victims = new Victims({ nodes: { isAllByzantine: true } }, 48);
    victims.misfortunes.start();
    assert.deepEqual(
      victims.nodes.map(({ mood }) => mood),
      ['lying', 'lying'],
    );
    victims.live(24 * HOUR_MS);
    assert.deepEqual(victims.faults, ['every node lies']);
    assert.ok(victims.nodes.every(({ mood }) => mood === 'lying'));
    victims.misfortunes.calm();
    assert.equal(victims.isBroken, false);
  });

  it('mends most nodes when the rest begins', () => {
    const mended = [0, 1, 2, 3, 4].map((day) => {
      const victims = new Victims({}, 48);
      victims.misfortunes.start();
      victims.live(day * 24 * HOUR_MS);
      for (const node of victims.nodes) node.mood = 'stale';
      victims.live(2 * HOUR_MS);
      return victims.nodes.filter(({ mood }) => mood === 'honest').length;
    });
    assert.ok(
      mended.every((count) => count > 0),
      mended.join(),
    );
  });
});
