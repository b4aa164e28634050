import assert from 'node:assert/strict';
import { createNobleEngine } from '../../../../firmware/crypto/noble-engine.js';
import { parseHex } from '../../../../firmware/protocol/hex.js';
import { accessDigest16 } from '../../../../firmware/protocol/report-digests.js';
import { encodeTerms, type Terms } from '../../../../firmware/protocol/terms.js';
import { type GrantEvent, grantsNotApplied } from '../../../../tools/latchkey/access-events.js';

const DAY = 86_400;
const NOW = 1_800_000_000;

function event(guest: number, serial: number, change: Partial<Terms> = {}): GrantEvent {
  const terms = {
    notBeforeSeconds: 0,
    notAfterSeconds: NOW + DAY,
    rights: 3,
    weekdays: 0x7f,
    dayStartMinutes: 0,
    dayEndMinutes: 0,
    uses: 0,
    epoch: 1,
    serial,
    ...change,
  };
  return {
    guest: `0x${guest.toString(16).padStart(40, '0')}`,
    terms: encodeTerms(terms),
    blockNumber: serial,
    transactionHash: `0x${'00'.repeat(32)}`,
  };
}

/** What a lock reports that holds exactly these, packed here by hand. */
function digest(...held: readonly GrantEvent[]): Uint8Array {
  const entries = held.map(({ guest, terms }) => ({ guest: parseHex(guest, 20), terms }));
  return accessDigest16(createNobleEngine().sha256, { floor: 0, entries });
}

describe('grantsNotApplied', () => {
  const [a, b] = [event(1, NOW), event(2, NOW + 1)];
  const gone = event(1, NOW + 2, { rights: 0, weekdays: 0, notAfterSeconds: 0 });

  it('is 0 where the lock holds what the chain tells', () => {
    assert.equal(grantsNotApplied([], 1, digest()), 0);
    assert.equal(grantsNotApplied([a, b], 1, digest(b, a)), 0);
    assert.equal(grantsNotApplied([a, b, gone], 1, digest(b, gone)), 0, 'a revocation leaves its serial');
  });

  it('counts the last ones that the lock has not applied', () => {
    assert.equal(grantsNotApplied([a, b, gone], 1, digest(a, b)), 1);
    assert.equal(grantsNotApplied([a, b, gone], 1, digest(a)), 2);
    assert.equal(grantsNotApplied([a, b, gone], 1, digest()), 3);
  });

  it('is undefined where no grants of the chain make that list', () => {
    assert.equal(grantsNotApplied([a, b], 1, digest(b)), undefined);
    assert.equal(grantsNotApplied([a], 1, digest(a, event(9, NOW))), undefined);
  });

  it('looks at the lock’s epoch alone', () => {
    const before = event(3, NOW, { epoch: 1 });
    const after = event(4, NOW, { epoch: 2 });
    assert.equal(grantsNotApplied([before, after], 2, digest(after)), 0);
  });

  it('takes either for true of a revocation over a week old: the lock may have forgotten it', () => {
    const later = event(2, NOW + 9 * DAY);
    const events = [a, gone, later];
    assert.equal(grantsNotApplied(events, 1, digest(later)), 0);
    assert.equal(grantsNotApplied(events, 1, digest(gone, later)), 0);
  });

  it('passes over words that are no terms', () => {
    const odd: GrantEvent = { ...a, terms: 1n << 200n };
    assert.equal(grantsNotApplied([odd, b], 1, digest(b)), 0);
  });
});
