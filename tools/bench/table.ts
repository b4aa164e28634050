import { grouped } from '../../host-sim/view/words.js';
import type { BenchResult } from './result.js';
import type { WireSamples } from './wire-bytes.js';

const LABEL_WIDTH = 40;
const CELL_WIDTH = 11;

/** Lays a result out for people. */
export function formatResult(result: BenchResult): string {
  const { toggles, environment } = result;
  const { node, cores, hardFork, pollMs, blockSeconds } = environment;
  return [
    `Latchkey bench: ${toggles.ok} of ${toggles.asked} toggles, blocks of ${blockSeconds} s, a poll each ${pollMs} ms; node ${node}, ${cores} cores, anvil ${hardFork}`,
    '',
    ...wireLines(result),
    '',
    ...gasLines(result),
    '',
    ...dayLines(result),
    '',
    ...latencyLines(result),
    '',
    ...section('Speed, one core (informational)', ['a second']),
    ...Object.entries(result.perSecond).map(([name, rate]) => row(words(name), [grouped(rate)])),
    '',
    ...section('Ours divided by the naive way', ['ratio']),
    ...Object.entries(result.ratios).map(([name, ratio]) => row(words(name), [ratio.toFixed(3)])),
    '',
    ...result.notes,
    '',
  ].join('\n');
}

function wireLines({ wire }: BenchResult): string[] {
  const { reportBytes, ...ours } = wire.ours;
  const cells = ({ requests, up, down, total }: WireSamples) =>
    [requests, up.body, up.headers, down.body, down.headers, total].map(grouped);
  return [
    ...section('Wire, bytes', ['requests', 'up body', 'up head', 'down body', 'down head', 'total']),
    ...Object.entries(ours).map(([name, samples]) => row(words(name), cells(samples))),
    row('naive poll', cells(wire.naive.poll)),
    row('signed report', ['', '', '', '', '', `${reportBytes.min}-${reportBytes.max}`]),
  ];
}

function gasLines({ gas }: BenchResult): string[] {
  const lines = (calls: BenchResult['gas']['ours'], before: string) =>
    Object.entries(calls).map(([name, { ethereum, iotex }]) =>
      row(`${before}${name}`, [grouped(ethereum), grouped(iotex)]),
    );
  return [...section('Gas', ['Ethereum', 'IoTeX']), ...lines(gas.ours, ''), ...lines(gas.naive, 'naive ')];
}

function dayLines({ day }: BenchResult): string[] {
  const { everySecond, adaptive, nobodyThere, monthOffline } = day;
  const cells = (each: BenchResult['day']['adaptive']) => [
    ...[each.requests, each.upBytes, each.downBytes, each.upWithHeaders, each.downWithHeaders].map(grouped),
    each.longestWaitSeconds.toFixed(1),
  ];
  return [
    ...section('A day, bytes', ['requests', 'up body', 'down body', 'up all', 'down all', 'wait s']),
    row('12 orders, a poll each second', cells(everySecond)),
    row('12 orders, as the settings are', cells(adaptive)),
    row('nobody there, a poll each 30 s', cells(nobodyThere)),
    row(`a month offline, read in ${grouped(monthOffline.seconds)} s`, cells(monthOffline)),
  ];
}

function latencyLines({ latency }: BenchResult): string[] {
  const lines = (parts: BenchResult['latency']['ours'], before: string) =>
    Object.entries(parts).map(([name, { p50_ms, p95_ms }]) =>
      row(`${before}${words(name)}`, [cell(p50_ms), cell(p95_ms)]),
    );
  return [
    ...section('Latency, ms (informational)', ['p50', 'p95']),
    ...lines(latency.ours, ''),
    ...lines(latency.naive, 'naive '),
  ];
}

function section(title: string, heads: readonly string[]): string[] {
  const head = row(title, heads);
  return [head, '-'.repeat(head.length)];
}

function row(label: string, cells: readonly string[]): string {
  return label.padEnd(LABEL_WIDTH) + cells.map((text) => text.padStart(CELL_WIDTH)).join('');
}

function cell(value: number | null): string {
  return value === null ? '-' : grouped(value);
}

/** `sentToMined` as `sent to mined`. */
function words(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}
