import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Command } from 'commander';
import { generateAlarmsPage } from './alarms-page.js';
import { generateBoltPage } from './bolt-page.js';
import { generateCryptoTables } from './crypto-tables.js';
import { type GeneratedFile, generateFiles } from './generate.js';

function main(): void {
  const program = new Command('generate')
    .description(
      'Compiles the contracts, and writes what is generated from them, the tables of the small engine, and the pages of alarms and bolt.',
    )
    .option('--check', 'write nothing; exit 1 where a committed file is stale')
    .parse();
  const { check = false } = program.opts<{ check?: boolean }>();
  const root = fileURLToPath(new URL('../../../', import.meta.url));
  say('compiling contracts/src (about 3 s)');
  try {
    const files = [
      generateAlarmsPage(),
      generateBoltPage(),
      ...generateCryptoTables(),
      ...generateFiles(root, say),
    ];
    const stale = files.filter((file) => isStale(root, file));
    if (stale.length === 0) say('everything is up to date');
    for (const file of stale) {
      if (!check) write(root, file);
      say(`${check ? 'stale' : 'wrote'}: ${file.path}`);
    }
    if (check && stale.length > 0) {
      say('run: npm run generate');
      process.exitCode = 1;
    }
  } catch (error) {
    say(error instanceof Error ? error.message : String(error));
    process.exitCode = 1;
  }
}

function isStale(root: string, { path, content }: GeneratedFile): boolean {
  try {
    return readFileSync(join(root, path), 'utf8') !== content;
  } catch {
    return true;
  }
}

function write(root: string, { path, content }: GeneratedFile): void {
  const file = join(root, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, content);
}

function say(text: string): void {
  process.stderr.write(`generate: ${text}\n`);
}

main();
