import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { SELECTOR, TOPIC } from '../../firmware/protocol/lock-registry.js';
import { generateFiles } from '../../tools/codegen/generate.js';

describe('generateFiles', function () {
  this.timeout(30_000);
  const root = fileURLToPath(new URL('../../../', import.meta.url));
  const warnings: string[] = [];
  let files: ReturnType<typeof generateFiles>;

  before(() => {
    files = generateFiles(root, (text) => warnings.push(text));
  });

  for (const path of ['contracts/generated/lock-registry.ts', 'firmware/protocol/lock-registry.ts']) {
    it(`${path} is not stale`, () => {
      const expected = files.find((file) => file.path === path)?.content;
      assert.ok(expected);
      assert.ok(readFileSync(join(root, path), 'utf8') === expected, 'stale: run npm run generate');
    });
  }

  it('generates no other file', () => assert.equal(files.length, 2));

  it('hears no warning about our own sources', () => assert.deepEqual(warnings, []));

  it('agrees with the topic that the contract writes in assembly', () => {
    const source = readFileSync(join(root, 'contracts/src/LockRegistry.sol'), 'utf8');
    assert.equal(/COMMANDED_TOPIC = (0x[0-9a-f]{64});/.exec(source)?.[1], TOPIC.commanded);
  });

  it('gives each call and event one value of its own', () => {
    const values = [...Object.values(SELECTOR), ...Object.values(TOPIC)];
    assert.equal(new Set(values).size, 12);
    for (const selector of Object.values(SELECTOR)) assert.match(selector, /^0x[0-9a-f]{8}$/);
    for (const topic of Object.values(TOPIC)) assert.match(topic, /^0x[0-9a-f]{64}$/);
  });
});
