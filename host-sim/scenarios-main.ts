import { EXIT_CODES, Failure } from '../tools/latchkey/owner/failure.js';
import { SCENARIOS } from './scenarios/all-scenarios.js';
import { type Exhausted, exhaustAll, type Failed } from './scenarios/exhaust.js';
import { tellScenario } from './scenarios/tell-scenario.js';
import { parseScenarioOptions, type ScenarioOptions } from './scenarios-options.js';
import { timeOf } from './swarm/trace.js';
import { formatFault } from './world/fault-plan.js';

const NAME_CHARS = Math.max(...SCENARIOS.map(({ name }) => name.length));

/** Tells the scenarios as the command line says. @returns the exit code */
async function main(words: readonly string[]): Promise<number> {
  const options = parseScenarioOptions(
    words,
    SCENARIOS.map(({ name }) => name),
  );
  if (options === undefined) return EXIT_CODES.ok;
  const chosen = SCENARIOS.filter(({ name }) => options.name === undefined || options.name === name);
  if (!options.json && !options.trace) {
    for (const { name, says } of chosen) print(`${name.padEnd(NAME_CHARS)}  ${says}`);
    print(`\n${row(['scenario', 'writes', 'outputs', 'messages', 'runs', 'violations'])}`);
  }
  const results: Exhausted[] = [];
  const take = (result: Exhausted) => {
    results.push(result);
    show(result, options);
  };
  if (options.trace || options.fault !== undefined) for (const each of chosen) take(tellOne(each, options));
  else await exhaustAll(chosen, options.jobs, take);
  const runs = results.reduce((sum, each) => sum + each.runs, 0);
  const violations = results.reduce((sum, each) => sum + violationsOf(each), 0);
  print(JSON.stringify({ event: 'done', scenarios: results.length, runs, violations }));
  return violations === 0 ? EXIT_CODES.ok : EXIT_CODES.failed;
}

function tellOne(scenario: (typeof SCENARIOS)[number], { fault, trace }: ScenarioOptions): Exhausted {
  const { name } = scenario;
  const telling = tellScenario(scenario, fault, trace ? print : undefined);
  const { violations, occasions } = telling;
  const failures = violations.length === 0 ? [] : [{ name, fault, violations }];
  return { name, occasions, runs: 1, failures };
}

function show(result: Exhausted, { json, trace }: ScenarioOptions): void {
  const { name, occasions, runs, failures } = result;
  const violations = violationsOf(result);
  const { writes, outputs, messages } = occasions;
  if (json) {
    for (const failed of failures) {
      const { fault } = failed;
      for (const each of failed.violations)
        print(
          JSON.stringify({
            event: 'violation',
            name,
            ...(fault !== undefined && { fault: formatFault(fault) }),
            ...each,
            replay: replayOf(failed),
          }),
        );
    }
    print(JSON.stringify({ event: 'scenario', name, writes, outputs, messages, runs, violations }));
    return;
  }
  if (!trace) print(row([name, writes, outputs, messages, runs, violations]));
  for (const failed of failures) {
    for (const { checker, atMs, found } of failed.violations)
      print(`  at ${timeOf(atMs)}, ${checker}: ${found}`);
    print(`    ${replayOf(failed)}`);
  }
}

function violationsOf({ failures }: Exhausted): number {
  return failures.reduce((sum, { violations }) => sum + violations.length, 0);
}

function replayOf({ name, fault }: Failed): string {
  const which = fault === undefined ? '' : ` --fault ${formatFault(fault)}`;
  return `npm run scenarios -- --name ${name}${which} --trace`;
}

function row([name, ...cells]: readonly (string | number)[]): string {
  return [String(name).padEnd(NAME_CHARS), ...cells.map((cell) => String(cell).padStart(10))].join(' ');
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

// Whoever reads only the first lines has closed the pipe.
process.stdout.on('error', ({ code }: NodeJS.ErrnoException) =>
  process.exit(code === 'EPIPE' ? undefined : 1),
);

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof Failure)) throw error;
  process.stderr.write(`scenarios: ${error.message}\n`);
  process.exitCode = error.exitCode;
}
