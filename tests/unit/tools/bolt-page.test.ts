import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { BOLT_TRANSITIONS } from '../../../firmware/lock/bolt.js';
import { generateBoltPage } from '../../../tools/codegen/bolt-page.js';

const ROOT = fileURLToPath(new URL('../../../../', import.meta.url));

describe('generateBoltPage', () => {
  const { path, content } = generateBoltPage();

  it('is not stale', () => {
    assert.ok(readFileSync(join(ROOT, path), 'utf8') === content, 'stale: run npm run generate');
  });

  it('prints each transition once in the table, and once in the diagram', () => {
    const lines = content.split('\n');
    let count = 0;
    for (const [state, row] of Object.entries(BOLT_TRANSITIONS)) {
      for (const [event, [to]] of Object.entries(row)) {
        count++;
        const rows = lines.filter((line) => line.startsWith(`| \`${state}\` | \`${event}\` | \`${to}\` |`));
        assert.equal(rows.length, 1, `${state} ${event}`);
        const arrows = lines.filter((line) => {
          const [, from, goal, events] = /^ {2}(\w+) --> (\w+): (.+)$/.exec(line) ?? [];
          return from === state && goal === to && events?.split('<br/>').includes(event);
        });
        assert.equal(arrows.length, 1, `${state} ${event}`);
      }
    }
    assert.equal(
      lines.filter((line) => /^\| `[a-z-]+` \| `[a-z-]+` \| `[a-z-]+` \|/.test(line)).length,
      count,
    );
  });
});
