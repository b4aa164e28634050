#!/usr/bin/env node
// The native compiler's command line, as far as forge uses it, over the solc-js that npm has installed: the fuzzed
// code comes from the compiler that the deployed code comes from, and forge downloads nothing.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const solc = createRequire(import.meta.url)('solc');
if (process.argv.includes('--version')) {
  process.stdout.write(`solc, the solidity compiler commandline interface\nVersion: ${solc.version()}\n`);
} else if (process.argv.includes('--standard-json')) {
  process.stdout.write(solc.compile(readFileSync(0, 'utf8')));
} else {
  process.stderr.write('solc.mjs: expected --version or --standard-json\n');
  process.exitCode = 1;
}
