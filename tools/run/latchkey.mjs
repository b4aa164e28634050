#!/usr/bin/env node
// What `npx latchkey` starts. Plain JavaScript, because it runs before anything is built.
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const program = new URL('../../dist/tools/latchkey/main.js', import.meta.url);
if (existsSync(fileURLToPath(program))) await import(program.href);
else {
  process.stderr.write('latchkey: not built yet: run npm run build first\n');
  process.exitCode = 2;
}
