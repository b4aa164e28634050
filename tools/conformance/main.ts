import { readFileSync } from 'node:fs';
import { Command, CommanderError } from 'commander';
import { guardEngine } from '../../firmware/crypto/guarded-engine.js';
import { chooseHostEngine, HOST_ENGINES } from '../../host-sim/engines/host-engine.js';
import { EXIT_CODES, messageOf } from '../latchkey/owner/failure.js';
import { type CborVector, runCborVectors } from './cbor-vectors.js';
import { type RlpTest, runRlpTests } from './rlp-tests.js';
import { type FileResult, Tally } from './tally.js';
import { runTransactionTests, type TransactionTest } from './transaction-tests.js';
import { runWycheproof, type WycheproofFile } from './wycheproof.js';

interface Options {
  readonly wycheproof?: readonly string[];
  readonly ethereumTests?: readonly string[];
  readonly cbor?: readonly string[];
  readonly json: boolean;
}

const HELP = `
Reads vectors that others publish, from files of yours, and puts them to the firmware's decoders and to all of the
engines (${HOST_ENGINES.join(', ')}). DER is unpacked here, since the lock's own formats have none. High-S, which the lock
refuses by that name, must be refused by it, and its low twin verified.
Exit codes: 0 all passed or were skipped for a reason, 1 a test failed, 2 wrong usage or a file that cannot be read`;

function main(words: readonly string[]): number {
  const options = parseOptions(words);
  if (typeof options === 'number') return options;
  const { wycheproof = [], ethereumTests = [], cbor = [] } = options;
  if (wycheproof.length + ethereumTests.length + cbor.length === 0) {
    say('no files; npm run conformance -- --help tells which kinds there are');
    return EXIT_CODES.usage;
  }
  let results: readonly FileResult[];
  try {
    results = [
      ...wycheproof.flatMap(wycheproofResults),
      ...ethereumTests.flatMap(ethereumResults),
      ...cbor.flatMap(cborResults),
    ];
  } catch (error) {
    say(messageOf(error));
    return EXIT_CODES.usage;
  }
  process.stdout.write(options.json ? `${JSON.stringify(summaryOf(results))}\n` : format(results));
  return results.every(({ failed }) => failed === 0) ? EXIT_CODES.ok : EXIT_CODES.failed;
}

function wycheproofResults(path: string): readonly FileResult[] {
  const file = read(path) as WycheproofFile;
  if (!Array.isArray(file.testGroups))
    throw new Error(`${path} is no file of Wycheproof: it has no testGroups`);
  return eachEngine(path, (engine, tally) => runWycheproof(file, engine, tally));
}

/** RLP tests have `in` and `out`, transaction tests the bytes of a transaction. */
function ethereumResults(path: string): readonly FileResult[] {
  const file = read(path) as Readonly<Record<string, RlpTest & TransactionTest>>;
  const [first] = Object.values(file);
  if (first?.out !== undefined) return [run(path, '-', (tally) => runRlpTests(file, tally))];
  if (first?.txbytes === undefined && first?.rlp === undefined) {
    throw new Error(`${path} holds neither RLP nor transaction tests of ethereum/tests`);
  }
  return eachEngine(path, (engine, tally) => runTransactionTests(file, engine, tally));
}

function cborResults(path: string): readonly FileResult[] {
  const file = read(path) as readonly CborVector[];
  if (!Array.isArray(file)) throw new Error(`${path} is no list of CBOR vectors`);
  return [run(path, '-', (tally) => runCborVectors(file, tally))];
}

function eachEngine(
  path: string,
  ask: (engine: ReturnType<typeof guardEngine>, tally: Tally) => void,
): readonly FileResult[] {
  return HOST_ENGINES.map((name) => {
    const engine = guardEngine(chooseHostEngine(name));
    return run(path, engine.name, (tally) => ask(engine, tally));
  });
}

function run(path: string, engine: string, ask: (tally: Tally) => void): FileResult {
  const tally = new Tally(path, engine);
  ask(tally);
  return tally.result();
}

function read(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as unknown;
  } catch (error) {
    throw new Error(`${path}: ${messageOf(error)}`);
  }
}

function summaryOf(files: readonly FileResult[]): object {
  const sum = (count: (result: FileResult) => number) =>
    files.reduce((all, result) => all + count(result), 0);
  return {
    passed: sum(({ passed }) => passed),
    failed: sum(({ failed }) => failed),
    skipped: sum(({ skipped }) => skipped),
    files,
  };
}

function format(results: readonly FileResult[]): string {
  const lines = results.flatMap(({ file, engine, passed, failed, skipped, reasons, failures }) => [
    `${file} (${engine}): ${passed} passed, ${failed} failed, ${skipped} skipped`,
    ...Object.entries(reasons).map(([reason, count]) => `  skipped ${count}: ${reason}`),
    ...failures.map((failure) => `  failed: ${failure}`),
  ]);
  return `${lines.join('\n')}\n`;
}

/** @returns the exit code where there is nothing to run */
function parseOptions(words: readonly string[]): Options | number {
  const program = new Command('npm run conformance --')
    .description('Holds the firmware against vectors that others publish.')
    .option('--wycheproof <file...>', 'ECDSA (DER or P1363, SHA-256) and ECDH of secp256k1')
    .option('--ethereum-tests <file...>', 'RLP and transaction tests')
    .option('--cbor <file...>', 'RFC 8949, appendix A, as JSON')
    .option('--json', 'print one JSON object and nothing else on stdout', false)
    .addHelpText('after', HELP)
    .allowExcessArguments(false)
    .exitOverride()
    .configureOutput({ writeErr: () => {} });
  try {
    program.parse([...words], { from: 'user' });
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return EXIT_CODES.ok;
    say(`${messageOf(error).replace(/^error: /, '')} (npm run conformance -- --help tells more)`);
    return EXIT_CODES.usage;
  }
  return program.opts<Options>();
}

function say(line: string): void {
  process.stderr.write(`conformance: ${line}\n`);
}

process.exitCode = main(process.argv.slice(2));
