import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

/** Settings of the deployed bytecode. `contracts/foundry.toml` repeats them, so that what is fuzzed is what is deployed. */
export const COMPILER_SETTINGS = Object.freeze({
  evmVersion: 'cancun',
  // The IR pipeline looks for a selector one by one, which costs a command 300 gas more.
  viaIR: false,
  optimizer: Object.freeze({ enabled: true, runs: 1_000_000 }),
  // No hash of sources and comments in the code: it changes when the machine code does, and only then.
  metadata: Object.freeze({ bytecodeHash: 'none', appendCBOR: false }),
});

const SOURCE = 'src/LockRegistry.sol';
const CONTRACT = 'LockRegistry';

/** The parts of solc's standard JSON answer that generated files are made of. */
export interface CompiledContract {
  readonly abi: readonly AbiItem[];
  readonly evm: { readonly bytecode: { readonly object: string } };
  readonly storageLayout: { readonly storage: readonly StorageVariable[] };
}

export interface AbiItem {
  readonly type: string;
  readonly name?: string;
}

export interface StorageVariable {
  readonly label: string;
  readonly slot: string;
  readonly type: string;
}

interface SolcError {
  readonly severity: string;
  readonly formattedMessage: string;
  readonly sourceLocation?: { readonly file: string };
}

interface SolcOutput {
  readonly errors?: readonly SolcError[];
  readonly contracts?: Readonly<Record<string, Readonly<Record<string, CompiledContract>>>>;
}

interface Solc {
  version(): string;
  compile(
    input: string,
    callbacks: { import(path: string): { contents: string } | { error: string } },
  ): string;
}

/**
 * Compiles the registry with solc-js; offline, about 3 seconds.
 * @param root - the repository's root folder
 * @returns the contract, and the warnings of our own sources (Solady's are not ours to mend)
 * @throws Error with the compiler's words where a source does not compile
 */
export function compileRegistry(root: string): {
  contract: CompiledContract;
  compilerVersion: string;
  warnings: readonly string[];
} {
  const solc = createRequire(import.meta.url)('solc') as Solc;
  const input = {
    language: 'Solidity',
    sources: { [SOURCE]: { content: readFileSync(sourcePath(root, SOURCE), 'utf8') } },
    settings: {
      ...COMPILER_SETTINGS,
      outputSelection: { [SOURCE]: { [CONTRACT]: ['abi', 'evm.bytecode.object', 'storageLayout'] } },
    },
  };
  const output = JSON.parse(
    solc.compile(JSON.stringify(input), { import: (path) => importSource(root, path) }),
  ) as SolcOutput;
  const errors = output.errors ?? [];
  const fatal = errors.filter((error) => error.severity === 'error');
  if (fatal.length > 0) throw new Error(fatal.map((error) => error.formattedMessage).join('\n'));
  const contract = output.contracts?.[SOURCE]?.[CONTRACT];
  if (!contract) throw new Error(`solc answered no contract ${CONTRACT}`);
  const own = errors.filter((error) => error.sourceLocation?.file.startsWith('src/'));
  return {
    contract,
    compilerVersion: solc.version().replace(/\+.*/, ''),
    warnings: own.map((error) => error.formattedMessage),
  };
}

/** Where a source that Solidity names lies: `solady/…` in the npm package, all else under `contracts/`. */
export function sourcePath(root: string, path: string): string {
  return path.startsWith('solady/')
    ? join(root, 'node_modules', 'solady', 'src', path.slice('solady/'.length))
    : join(root, 'contracts', path);
}

function importSource(root: string, path: string): { contents: string } | { error: string } {
  try {
    return { contents: readFileSync(sourcePath(root, path), 'utf8') };
  } catch {
    return { error: `${path} not found` };
  }
}
