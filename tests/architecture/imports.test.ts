import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { importsOf, importViolations } from './import-rules.js';
import { listFiles, ROOT, readSource } from './sources.js';

const manifest = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
  readonly dependencies: object;
  readonly devDependencies: object;
};
const packages = [...Object.keys(manifest.dependencies), ...Object.keys(manifest.devDependencies)];
const exists = (path: string) => existsSync(join(ROOT, path));

describe('every import in the tree', () => {
  it('follows the table of the architecture', () => {
    const files = listFiles('.ts', '.mjs');
    assert.ok(files.length > 20, 'the sources were found');
    assert.deepEqual(
      files.flatMap((path) => importViolations(readSource(path), exists, packages)),
      [],
    );
  });
});

describe('importViolations', () => {
  const count = (path: string, text: string) => importViolations({ path, text }, () => true, packages).length;

  it('allows what the table allows', () => {
    const allowed: readonly (readonly [path: string, text: string])[] = [
      ['firmware/protocol/a.ts', "import { b } from './b.js';"],
      ['firmware/crypto/a.ts', "import { sign } from '@noble/secp256k1';\nimport '../protocol/hex.js';"],
      ['firmware/lock/a.ts', "import { b } from '../crypto/hash.js';"],
      ['firmware/drivers/a.ts', "import type { Input } from '../lock/ports.js';"],
      ['firmware/drivers/a.ts', "import { IoError } from '../protocol/errors.js';"],
      ['firmware/drivers/a.ts', "import { type Input, type Output } from '../lock/ports.js';"],
      ['firmware/targets/esp32/main.ts', "import Timer from 'timer';\nimport D from 'embedded:io/digital';"],
      ['firmware/targets/xs-host/main.ts', "import { b } from '../../lock/device.js';"],
      [
        'host-sim/world/a.ts',
        "import { b } from '../../firmware/drivers/bolt.js';\nimport fs from 'node:fs';",
      ],
      ['tools/bench/main.ts', "import { b } from '../../host-sim/world/chain.js';"],
      ['tools/latchkey/main.ts', "import { b } from '../../firmware/lock/authorizer.js';"],
      ['tools/web/main.ts', "import { http } from 'viem';\nimport { b } from './page.js';"],
      [
        'tests/unit/a.test.ts',
        "import { sha256 } from '@noble/hashes/sha2.js';\nimport '../../tools/web/a.js';",
      ],
    ];
    for (const [path, text] of allowed) assert.equal(count(path, text), 0, `${path}: ${text}`);
  });

  it('refuses what it does not', () => {
    const refused: readonly (readonly [path: string, text: string])[] = [
      ['firmware/protocol/a.ts', "import { b } from '../crypto/hash.js';"],
      ['firmware/protocol/a.ts', "import type { b } from '../lock/ports.js';"],
      ['firmware/protocol/a.ts', "import { sha256 } from '@noble/hashes/sha2.js';"],
      ['firmware/protocol/a.ts', "import { readFileSync } from 'node:fs';"],
      ['firmware/crypto/a.ts', "import { b } from '../lock/device.js';"],
      ['firmware/lock/a.ts', "import { sign } from '@noble/secp256k1';"],
      ['firmware/lock/a.ts', "export * from '../drivers/bolt.js';"],
      ['firmware/lock/a.ts', "const b = await import('node:timers');"],
      ['firmware/lock/a.ts', "import 'embedded:io/digital';"],
      ['firmware/drivers/a.ts', "import { b } from '../lock/ports.js';"],
      ['firmware/drivers/a.ts', "import { type Input, b } from '../lock/ports.js';"],
      ['firmware/drivers/a.ts', "import type { b } from '../lock/device.js';"],
      ['firmware/drivers/a.ts', "import { b } from '../protocol/hex.js';"],
      ['firmware/targets/esp32/main.ts', "import fs from 'node:fs';"],
      ['firmware/targets/xs-host/main.ts', "import D from 'embedded:io/digital';"],
      ['firmware/targets/xs-host/main.ts', "import { b } from '../esp32/main.js';"],
      ['host-sim/main.ts', "import { b } from '../firmware/targets/esp32/main.js';"],
      ['host-sim/main.ts', "import { b } from '../tools/web/main.js';"],
      ['host-sim/main.ts', "import { sha256 } from '@noble/hashes/sha2.js';"],
      ['host-sim/main.ts', "import { b } from 'left-pad';"],
      ['tools/web/main.ts', "import { b } from '../latchkey/main.js';"],
      ['tools/web/main.ts', "import { b } from '../../firmware/lock/device.js';"],
      ['tools/web/main.ts', "import { b } from '../../host-sim/world/chain.js';"],
      ['contracts/generated/a.ts', "import { b } from '../script/deploy.js';"],
      ['tests/unit/a.test.ts', "import D from 'embedded:io/digital';"],
      ['firmware/protocol/a.ts', "import { b } from './b';"],
      ['firmware/protocol/a.ts', "import { b } from './b.ts';"],
      ['elsewhere/a.ts', ''],
      ['tools/a.ts', ''],
    ];
    for (const [path, text] of refused) assert.equal(count(path, text), 1, `${path}: ${text}`);
  });

  it('refuses a file that is not there', () => {
    const file = { path: 'firmware/lock/a.ts', text: "import { b } from './gone.js';" };
    assert.equal(importViolations(file, () => false, packages).length, 1);
  });
});

describe('importsOf', () => {
  it('reads every form over any number of lines', () => {
    const text = [
      "import a, { b } from 'one';",
      "import * as c from 'two';",
      "import {\n  d,\n  e,\n} from 'three';",
      "import 'four';",
      "export { f } from 'five';",
      "export * from 'six';",
      "export type { g } from 'seven';",
      "import { type h } from 'eight';",
      "type I = typeof import('nine');",
      'await import("ten");',
      "import type j from 'eleven';",
    ].join('\n');
    const names = ['one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten', 'eleven'];
    const found = importsOf(text);
    assert.deepEqual(
      found.map(({ specifier }) => specifier),
      names,
    );
    const types = found.filter(({ typeOnly }) => typeOnly).map(({ specifier }) => specifier);
    assert.deepEqual(types, ['seven', 'eight', 'eleven']);
  });

  it('reads nothing in comments and strings', () => {
    const text = `// import 'a';\n/* import 'b'; */\nconst c = "import 'c';";\nconst d = \`import 'd';\`;`;
    assert.deepEqual(importsOf(text), []);
  });
});
