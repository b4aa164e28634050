import { writeFileSync } from 'node:fs';
import { EXIT_CODES, Failure, messageOf } from '../tools/latchkey/owner/failure.js';
import type { CheckerFactory } from './checkers/checker.js';
import { fleetLines } from './fleet/fleet-table.js';
import { runFleet } from './fleet/run-fleet.js';
import { parseSwarmOptions, type SwarmOptions } from './sim-options.js';
import { profileOf, type Share } from './swarm/profile.js';
import { Recorder } from './swarm/recorder.js';
import { runWorld } from './swarm/run-world.js';
import type { SimResult } from './swarm/sim-result.js';
import { runSwarm } from './swarm/swarm.js';
import { addResult, EMPTY_TALLY } from './swarm/tally.js';
import { timeOf } from './swarm/trace.js';
import { chartFor } from './view/chart-file.js';
import { type BarStream, ProgressBar } from './view/progress-bar.js';
import { grouped } from './view/words.js';

/** What the program stands on. */
export interface SimParts {
  /** Takes a line for stdout. */
  readonly print: (line: string) => void;
  readonly stderr: BarStream;
  /** From now on Ctrl-C aborts this signal, in place of ending the process. */
  readonly interrupt: () => AbortSignal;
  /** In place of every checker; the worlds are then lived through in this thread, one after the other. */
  readonly checkers?: Readonly<Record<string, CheckerFactory>>;
}

/** What a shell says of a program that Ctrl-C has ended. */
const INTERRUPTED = 130;

/**
 * Runs the simulator as a command line says: worlds, one world to look at, or a fleet.
 * @returns the exit code
 * @throws Failure with one line for people
 */
export async function runSim(words: readonly string[], parts: SimParts): Promise<number> {
  const options = parseSwarmOptions(words, (text) => parts.print(text.trimEnd()));
  if (options === undefined) return EXIT_CODES.ok;
  return options.fleet === undefined ? liveWorlds(options, parts) : liveFleet(options, options.fleet, parts);
}

async function liveWorlds(options: SwarmOptions, parts: SimParts): Promise<number> {
  const { seeds, hours, json, trace, chart } = options;
  const isWatched = trace || chart !== undefined;
  const bar = new ProgressBar(parts.stderr, json || isWatched);
  const total = seeds[1] - seeds[0] + 1;
  let tally = EMPTY_TALLY;
  const before = process.cpuUsage();
  const take = (result: SimResult) => {
    tally = addResult(tally, result);
    const lines = violationLines(result, hours, json);
    if (lines.length > 0) bar.clear();
    for (const line of lines) parts.print(line);
    const pace = grouped(Math.round(tally.lockHours / Math.max(bar.seconds, 0.001)));
    bar.show(
      tally.worlds / total,
      `${tally.worlds} of ${total} worlds, ${tally.violations} violations, ${pace} lock-hours a second`,
    );
  };
  let isStopped = false;
  let shares: readonly Share[] = [];
  if (isWatched) take(watchWorld(options, parts));
  else if (options.profile || parts.checkers !== undefined) {
    const live = () => {
      for (let seed = seeds[0]; seed <= seeds[1]; seed++) take(runWorld({ seed, hours }, parts.checkers));
    };
    if (options.profile) shares = profileOf(live);
    else live();
  } else {
    const signal = parts.interrupt();
    bar.show(0, `0 of ${total} worlds`);
    await runSwarm({ ...options, signal }, take);
    isStopped = signal.aborted;
  }
  bar.clear();
  for (const line of profileLines(shares, json)) parts.print(line);
  const { user, system } = process.cpuUsage(before);
  const lockHoursPerCpuSecond = Math.round((tally.lockHours * 1e7) / (user + system)) / 10;
  parts.print(JSON.stringify({ event: 'done', ...tally, lockHoursPerCpuSecond }));
  if (isStopped) return INTERRUPTED;
  return tally.violations === 0 ? EXIT_CODES.ok : EXIT_CODES.failed;
}

/** One world, with its timeline, its picture, or both. */
function watchWorld({ seeds: [seed], hours, trace, chart }: SwarmOptions, parts: SimParts): SimResult {
  const recorder = chart === undefined ? undefined : new Recorder();
  const result = runWorld(
    { seed, hours, ...(trace && { onLine: parts.print }), ...(recorder !== undefined && { recorder }) },
    parts.checkers,
  );
  if (recorder !== undefined && chart !== undefined) {
    try {
      writeFileSync(chart, chartFor(chart, recorder.record(result)));
    } catch (error) {
      throw new Failure(EXIT_CODES.failed, `cannot write ${chart}: ${messageOf(error)}`);
    }
  }
  return result;
}

async function liveFleet(options: SwarmOptions, locks: number, parts: SimParts): Promise<number> {
  const { seeds, hours, json } = options;
  const signal = parts.interrupt();
  const bar = new ProgressBar(parts.stderr, json);
  const before = process.cpuUsage();
  const figures = await runFleet({
    locks,
    hours,
    seed: seeds[0],
    onProgress: (part) => bar.show(part, `${grouped(locks)} locks, ${hours} h`),
    isStopped: () => signal.aborted,
  });
  bar.clear();
  const { user, system } = process.cpuUsage(before);
  const cpuSeconds = Math.round((user + system) / 1e6);
  if (!json) for (const line of fleetLines(figures)) parts.print(line);
  parts.print(JSON.stringify({ event: 'done', ...figures, cpuSeconds }));
  if (signal.aborted) return INTERRUPTED;
  const { registered, orders, obeyed } = figures.total;
  return registered === locks && obeyed === orders ? EXIT_CODES.ok : EXIT_CODES.failed;
}

function violationLines({ seed, violations }: SimResult, hours: number, json: boolean): readonly string[] {
  if (violations.length === 0) return [];
  const replay = `npm run sim -- --seed ${seed} --hours ${hours} --trace`;
  if (json) return violations.map((each) => JSON.stringify({ event: 'violation', seed, ...each, replay }));
  return [
    ...violations.map(({ checker, atMs, found }) => `seed ${seed} at ${timeOf(atMs)}, ${checker}: ${found}`),
    `  ${replay}`,
  ];
}

function profileLines(shares: readonly Share[], json: boolean): readonly string[] {
  if (json) return shares.map((share) => JSON.stringify({ event: 'profile', ...share }));
  return shares.map(({ part, share }) => `${(100 * share).toFixed(1).padStart(5)} %  ${part}`);
}
