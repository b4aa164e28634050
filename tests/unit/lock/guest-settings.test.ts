import assert from 'node:assert/strict';
import { isDuressGuest, readGuestSettings } from '../../../firmware/lock/guest-settings.js';
import { formatHex } from '../../../firmware/protocol/hex.js';
import { parseTimeZone, UTC } from '../../../firmware/protocol/time-zone.js';
import { GUEST, STRANGER } from './authorizer-rows.js';

const read = (...texts: readonly (readonly [string, string])[]) =>
  readGuestSettings({ texts: new Map(texts) });

describe('readGuestSettings', () => {
  it('has a default for each', () => {
    assert.deepEqual(read(), { zone: UTC, leaseSeconds: 86_400, duressGuests: [] });
  });

  it('reads each', () => {
    const [zone, guests] = ['IST-1GMT0,M10.5.0,M3.5.0/1', `${formatHex(GUEST)} ${formatHex(STRANGER)}`];
    assert.deepEqual(read(['time-zone', zone], ['guest-lease', '2'], ['duress-guests', guests]), {
      zone: parseTimeZone(zone),
      leaseSeconds: 7_200,
      duressGuests: [GUEST, STRANGER],
    });
  });

  it('keeps what it can read beside what it cannot', () => {
    assert.deepEqual(
      read(['time-zone', '?'], ['guest-lease', '?'], ['duress-guests', '?'], ['relock', '?']),
      {
        zone: undefined,
        leaseSeconds: 86_400,
        duressGuests: [],
      },
    );
    assert.equal(read(['relock', '?'], ['guest-lease', '2']).leaseSeconds, 7_200);
  });
});

describe('isDuressGuest', () => {
  it('knows those that are named', () => {
    const settings = read(['duress-guests', formatHex(GUEST)]);
    assert.deepEqual([isDuressGuest(settings, GUEST), isDuressGuest(settings, STRANGER)], [true, false]);
  });
});
