import { availableParallelism } from 'node:os';
import { percentile } from '../../host-sim/view/timeline.js';
import type { DayFigures, Traffic } from './day.js';
import type { GasFigures } from './gas.js';
import type { SpeedFigures } from './speed.js';
import type { TogglePair, ToggleRun } from './toggles.js';
import { type LockExchange, lockExchange, medianBytes, sumBytes, type WireSamples } from './wire-bytes.js';

export interface Percentiles {
  readonly p50_ms: number | null;
  readonly p95_ms: number | null;
}

/** All that one run has measured; the one object of `--json`. */
export interface BenchResult {
  readonly notes: readonly string[];
  readonly environment: {
    readonly node: string;
    readonly cores: number;
    readonly hardFork: string;
    readonly pollMs: number;
    readonly blockSeconds: number;
  };
  readonly toggles: { readonly asked: number; readonly ok: number };
  readonly wire: {
    readonly ours: OurWire;
    readonly naive: { readonly poll: WireSamples };
  };
  readonly gas: { readonly ours: GasFigures['calls']; readonly naive: GasFigures['naive'] };
  /** Virtual days of one lock at one node, and a month's backlog. */
  readonly day: Readonly<Record<keyof DayFigures, TrafficWithHeaders>>;
  readonly latency: {
    readonly ours: Readonly<Record<string, Percentiles>>;
    readonly naive: Readonly<Record<string, Percentiles>>;
  };
  readonly perSecond: SpeedFigures;
  /** Ours divided by the naive way's. */
  readonly ratios: Readonly<Record<string, number>>;
}

/** As counted, and with the headers that this run's idle polls had on the wire. */
export interface TrafficWithHeaders extends Traffic {
  readonly upWithHeaders: number;
  readonly downWithHeaders: number;
}

interface OurWire {
  readonly idlePoll: WireSamples;
  /** Also what each poll costs while that event is among the blocks that are read again. */
  readonly pollWithOneHit: WireSamples;
  readonly transactionFetch: WireSamples;
  /** What a toggle needs: the poll that shows it, and the transaction. */
  readonly toggle: WireSamples;
  /** Everything from that poll to the signed receipt, with the polls while the bolt was on its way. */
  readonly toggleUntilReceipt: WireSamples;
  readonly reportBytes: { readonly min: number; readonly max: number };
}

const NOTES = Object.freeze([
  'Bytes, requests, gas and their ratios are counted; times and speeds are informational: they are of this computer, now.',
  'Wire figures are the sample with the median total; totalMin and totalMax bound all samples. Headers are those of the simulator and of viem.',
  'The naive way trusts its node, keeps no record and proves nothing; it drives its relay when it has read the flag (sentToSeen), ours drives the bolt when the signature was verified (sentToVerified).',
  'The cost of a day is counted by running the lock through virtual time: one node, blocks of 2.5 s, 12 orders (none where nobody is there), reports not included; its headers are those of the idle poll above.',
  'The lock signs in the very step that senses the bolt, so the signing is within verifiedToMoved.',
  'ratios are ours divided by the naive way; for its gas the dearer of its two directions counts.',
]);

/** Puts the parts of a run together. @throws Error where no toggle succeeded */
export function summarise(
  asked: number,
  run: ToggleRun,
  gas: GasFigures,
  perSecond: SpeedFigures,
  day: DayFigures,
): BenchResult {
  const wire = { ours: ourWire(run), naive: { poll: medianBytes(run.naiveExchanges.map(single)) } };
  const latency = { ours: ourLatency(run.pairs), naive: naiveLatency(run.pairs) };
  return {
    notes: NOTES,
    environment: {
      node: process.version,
      cores: availableParallelism(),
      hardFork: gas.hardFork,
      pollMs: run.pollMs,
      blockSeconds: run.blockSeconds,
    },
    toggles: { asked, ok: run.pairs.length },
    wire,
    gas: { ours: gas.calls, naive: gas.naive },
    day: {
      everySecond: withHeaders(day.everySecond, wire.ours.idlePoll),
      adaptive: withHeaders(day.adaptive, wire.ours.idlePoll),
      nobodyThere: withHeaders(day.nobodyThere, wire.ours.idlePoll),
      monthOffline: withHeaders(day.monthOffline, wire.ours.idlePoll),
    },
    latency,
    perSecond,
    ratios: ratiosOf(wire, gas, latency),
  };
}

function withHeaders(traffic: Traffic, { up, down }: WireSamples): TrafficWithHeaders {
  return {
    ...traffic,
    upWithHeaders: traffic.upBytes + traffic.requests * up.headers,
    downWithHeaders: traffic.downBytes + traffic.requests * down.headers,
  };
}

function ourWire({ lockExchanges, pairs, reports }: ToggleRun): OurWire {
  const read = lockExchanges.map(lockExchange);
  const idle = read.filter((each) => each.kind === 'poll' && each.transactions.length === 0);
  const needed = pairs.map(({ ours }) => {
    const hit = read.find((each) => each.kind === 'poll' && each.transactions.includes(ours.hash));
    const fetch = read.find((each) => each.kind === 'transaction' && each.hash === ours.hash);
    if (!hit || !fetch) throw new Error(`${ours.hash} did not pass over the wire`);
    return { hit, fetch, signedUnixMs: ours.reached.signed };
  });
  const sizes = reports.map(({ length }) => length);
  return {
    idlePoll: medianBytes(idle.map(({ exchange }) => single(exchange))),
    pollWithOneHit: medianBytes(
      needed.filter(({ hit }) => isAlone(hit)).map(({ hit }) => single(hit.exchange)),
    ),
    transactionFetch: medianBytes(needed.map(({ fetch }) => single(fetch.exchange))),
    toggle: medianBytes(needed.map(({ hit, fetch }) => sumBytes([hit.exchange, fetch.exchange]))),
    toggleUntilReceipt: medianBytes(
      needed.map(({ hit, signedUnixMs }) =>
        sumBytes(lockExchanges.slice(lockExchanges.indexOf(hit.exchange)).filter(before(signedUnixMs))),
      ),
    ),
    reportBytes: { min: Math.min(...sizes), max: Math.max(...sizes) },
  };
}

function isAlone(hit: LockExchange): boolean {
  return hit.kind === 'poll' && hit.transactions.length === 1;
}

function before(unixMs: number): (exchange: ToggleRun['lockExchanges'][number]) => boolean {
  return ({ askedUnixMs }) => askedUnixMs <= unixMs;
}

function single(exchange: ToggleRun['lockExchanges'][number]) {
  return sumBytes([exchange]);
}

function ourLatency(pairs: readonly TogglePair[]): Record<string, Percentiles> {
  const between = (from: keyof TogglePair['ours']['reached'], to: keyof TogglePair['ours']['reached']) =>
    percentilesOf(pairs.map(({ ours }) => ours.reached[to] - ours.reached[from]));
  return {
    sentToMined: between('sent', 'mined'),
    minedToSeen: between('mined', 'seen'),
    seenToVerified: between('seen', 'verified'),
    verifiedToMoved: between('verified', 'moved'),
    movedToSigned: between('moved', 'signed'),
    signedToChecked: between('signed', 'checked'),
    sentToVerified: between('sent', 'verified'),
    total: between('sent', 'checked'),
  };
}

function naiveLatency(pairs: readonly TogglePair[]): Record<string, Percentiles> {
  return {
    sentToMined: percentilesOf(pairs.map(({ naive }) => naive.minedUnixMs - naive.sentUnixMs)),
    minedToSeen: percentilesOf(pairs.map(({ naive }) => naive.seenUnixMs - naive.minedUnixMs)),
    sentToSeen: percentilesOf(pairs.map(({ naive }) => naive.seenUnixMs - naive.sentUnixMs)),
  };
}

function percentilesOf(durations: readonly number[]): Percentiles {
  const ascending = [...durations].sort((a, b) => a - b);
  return { p50_ms: percentile(ascending, 50), p95_ms: percentile(ascending, 95) };
}

function ratiosOf(
  { ours, naive }: BenchResult['wire'],
  gas: GasFigures,
  latency: BenchResult['latency'],
): Record<string, number> {
  const body = ({ up, down }: WireSamples) => up.body + down.body;
  const command = gas.calls['command by the owner'];
  const dearest = (schedule: 'ethereum' | 'iotex') =>
    Math.max(...Object.values(gas.naive).map((each) => each[schedule]));
  return {
    pollRequests: rounded(ours.idlePoll.requests, naive.poll.requests),
    pollBodyBytes: rounded(body(ours.idlePoll), body(naive.poll)),
    pollBytes: rounded(ours.idlePoll.total, naive.poll.total),
    toggleRequests: rounded(ours.toggle.requests, naive.poll.requests),
    toggleBodyBytes: rounded(body(ours.toggle), body(naive.poll)),
    toggleBytes: rounded(ours.toggle.total, naive.poll.total),
    toggleGasEthereum: rounded(command?.ethereum, dearest('ethereum')),
    toggleGasIotex: rounded(command?.iotex, dearest('iotex')),
    sentToDriven: rounded(latency.ours['sentToVerified']?.p50_ms, latency.naive['sentToSeen']?.p50_ms),
  };
}

/** Three decimals. */
function rounded(ours: number | null | undefined, naive: number | null | undefined): number {
  if (!ours || !naive) throw new Error('a ratio lacks one of its figures');
  return Math.round((ours * 1_000) / naive) / 1_000;
}
