import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../../host-sim/engines/xs-runner.js';

/** Size of the partition that the boards keep their records in. */
export function partitionBytes(): number {
  const table = readFileSync(join(ROOT, 'firmware/targets/esp32/partitions.csv'), 'utf8');
  const size = /^nvs,[^,]*,[^,]*,[^,]*,\s*(0x[0-9A-Fa-f]+)/m.exec(table)?.[1];
  return Number(size ?? assert.fail('no nvs partition'));
}
