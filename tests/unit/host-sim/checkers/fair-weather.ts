import type { Weather } from '../../../../host-sim/swarm/weather.js';

/** A world in which nothing goes wrong, and nobody lives who was not asked. */
export const FAIR_WEATHER: Weather = {
  network: { latencyMs: 40, loss: 0, duplicates: 0, late: 0, drip: 0, partitionsPerHour: 0 },
  nodes: { count: 3, moodsPerHour: 0, hostile: 0, isAllByzantine: false },
  chain: { blockSeconds: 5, reorgsPerHour: 0, feeSpikesPerHour: 0 },
  flash: { refusalsPerHour: 0, rotPerHour: 0, rollbacksPerHour: 0, writeMs: 3 },
  power: { cutsPerHour: 0, offMsMax: 2_000 },
  clock: { kind: 'true', stepsPerHour: 0, stepSecondsMax: 30 },
  rng: { isStuck: false },
  room: { jams: 0, bounces: 0, sensorFaultsPerHour: 0, handsPerHour: 0, pressesPerHour: 0, doorsPerHour: 0 },
  sink: { losses: 0, lostAcks: 0, outagesPerHour: 0 },
  people: {
    ordersPerHour: 0,
    guests: 1,
    guestOrdersPerHour: 0,
    grantsPerHour: 0,
    cancelled: 0,
    challenged: 0,
    handoversPerHour: 0,
  },
  texts: new Map(),
};
