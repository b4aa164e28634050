import assert from 'node:assert/strict';
import { FOR_EVER_SECONDS } from '../../../../firmware/protocol/terms.js';
import {
  describeTerms,
  type GrantFlags,
  parseTerms,
  summarizeTerms,
} from '../../../../tools/latchkey/grant-terms.js';
import { zoneOf } from '../../../../tools/latchkey/zone.js';

const berlin = zoneOf('Europe/Berlin');
const NOW = Date.parse('2026-11-30T12:00:00Z') / 1_000;
const parse = (flags: GrantFlags) => parseTerms({ until: '+1d', ...flags }, berlin, NOW);
const whole = (flags: GrantFlags) => ({ ...parse(flags), epoch: 1, serial: NOW });
const words = (flags: GrantFlags) => describeTerms(whole(flags), berlin, NOW).join('\n');

describe('parseTerms', () => {
  it('limits nothing that is not said', () => {
    assert.deepEqual(parse({}), {
      notBeforeSeconds: 0,
      notAfterSeconds: NOW + 86_400,
      rights: 3,
      weekdays: 0x7f,
      dayStartMinutes: 0,
      dayEndMinutes: 0,
      uses: 0,
    });
  });

  it('reads all of it', () => {
    const terms = parse({
      from: '2026-12-01 10:00',
      until: '2026-12-31',
      days: 'tue,thu-fri',
      hours: '9:30-17',
      uses: '3',
      rights: 'lock, unlock,history',
    });
    assert.deepEqual(terms, {
      notBeforeSeconds: Date.parse('2026-12-01T09:00:00Z') / 1_000,
      notAfterSeconds: Date.parse('2026-12-31T22:59:59Z') / 1_000,
      rights: 7,
      weekdays: 0b0011010,
      dayStartMinutes: 570,
      dayEndMinutes: 1_020,
      uses: 3,
    });
  });

  it('reads days over the end of the week, by short or long names', () => {
    assert.equal(parse({ days: 'mon-fri' }).weekdays, 0b0011111);
    assert.equal(parse({ days: 'Fri-Mon' }).weekdays, 0b1110001);
    assert.equal(parse({ days: 'tuesday' }).weekdays, 0b0000010);
    assert.equal(parse({ days: 'every' }).weekdays, 0x7f);
  });

  it('reads hours over midnight and up to it', () => {
    const hours = (text: string) => {
      const { dayStartMinutes, dayEndMinutes } = parse({ hours: text });
      return [dayStartMinutes, dayEndMinutes];
    };
    assert.deepEqual(hours('22-6'), [1_320, 360]);
    assert.deepEqual(hours('9-24'), [540, 0]);
    assert.deepEqual(hours('0-24'), [0, 0]);
  });

  it('grants for ever only where that is said', () => {
    assert.equal(parse({ until: 'forever' }).notAfterSeconds, FOR_EVER_SECONDS);
    assert.equal(parse({ until: 'for-ever' }).notAfterSeconds, FOR_EVER_SECONDS);
    assert.throws(() => parseTerms({}, berlin, NOW), /say until when/);
  });

  it('refuses what it does not understand, each in its own words', () => {
    const refusals: readonly (readonly [GrantFlags, RegExp])[] = [
      [{ days: 'mon-' }, /--days takes/],
      [{ days: 'someday' }, /--days takes/],
      [{ days: 'mon-tue-wed' }, /--days takes/],
      [{ hours: '9' }, /--hours takes/],
      [{ hours: '9-25' }, /--hours takes/],
      [{ hours: '9-17:60' }, /--hours takes/],
      [{ hours: '9-9' }, /no time at all/],
      [{ uses: '0' }, /--uses takes/],
      [{ uses: '65536' }, /--uses takes/],
      [{ uses: 'once' }, /--uses takes/],
      [{ rights: 'open' }, /--rights takes/],
      [{ rights: '' }, /--rights takes/],
      [{ until: 'soon' }, /is no time/],
      [{ until: '2026-11-29' }, /over before it begins/],
      [{ from: '+2d', until: '+1d' }, /over before it begins/],
    ];
    for (const [flags, words] of refusals) assert.throws(() => parse(flags), words, JSON.stringify(flags));
  });
});

describe('describeTerms', () => {
  it("says all limits, times in the lock's zone with offset", () => {
    assert.equal(
      words({
        from: '2026-12-01 10:00',
        until: '2026-12-03 10:00',
        days: 'mon-fri',
        hours: '9-17',
        uses: '1',
      }),
      [
        'may       lock, unlock',
        'when      from Tue 2026-12-01 10:00 +01:00 until Thu 2026-12-03 10:00 +01:00 (2 d)',
        "days      mon-fri, 09:00 to 17:00 by the lock's clock (Europe/Berlin)",
        'openings  once',
      ].join('\n'),
    );
  });

  it('says for ever loudly', () => {
    assert.match(words({ until: 'forever' }), /from now FOR EVER, until it is revoked/);
  });

  it('says hours over midnight, and days that are no run', () => {
    assert.match(words({ hours: '22-6', days: 'sat,sun' }), /sat\+sun, 22:00 to 06:00 of the next day/);
    assert.match(words({ hours: '9-24' }), /every day, 09:00 to 24:00 by/);
  });

  it('says that a revocation is one', () => {
    assert.deepEqual(describeTerms({ ...whole({}), rights: 0 }, berlin, NOW), [
      'may       nothing: this is a revocation',
    ]);
  });
});

describe('summarizeTerms', () => {
  it('fits a line of a table', () => {
    assert.equal(
      summarizeTerms(whole({ days: 'tue', hours: '9-12', uses: '2' }), berlin, NOW),
      "lock, unlock; from now until Tue 2026-12-01 13:00 +01:00 (24 h); tue; 09:00 to 12:00 by the lock's clock; at most 2 times",
    );
    const over = { ...whole({}), notAfterSeconds: NOW - 3_600 };
    assert.match(summarizeTerms(over, berlin, NOW), /over since Mon 2026-11-30 12:00/);
  });
});
