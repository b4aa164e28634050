import { EXIT_CODES, Failure } from '../tools/latchkey/owner/failure.js';
import { parseSwarmOptions, type SwarmOptions } from './sim-options.js';
import { runWorld } from './swarm/run-world.js';
import type { SimResult } from './swarm/sim-world.js';
import { runSwarm } from './swarm/swarm.js';
import { addResult, EMPTY_TALLY } from './swarm/tally.js';
import { timeOf } from './swarm/trace.js';

const BAR_CHARS = 30;

/** Runs the swarm as the command line says. @returns the exit code */
async function main(words: readonly string[]): Promise<number> {
  const options = parseSwarmOptions(words);
  if (options === undefined) return EXIT_CODES.ok;
  const { seeds, hours, json, trace } = options;
  let tally = EMPTY_TALLY;
  const before = process.cpuUsage();
  const total = seeds[1] - seeds[0] + 1;
  const take = (result: SimResult) => {
    tally = addResult(tally, result);
    clearBar(options);
    for (const line of violationLines(result, hours, json)) process.stdout.write(`${line}\n`);
    showBar(options, tally.worlds, total, tally.violations);
  };
  if (trace) take(runWorld({ seed: seeds[0], hours, onLine: (line) => process.stdout.write(`${line}\n`) }));
  else await runSwarm(options, take);
  clearBar(options);
  const { user, system } = process.cpuUsage(before);
  const lockHoursPerCpuSecond = Math.round((tally.lockHours * 1e7) / (user + system)) / 10;
  process.stdout.write(`${JSON.stringify({ event: 'done', ...tally, lockHoursPerCpuSecond })}\n`);
  return tally.violations === 0 ? EXIT_CODES.ok : EXIT_CODES.failed;
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

function showBar({ json, trace }: SwarmOptions, done: number, total: number, violations: number): void {
  if (json || trace || !process.stderr.isTTY) return;
  const filled = Math.round((BAR_CHARS * done) / total);
  const bar = '#'.repeat(filled) + '.'.repeat(BAR_CHARS - filled);
  process.stderr.write(`\r[${bar}] ${done} of ${total} worlds, ${violations} violations`);
}

function clearBar({ json, trace }: SwarmOptions): void {
  if (!json && !trace && process.stderr.isTTY) process.stderr.write('\r\x1b[K');
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof Failure)) throw error;
  process.stderr.write(`sim: ${error.message}\n`);
  process.exitCode = error.exitCode;
}
