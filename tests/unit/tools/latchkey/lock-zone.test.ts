import assert from 'node:assert/strict';
import { keptZone, lockZone, zoneWords } from '../../../../tools/latchkey/lock-zone.js';
import type { ToolIo } from '../../../../tools/latchkey/tool-io.js';

const BERLIN = '<+01>-1<+02>,M3.5.0,M10.5.0/3';
const SUMMER = Date.UTC(2030, 6, 1) / 1_000;
const tool = (timeZone: string) => ({ io: { timeZone, nowUnixMs: () => Date.UTC(2030, 0, 1) } as ToolIo });
const record = (text: string, zone?: string) => ({
  ...({ address: '0x11', registry: '0x22', chainId: 1, startBlock: 0 } as const),
  settings: { 'time-zone': text },
  ...(zone !== undefined && { zone }),
});

describe('lockZone', () => {
  it('has the name that was said at pairing, or the one of this computer, and the clocks of what the lock was told', () => {
    const said = lockZone(tool('Asia/Tokyo'), { record: record(BERLIN, 'Europe/Paris') });
    assert.deepEqual([said.name, said.offsetSeconds(SUMMER)], ['Europe/Paris', 7_200]);
    assert.equal(lockZone(tool('Europe/Berlin'), { record: record(BERLIN) }).name, 'Europe/Berlin');
    assert.equal(lockZone(tool('Asia/Tokyo'), { record: record(BERLIN) }).name, BERLIN);
  });

  it('believes no name that does not stand for what the lock was told', () => {
    assert.equal(lockZone(tool('Asia/Tokyo'), { record: record(BERLIN, 'America/New_York') }).name, BERLIN);
  });
});

describe('zoneWords', () => {
  it('shows both, or what the lock was told alone', () => {
    assert.equal(zoneWords(tool('Europe/Berlin'), record(BERLIN)), `Europe/Berlin (${BERLIN})`);
    assert.equal(zoneWords(tool('Asia/Tokyo'), record(BERLIN)), BERLIN);
  });
});

describe('keptZone', () => {
  it('keeps a name, and no POSIX string', () => {
    const texts = new Map([['time-zone', BERLIN]]);
    assert.deepEqual(keptZone(tool('Asia/Tokyo'), texts, 'Europe/Berlin'), { zone: 'Europe/Berlin' });
    assert.deepEqual(keptZone(tool('Asia/Tokyo'), texts, BERLIN), {});
  });
});
