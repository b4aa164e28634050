import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { ALARM_NAMES } from '../../../../firmware/lock/alarm-table.js';
import { generateAlarmsPage } from '../../../../tools/codegen/alarms-page.js';

describe('generateAlarmsPage', () => {
  const { path, content } = generateAlarmsPage();

  it('prints what docs/alarms.md holds', () => {
    const file = fileURLToPath(new URL(`../../../../../${path}`, import.meta.url));
    assert.ok(readFileSync(file, 'utf8') === content, 'stale: run npm run generate');
  });

  it('has a row for each alarm, in the order of the bits', () => {
    const rows = [...content.matchAll(/^\| ([0-9]+) \| `(\w+)`/gm)].map(([, bit, name]) => [bit, name]);
    assert.deepEqual(
      rows,
      ALARM_NAMES.map((name, bit) => [String(bit), name]),
    );
  });
});
