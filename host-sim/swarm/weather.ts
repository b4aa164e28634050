import type { Prng } from '../world/prng.js';
import { drawPairingWeather, type PairingWeather } from './pairing-weather.js';

/** How much of each misfortune a world has. Chances are of each occasion, rates are per hour, lengths are milliseconds. */
export interface Weather {
  readonly network: {
    readonly latencyMs: number;
    readonly loss: number;
    readonly duplicates: number;
    readonly late: number;
    readonly drip: number;
    readonly partitionsPerHour: number;
  };
  readonly nodes: {
    readonly count: number;
    readonly moodsPerHour: number;
    /** Of the moods taken, those that are not honest. */
    readonly hostile: number;
    readonly isAllByzantine: boolean;
    /** All nodes but one away for longer than guests' lease; none where absent. */
    readonly blackoutsPerHour?: number;
  };
  readonly chain: {
    readonly blockSeconds: number;
    readonly reorgsPerHour: number;
    readonly feeSpikesPerHour: number;
  };
  readonly flash: {
    readonly refusalsPerHour: number;
    readonly rotPerHour: number;
    readonly rollbacksPerHour: number;
    readonly writeMs: number;
  };
  readonly power: { readonly cutsPerHour: number; readonly offMsMax: number };
  readonly clock: {
    readonly kind: 'true' | 'none' | 'late' | 'jumping';
    readonly stepsPerHour: number;
    readonly stepSecondsMax: number;
  };
  readonly rng: { readonly isStuck: boolean };
  readonly room: {
    readonly jams: number;
    readonly bounces: number;
    readonly sensorFaultsPerHour: number;
    readonly handsPerHour: number;
    readonly pressesPerHour: number;
    readonly doorsPerHour: number;
  };
  readonly sink: { readonly losses: number; readonly lostAcks: number; readonly outagesPerHour: number };
  readonly people: {
    readonly ordersPerHour: number;
    readonly guests: number;
    readonly guestOrdersPerHour: number;
    readonly grantsPerHour: number;
    readonly cancelled: number;
    readonly challenged: number;
    readonly handoversPerHour: number;
    /** Guests who sign far more orders than are obeyed; none where absent. */
    readonly floodsPerHour?: number;
  };
  readonly texts: ReadonlyMap<string, string>;
  /** Absent where nobody comes to the pairing port after the first day. */
  readonly pairing?: PairingWeather | undefined;
}

/**
 * Draws a world's weather: a quarter are calm, a quarter are hell.
 * @param pairing - the stream of what came to the worlds later; where absent nobody comes to the pairing port
 */
export function drawWeather(prng: Prng, pairing?: Prng): Weather {
  const severity = prng.pick([0, 0.3, 0.6, 1]);
  /** A misfortune that this world has not at all, or up to its worst. */
  const some = (worst: number, chance = severity) =>
    prng.chance(chance) ? prng.fraction() * worst * Math.max(0.2, severity) : 0;
  const rollbacksPerHour = some(0.5, severity * 0.3);
  const texts = drawTexts(prng, rollbacksPerHour > 0);
  const isAllByzantine = prng.chance(severity * 0.12);
  const weather: Weather = {
    network: {
      latencyMs: prng.pick([20, 80, 300, 1_500]),
      loss: some(0.3),
      duplicates: some(0.2),
      late: some(0.1),
      drip: some(0.1),
      partitionsPerHour: some(3),
    },
    nodes: {
      count: prng.between(1, 4),
      moodsPerHour: some(12, severity * 1.2),
      hostile: prng.fraction(),
      isAllByzantine,
    },
    chain: {
      blockSeconds: prng.pick([2.5, 5, 12]),
      reorgsPerHour: some(4),
      feeSpikesPerHour: some(1),
    },
    flash: {
      refusalsPerHour: some(1, severity * 0.5),
      rotPerHour: some(4),
      rollbacksPerHour,
      writeMs: prng.pick([0, 3, 15, 60]),
    },
    power: { cutsPerHour: some(6), offMsMax: prng.pick([2_000, 60_000, 1_200_000]) },
    clock: drawClock(prng, severity),
    // Flash and chance that both repeat themselves repeat a challenge: SECURITY.md says so.
    rng: { isStuck: prng.chance(severity * 0.15) && rollbacksPerHour === 0 },
    room: {
      jams: some(0.3),
      bounces: some(0.5),
      sensorFaultsPerHour: some(0.6),
      handsPerHour: some(2, 0.5),
      pressesPerHour: some(2, 0.5),
      doorsPerHour: some(3, 0.6),
    },
    sink: { losses: some(0.3), lostAcks: some(0.2), outagesPerHour: some(0.5) },
    people: {
      ordersPerHour: 1 + prng.fraction() * 3,
      guests: prng.between(0, 5),
      guestOrdersPerHour: prng.fraction() * 3,
      grantsPerHour: prng.fraction() * 1.5,
      cancelled: some(0.3, 0.6),
      challenged: prng.pick([0, 0.2, 0.8]),
      handoversPerHour: prng.chance(0.3) ? 0.25 : 0,
    },
    texts,
    pairing: pairing && drawPairingWeather(pairing, rollbacksPerHour > 0),
  };
  return withCrowds(weather, prng);
}

/** Drawn last of all, so that it moves nothing else of a world. */
function withCrowds({ nodes, people, ...weather }: Weather, prng: Prng): Weather {
  const floodsPerHour = prng.chance(0.1) ? 0.5 : 0;
  const blackoutsPerHour = weather.texts.has('guest-lease') && prng.chance(0.6) ? 1 : 0;
  return { ...weather, nodes: { ...nodes, blackoutsPerHour }, people: { ...people, floodsPerHour } };
}

function drawClock(prng: Prng, severity: number): Weather['clock'] {
  const isOdd = prng.chance(severity * 0.6);
  const kind = isOdd ? prng.pick(['none', 'late', 'jumping'] as const) : 'true';
  return {
    kind,
    stepsPerHour: kind === 'jumping' ? prng.fraction() * 4 : 0,
    stepSecondsMax: prng.pick([30, 250, 3_600, 400_000_000]),
  };
}

function drawTexts(prng: Prng, isStrict: boolean): ReadonlyMap<string, string> {
  const texts = new Map<string, string>();
  if (isStrict || prng.chance(0.15)) texts.set('strict-after-boot', 'on');
  if (prng.chance(0.3)) texts.set('auto-relock', String(prng.pick([5, 30, 600])));
  if (prng.chance(0.3)) texts.set('relock', String(prng.pick([1, 5, 60])));
  if (prng.chance(0.3)) texts.set('idle-poll', String(prng.pick([15, 60, 300])));
  if (prng.chance(0.3)) texts.set('heartbeat', String(prng.pick([5, 60])));
  if (prng.chance(0.2)) texts.set('guest-lease', '1');
  if (prng.chance(0.2)) texts.set('passage-hours', 'mon-sun 08:00-20:00');
  if (prng.chance(0.4)) texts.set('time-zone', prng.pick(['CET-1CEST,M3.5.0,M10.5.0/3', '<+0530>-5:30']));
  return texts;
}
