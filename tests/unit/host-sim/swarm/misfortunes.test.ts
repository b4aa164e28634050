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
    senseChanges: () => {
      this.senses++;
    },
  };
  readonly flash = {
    refuses: false as boolean | string,
    rot: () => 'state-a',
    image: () => new Map([['seconds', this.queue.nowMs / SECOND_MS]]),
    rollBack: (image: ReadonlyMap<string, number>) => this.images.push(image.get('seconds') ?? Infinity),
  };
  readonly lock = {
    isOn: true,
    cut: () => this.#cut(undefined),
    // This lock asks nothing of its world: the power fails at once.
    cutIn: (count: number | undefined) => count !== undefined && this.#cut(count),
    boot: () => this.#turn(true),
  };
  /** After how many outputs each cut was to come; undefined is at once. */
  readonly cuts: (number | undefined)[] = [];
  baseFee = 1n;
  clockSeconds = 0;
  rollbacks = 0;
  /** How often the sensors spoke, what was put back and when it was made, and what was sent again. */
  senses = 0;
  readonly images: number[] = [];
  readonly resent: boolean[] = [];
  /** How often something that was broken was mended. */
  mendings = 0;
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
      owner: { resend: (_: unknown, isCareful: boolean) => this.resent.push(isCareful) },
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
    let wasBroken = this.isBroken;
    for (const endMs = this.queue.nowMs + ms; this.queue.nowMs < endMs; ) {
      this.queue.runTo(this.queue.nowMs + SECOND_MS);
      if (this.isBroken) broken++;
      else if (wasBroken) this.mendings++;
      wasBroken = this.isBroken;
    }
    return broken;
  }

  #turn(isOn: boolean): void {
    this.lock.isOn = isOn;
  }

  #cut(count: number | undefined): void {
    this.cuts.push(count);
    this.#turn(false);
  }

  #calmWire(): void {
    this.wire.isPartitioned = false;
    this.wire.isSinkDown = false;
  }
}

/** Each misfortune alone, at a rate of many a day, and the name under which it is counted. */
const ALONE: readonly (readonly [name: RegExp, change: WeatherChange, how: 'ends' | 'stays' | 'passes'])[] = [
  [/^node /, { nodes: { moodsPerHour: 2, hostile: 0.5 } }, 'ends'],
  [/^partition$/, { network: { partitionsPerHour: 1 } }, 'ends'],
  [/^reorganisation (?:keep|reorder|delay|drop)$/, { chain: { reorgsPerHour: 1 } }, 'passes'],
  [/^fee spike$/, { chain: { feeSpikesPerHour: 1 } }, 'ends'],
  [/^flash refuses$/, { flash: { refusalsPerHour: 1 } }, 'ends'],
  [/^bit rot$/, { flash: { rotPerHour: 1 } }, 'passes'],
  [/^rollback$/, { flash: { rollbacksPerHour: 1 } }, 'ends'],
  [/^power cut$/, { power: { cutsPerHour: 1 } }, 'ends'],
  [/^clock step$/, { clock: { stepsPerHour: 1 } }, 'stays'],
  [/^sensor fault$/, { room: { sensorFaultsPerHour: 1 } }, 'ends'],
  [/^sink outage$/, { sink: { outagesPerHour: 0.5 } }, 'ends'],
];

describe('Misfortunes', () => {
  for (const [name, change, how] of ALONE)
    it(`lets happen, and end in the calm: ${name.source}`, () => {
      const victims = new Victims(change);
      victims.misfortunes.start();
      const hours = 40;
      const broken = victims.live(hours * HOUR_MS);
      const { length } = victims.faults;
      assert.ok(length > 8 && victims.faults.every((fault) => name.test(fault)), victims.faults.join());
      assert.equal(broken > 0, how !== 'passes');
      if (how === 'ends') assert.ok(victims.mendings >= 5, `${victims.mendings} of ${length}`);
      victims.misfortunes.calm();
      assert.deepEqual([victims.live(8 * HOUR_MS), victims.faults.length], [0, length]);
    });

  it('ends in the calm what is broken just then, jams and bounces too', () => {
    for (const [name, change, how] of ALONE) {
      if (how === 'passes') continue;
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
    assert.equal(victims.images.length, victims.rollbacks);
    assert.ok(victims.images.every((seconds) => seconds < 40 * 3_600));
  });

  it('tells the lock what a broken sensor says, when it breaks and when it is mended', () => {
    const victims = new Victims({ room: { sensorFaultsPerHour: 0.2 } });
    victims.misfortunes.start();
    victims.live(100 * HOUR_MS);
    assert.equal(victims.senses, 2 * victims.faults.length);
    victims.misfortunes.calm();
    assert.equal(victims.senses, 2 * victims.faults.length + 1);
  });

  it('has the owner send again what a reorganisation has dropped, as a rule with care', () => {
    const victims = new Victims({ chain: { reorgsPerHour: 5 } });
    victims.misfortunes.start();
    victims.live(40 * HOUR_MS);
    assert.equal(victims.resent.length, victims.faults.filter((fault) => fault.endsWith(' drop')).length);
    assert.deepEqual([...new Set(victims.resent)].sort(), [false, true]);
  });

  it('has flash refuse every write, or those of one kind', () => {
    const victims = new Victims({ flash: { refusalsPerHour: 2 } });
    victims.misfortunes.start();
    const kinds = new Set<boolean | string>();
    for (let second = 0; second < 40 * 3_600; second++) {
      victims.live(SECOND_MS);
      kinds.add(victims.flash.refuses);
    }
    assert.deepEqual([...kinds].map(String).sort(), ['false', 'report', 'state', 'true']);
  });

  it('cuts the power at once, or between two things that the lock asks', () => {
    const victims = new Victims({ power: { cutsPerHour: 2 } });
    victims.misfortunes.start();
    victims.live(40 * HOUR_MS);
    const counts = victims.cuts.filter((count) => count !== undefined);
    assert.ok(counts.length > 20 && victims.cuts.length - counts.length > 5, victims.cuts.join());
    assert.ok(Math.min(...counts) >= 1 && Math.max(...counts) <= 40);
  });

  it('waits for a cut that comes only when the lock asks something, and gives the power back then', () => {
    const victims = new Victims({ power: { cutsPerHour: 0.2 } });
    victims.lock.cutIn = () => false;
    victims.lock.cut = () => {};
    victims.misfortunes.start();
    while (victims.faults.length === 0) victims.live(SECOND_MS);
    victims.live(300 * SECOND_MS);
    victims.lock.isOn = false;
    assert.ok(victims.live(70 * SECOND_MS) < 70);
    assert.equal(victims.lock.isOn, true);
  });

  it('mends at rest a node that turns hostile within half an hour', () => {
    const longest = (hours: number) => {
      const victims = new Victims({ nodes: { moodsPerHour: 0.5, hostile: 1 } }, hours);
      victims.misfortunes.start();
      let run = 0;
      let max = 0;
      // From the second hour on, when a long world rests.
      victims.live(HOUR_MS);
      for (let minute = 0; minute < 6 * 60; minute++) {
        run = victims.live(60 * SECOND_MS) > 0 ? run + 1 : 0;
        max = Math.max(max, run);
      }
      return max;
    };
    const [restless, restful] = [longest(6), longest(48)];
    assert.ok(restless > 60 && restful > 0 && restful <= 31, `${restless} ${restful}`);
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
