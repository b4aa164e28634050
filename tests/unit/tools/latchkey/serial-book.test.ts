import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { nextSerial, noteSerial } from '../../../../tools/latchkey/serial-book.js';

const KEY = { chainId: 31_337, lock: `0x${'11'.repeat(20)}`, guest: `0x${'22'.repeat(20)}` } as const;
const OTHER = { ...KEY, guest: `0x${'33'.repeat(20)}` } as const;

describe('nextSerial', () => {
  let home: string;
  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), 'latchkey-serials-'));
  });
  afterEach(() => rmSync(home, { recursive: true, force: true }));

  it('is the time, or one above what the chain holds', () => {
    assert.equal(nextSerial(home, KEY, 0, 1_000), 1_000);
    assert.equal(nextSerial(home, KEY, 999, 1_000), 1_000);
    assert.equal(nextSerial(home, KEY, 1_000, 1_000), 1_001);
  });

  it('is above what was signed, mined or not, for that guest alone', () => {
    noteSerial(home, KEY, 1_005);
    assert.equal(nextSerial(home, KEY, 1_000, 1_000), 1_006);
    assert.equal(nextSerial(home, OTHER, 0, 1_000), 1_000);
    noteSerial(home, OTHER, 2_000);
    assert.equal(nextSerial(home, KEY, 0, 1_000), 1_006);
  });
});
