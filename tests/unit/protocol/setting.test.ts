import assert from 'node:assert/strict';
import { DURESS_GUESTS_MAX, SETTING_CHARS_MAX } from '../../../firmware/protocol/limits.js';
import {
  checkSettings,
  parseDuressGuests,
  readNumberSettings,
  SETTING_NAMES,
} from '../../../firmware/protocol/setting.js';

const read = (name: string, text: string) => readNumberSettings(new Map([[name, text]]));
const refused = { name: 'DecodeError', code: 'setting' };

describe('readNumberSettings', () => {
  it('gives the defaults that the documents name', () => {
    assert.deepEqual(readNumberSettings(new Map()), {
      strictAfterBoot: false,
      relockMs: 10_000,
      autoRelockMs: undefined,
      ajarMs: 300_000,
      lowBatteryMilliVolts: 4_400,
      guestLeaseSeconds: 86_400,
      idlePollMs: 30_000,
      heartbeatMs: 900_000,
    });
  });

  it('reads each in its unit', () => {
    assert.equal(read('strict-after-boot', 'on').strictAfterBoot, true);
    assert.equal(read('relock', '600').relockMs, 600_000);
    assert.equal(read('auto-relock', '5').autoRelockMs, 5_000);
    assert.equal(read('ajar', '10').ajarMs, 10_000);
    assert.equal(read('low-battery', '3300').lowBatteryMilliVolts, 3_300);
    assert.equal(read('guest-lease', '720').guestLeaseSeconds, 2_592_000);
    assert.equal(read('idle-poll', '1').idlePollMs, 1_000);
    assert.equal(read('heartbeat', '1440').heartbeatMs, 86_400_000);
  });

  it('switches off what can be off', () => {
    assert.equal(read('auto-relock', 'off').autoRelockMs, undefined);
    assert.equal(read('ajar', 'off').ajarMs, undefined);
    assert.equal(read('low-battery', 'off').lowBatteryMilliVolts, undefined);
    assert.equal(read('strict-after-boot', 'off').strictAfterBoot, false);
  });

  it('refuses what is no number in its range', () => {
    const bad: readonly (readonly [name: string, text: string])[] = [
      ['relock', '0'],
      ['relock', '601'],
      ['relock', 'off'],
      ['relock', '010'],
      ['relock', '1.5'],
      ['relock', ''],
      ['auto-relock', '4'],
      ['ajar', '86401'],
      ['low-battery', '65536'],
      ['guest-lease', '0'],
      ['guest-lease', 'off'],
      ['idle-poll', '301'],
      ['heartbeat', '-1'],
      ['strict-after-boot', 'yes'],
    ];
    for (const [name, text] of bad) assert.throws(() => read(name, text), refused, `${name} ${text}`);
  });

  it('leaves the other texts alone', () => {
    const others = SETTING_NAMES.filter((name) => ['wifi-ssid', 'time-zone', 'report-url'].includes(name));
    assert.equal(others.length, 3);
    assert.deepEqual(
      readNumberSettings(new Map(others.map((name) => [name, 'x']))),
      readNumberSettings(new Map()),
    );
  });
});

describe('checkSettings', () => {
  it('takes none at all, and one of each that it reads', () => {
    checkSettings(new Map());
    checkSettings(
      new Map([
        ['time-zone', 'CET-1CEST,M3.5.0,M10.5.0/3'],
        ['passage-hours', 'mon-fri 09:00-17:00'],
        ['expected-hours', 'mon-sun 06:00-08:00'],
        ['duress-guests', `0x${'ab'.repeat(20)}`],
        ['guest-lease', '48'],
        ['wifi-ssid', 'anything at all'],
      ]),
    );
  });

  it('refuses each that the lock could not read later', () => {
    for (const [name, text] of [
      ['time-zone', 'Europe/Berlin'],
      ['passage-hours', 'always'],
      ['expected-hours', ''],
      ['duress-guests', 'ann'],
      ['guest-lease', 'never'],
    ] as const) {
      assert.throws(() => checkSettings(new Map([[name, text]])), refused, name);
    }
  });
});

describe('parseDuressGuests', () => {
  const address = (byte: string) => `0x${byte.repeat(20)}`;
  const six = Array.from({ length: DURESS_GUESTS_MAX }, (_, i) => address(`a${i}`));

  it('reads up to six addresses, which fit a setting', () => {
    assert.deepEqual(parseDuressGuests(address('0C')), [new Uint8Array(20).fill(12)]);
    assert.equal(parseDuressGuests(six.join(' ')).length, 6);
    assert.ok(six.join(' ').length <= SETTING_CHARS_MAX);
  });

  it('refuses anything else', () => {
    const bad = ['', ' ', address('00'), `${address('ab')} `, `${address('ab')}  ${address('ac')}`];
    bad.push('ab'.repeat(20), `0x${'ab'.repeat(19)}`, [...six, address('ff')].join(' '));
    for (const text of bad) assert.throws(() => parseDuressGuests(text), refused, text);
  });
});
