import assert from 'node:assert/strict';
import { RECORD_EXTRA_BYTES } from '../../firmware/lock/journal.js';
import { IoError } from '../../firmware/protocol/errors.js';
import {
  OUTBOX_REPORTS_MAX,
  PAIRING_FRAME_BYTES_MAX,
  RECORD_BYTES_MAX,
  REPORT_BYTES_MAX,
} from '../../firmware/protocol/limits.js';
import { NVS_PAGE_BYTES, NvsFlash } from '../../host-sim/world/nvs-flash.js';
import { partitionBytes } from './partition.js';

const PAGE_ENTRIES = 126;
/** Number and hash before a report, and whatever else the records add to what their limits name. */
const SLACK_BYTES = 64;
const REPORT_RECORD_BYTES = REPORT_BYTES_MAX + RECORD_EXTRA_BYTES + SLACK_BYTES;
/** What pairing sets arrived in one frame. */
const IDENTITY_RECORD_BYTES = PAIRING_FRAME_BYTES_MAX + RECORD_EXTRA_BYTES + SLACK_BYTES;
/** Wi-Fi, its calibration, the secrets of the chip. */
const OTHERS_BYTES = 4_000;

/** The longest records that the limits allow, all at once. */
function fill(flash: NvsFlash): void {
  flash.write('others', OTHERS_BYTES);
  for (const copy of ['a', 'b']) {
    flash.write(`identity-${copy}`, IDENTITY_RECORD_BYTES);
    flash.write(`state-${copy}`, RECORD_BYTES_MAX);
  }
  for (let place = 0; place < OUTBOX_REPORTS_MAX; place++)
    flash.write(`report-${place}`, REPORT_RECORD_BYTES);
}

/** Writes on and on, every kind of record. */
function live(flash: NvsFlash, count: number): void {
  for (let i = 0; i < count; i++) {
    flash.write(`state-${i % 2 === 0 ? 'a' : 'b'}`, RECORD_BYTES_MAX);
    flash.write(`report-${(i * 7) % OUTBOX_REPORTS_MAX}`, REPORT_RECORD_BYTES);
    if (i % 50 === 0) flash.write(`identity-${i % 100 === 0 ? 'a' : 'b'}`, IDENTITY_RECORD_BYTES);
  }
}

describe('the boards’ partition for records', () => {
  it('holds the longest records that the limits allow, all at once, and goes on writing them', () => {
    const flash = new NvsFlash(partitionBytes());
    fill(flash);
    const entries = (partitionBytes() / NVS_PAGE_BYTES - 1) * PAGE_ENTRIES;
    assert.ok(flash.entriesLive <= 0.85 * entries, `${flash.entriesLive} of ${entries} entries`);
    live(flash, 3_000);
    assert.ok(Math.max(...flash.erases) > 100, 'it has been round');
  });

  it('would not in the partition that a default table has', () => {
    const flash = new NvsFlash(0x6000);
    assert.throws(() => fill(flash), IoError);
  });
});

describe('NvsFlash', () => {
  it('takes an entry for each 32 bytes, one for the head of each piece, and one for the index', () => {
    const flash = new NvsFlash(4 * NVS_PAGE_BYTES);
    flash.write('a', 1);
    assert.equal(flash.entriesLive, 3);
    flash.write('b', 320);
    assert.equal(flash.entriesLive, 3 + 12);
    flash.write('a', 33);
    assert.equal(flash.entriesLive, 4 + 12);
    assert.equal(flash.entriesWritten, 3 + 12 + 4);
    flash.erase('b');
    assert.equal(flash.entriesLive, 4);
    // Over the end of a page: two pieces, each with a head.
    flash.write('c', 126 * 32);
    assert.equal(flash.entriesLive, 4 + 126 + 2 + 1);
  });

  it('erases a page only when all others are used up, and each in its turn', () => {
    const flash = new NvsFlash(5 * NVS_PAGE_BYTES);
    const worn = () => flash.erases.reduce((sum, count) => sum + count, 0);
    // 124 bytes more or less fill a page: one record, one page.
    for (let i = 0; i < 4; i++) flash.write('a', 124 * 32);
    assert.equal(worn(), 0);
    for (let i = 0; i < 50; i++) flash.write('a', 124 * 32);
    assert.equal(worn(), 50);
    assert.ok(Math.max(...flash.erases) - Math.min(...flash.erases) <= 1, flash.erases.join());
  });

  it('says when it is full, and keeps what was there', () => {
    const flash = new NvsFlash(3 * NVS_PAGE_BYTES);
    flash.write('a', 2_000);
    assert.throws(() => flash.write('b', 10_000), IoError);
    assert.equal(flash.entriesLive, 65);
    flash.write('a', 2_000);
    assert.equal(flash.entriesLive, 65);
    assert.throws(() => new NvsFlash(2 * NVS_PAGE_BYTES), IoError);
    assert.throws(() => new NvsFlash(10_000), IoError);
  });
});
