import type { FirstDayParts, FirstDayTeller } from '../swarm/first-day.js';
import type { Weather } from '../swarm/weather.js';
import type { People } from './people.js';

/** Something that people wait for, and how long at most; the play goes on with whether it came. */
export interface Wait {
  readonly until: () => boolean;
  readonly withinMs: number;
  /** Nothing is waited for but the time itself. */
  readonly isPause?: true;
}

/** What people do, one thing after the other, as they see fit. */
export type Play<T = void> = Generator<Wait, T, boolean>;

/** A short life of a lock that is told in full, once for each single fault. */
export interface Scenario {
  /** Of the command line. */
  readonly name: string;
  /** What happens, in one sentence. */
  readonly says: string;
  readonly weather: Weather;
  /** Between two polls; rare, so that an idle minute is told quickly. As the settings say where absent. */
  readonly pollIntervalMs?: number;
  /** Long lives meet the same fault again and again: a quick telling is one with each so-many-th of them. */
  readonly quickStep?: number;
  /** Pairs and registers in the open, faults included; before them where absent. */
  readonly firstDay?: (parts: FirstDayParts) => FirstDayTeller;
  /** What comes before the play: nothing goes wrong in it. */
  readonly prelude?: (people: People) => Play;
  readonly play: (people: People) => Play;
}

/** A world in which nothing goes wrong by itself. */
export const STILL: Weather = Object.freeze({
  network: { latencyMs: 40, loss: 0, duplicates: 0, late: 0, drip: 0, partitionsPerHour: 0 },
  nodes: { count: 1, moodsPerHour: 0, hostile: 0, isAllByzantine: false },
  chain: { blockSeconds: 2.5, reorgsPerHour: 0, feeSpikesPerHour: 0 },
  flash: { refusalsPerHour: 0, rotPerHour: 0, rollbacksPerHour: 0, writeMs: 15 },
  power: { cutsPerHour: 0, offMsMax: 2_000 },
  clock: { kind: 'true', stepsPerHour: 0, stepSecondsMax: 0 },
  rng: { isStuck: false },
  room: {
    jams: 0,
    bounces: 0,
    sensorFaultsPerHour: 0,
    handsPerHour: 0,
    pressesPerHour: 0,
    doorsPerHour: 0,
  },
  sink: { losses: 0, lostAcks: 0, outagesPerHour: 0 },
  people: {
    ordersPerHour: 0,
    guests: 2,
    guestOrdersPerHour: 0,
    grantsPerHour: 0,
    cancelled: 0,
    challenged: 0,
    handoversPerHour: 0,
  },
  texts: new Map([['heartbeat', '60']]),
} satisfies Weather);

/** The same world with these settings of the lock. */
export function stillWith(texts: Readonly<Record<string, string>>): Weather {
  return { ...STILL, texts: new Map([...STILL.texts, ...Object.entries(texts)]) };
}
