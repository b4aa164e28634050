import assert from 'node:assert/strict';
import { findPerson, rememberPerson } from '../../../../tools/latchkey/address-book.js';
import type { Tool } from '../../../../tools/latchkey/tool.js';

const ANNA = `0x${'11'.repeat(20)}` as const;

describe('findPerson', () => {
  it('knows names that were given, and none that every object has', () => {
    const config = { content: { people: { anna: ANNA } }, path: 'latchkey.json' };
    const tool = { config } as unknown as Tool;
    assert.equal(findPerson(tool, 'anna'), ANNA);
    for (const name of ['constructor', 'toString', '__proto__'])
      assert.throws(() => findPerson(tool, name), /nobody is called/);
  });
});

describe('rememberPerson', () => {
  it('gives a name that every object has to whoever is called so', () => {
    const changes: unknown[] = [];
    const config = { content: { people: {} }, change: (change: unknown) => changes.push(change) };
    rememberPerson({ config } as unknown as Tool, 'constructor', ANNA);
    assert.deepEqual(changes, [{ people: { constructor: ANNA } }]);
  });
});
