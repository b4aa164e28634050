import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { checkTarget, importProblems, importsOf, preloadListProblems } from '../../../tools/esp32/check.js';
import { readManifest } from '../../../tools/esp32/manifest.js';
import { boardNames, mcconfigArguments, platformOf } from '../../../tools/esp32/sdk.js';

const ROOT = fileURLToPath(new URL('../../../../', import.meta.url));

describe('checkTarget', () => {
  it('finds nothing wrong with the boards of this tree', () => {
    assert.deepEqual(checkTarget(ROOT), []);
  });
});

describe('the checks of a tree that somebody broke', () => {
  let root = '';

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'latchkey-esp32-'));
    cpSync(join(ROOT, 'firmware'), join(root, 'firmware'), { recursive: true });
    cpSync(join(ROOT, 'manifest.json'), join(root, 'manifest.json'));
    symlinkSync(join(ROOT, 'node_modules'), join(root, 'node_modules'));
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  const edit = (path: string, from: string | RegExp, to: string) => {
    const text = readFileSync(join(root, path), 'utf8');
    const edited = text.replace(from, to);
    assert.notEqual(edited, text, 'the edit has an effect');
    writeFileSync(join(root, path), edited);
  };
  const all = () => {
    const manifest = readManifest(root);
    return [...manifest.problems, ...importProblems(root, manifest), ...preloadListProblems(root, manifest)];
  };

  it('finds nothing before it is broken', () => {
    const manifest = readManifest(root);
    assert.deepEqual(all(), []);
    assert.deepEqual(manifest.mains.map((main) => manifest.modules.get(main)).sort(), [
      'firmware/targets/esp32/main.ts',
      'firmware/targets/lin/main.ts',
    ]);
    assert.ok(manifest.modules.size > 60, 'the modules were found');
  });

  it('finds a path that leads nowhere', () => {
    edit('manifest.json', './firmware/native/*', './firmware/naive/*');
    assert.match(all().join(), /names \.\/firmware\/naive\/\*, and there is no such file/);
  });

  it('finds a folder of C headers that leads nowhere', () => {
    edit('manifest.json', 'secp256k1/src/secp256k1"', 'secp256k1/source"');
    assert.equal(all().length, 1);
  });

  it('finds a partition table that is not there', () => {
    edit('firmware/targets/esp32/manifest.json', 'partitions.csv', 'partition.csv');
    assert.equal(all().length, 1);
  });

  it('finds an import that the manifest lacks', () => {
    edit('manifest.json', /\n.*"firmware\/crypto\/sender".*/, '');
    assert.match(all().join(), /sender\.js, which the manifest does not have/);
  });

  it('finds what the simulator imports and the manifest lacks', () => {
    edit('firmware/targets/lin/manifest.json', /\n.*"firmware\/targets\/esp32\/network".*/, '');
    edit('firmware/targets/esp32/manifest.json', /\n.*"firmware\/targets\/esp32\/\*".*/, '');
    assert.match(all().join(), /firmware\/targets\/lin\/main\.ts imports \.\.\/esp32\/network\.js/);
  });

  it('finds an import of noble, which no board carries', () => {
    edit(
      'firmware/targets/esp32/crypto-engine.ts',
      /^/,
      "import { createNobleEngine } from '../../crypto/noble-engine.js';\n",
    );
    assert.match(all().join(), /noble-engine\.js, which the manifest does not have/);
  });

  it('finds a module of the SDK that nobody declared', () => {
    edit('firmware/targets/esp32/main.ts', /^/, "import Mqtt from 'embedded:network/mqtt/client';\n");
    assert.match(all().join(), /embedded:network\/mqtt\/client/);
  });

  it('finds state that a preloaded module would keep in flash', () => {
    edit('firmware/lock/rate-limit.ts', /$/, 'const SEEN = new Map<string, number>();\n');
    assert.match(all().join(), /firmware\/lock\/rate-limit\.ts:\d+ makes Map, which can change/);
  });

  it('finds a preload that names nothing', () => {
    edit('manifest.json', '"preload": ["firmware/protocol/*"', '"preload": ["firmware/protocols/*"');
    assert.match(all().join(), /preload names firmware\/protocols\/\*/);
  });
});

describe('importsOf', () => {
  it('tells what is imported at run time from types, comments and strings', () => {
    const text = [
      "import { a } from 'a';",
      "import type { b } from 'b';",
      "import { type c } from 'c';",
      "import {\n  type d,\n  e,\n} from 'd';",
      "import 'f';",
      "export { g } from 'g';",
      "// import { h } from 'h';",
      "/*\nimport { i } from 'i';\n*/",
      "const x = `\nimport { j } from 'j';\n`;",
      "import K from 'k';",
    ].join('\n');
    assert.deepEqual(importsOf(text), ['a', 'd', 'f', 'g', 'k']);
  });
});

describe('boardNames', () => {
  it('knows every board by its file, and its chip by its name', () => {
    assert.deepEqual(boardNames(ROOT), ['motor-classic', 'relay-s3', 'servo-c3']);
    assert.deepEqual(boardNames(ROOT).map(platformOf), ['esp32', 'esp32/esp32s3', 'esp32/esp32c3']);
    assert.equal(platformOf('board'), undefined);
  });
});

describe('mcconfigArguments', () => {
  it('names platform, target and board, and the debugger only where it was asked for', () => {
    const options = { board: 'relay-s3', what: 'build', pairingSecret: '0x00', buildUnixSeconds: 7 } as const;
    assert.deepEqual(mcconfigArguments({ ...options, debug: false }), [
      ...['-m', '-p', 'esp32/esp32s3', '-t', 'build'],
      ...['board=relay-s3', 'buildUnixSeconds=7', 'pairingSecret=0x00'],
    ]);
    assert.equal(mcconfigArguments({ ...options, debug: true })[0], '-d');
    assert.throws(() => mcconfigArguments({ ...options, board: 'x', debug: false }));
  });
});
