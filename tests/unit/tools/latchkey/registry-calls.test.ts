import assert from 'node:assert/strict';
import { decodeCommand } from '../../../../firmware/protocol/command.js';
import { parseHex } from '../../../../firmware/protocol/hex.js';
import { commandCall, grantCall, handoverCall } from '../../../../tools/latchkey/owner/registry-calls.js';

const lock = '0x00000000000000000000000000000000000000bb';
const guest = '0x00000000000000000000000000000000000000cc';
const lock20 = parseHex(lock, 20);

describe('registry calls', () => {
  it('read as the firmware reads them: an order', () => {
    const call = commandCall({ lock, epoch: 2, notAfterSeconds: 300, action: 1, challenge: 0x01020304 });
    const decoded = decodeCommand(parseHex(call), lock20);
    assert.equal(decoded.kind, 'order');
    assert.deepEqual(decoded.kind === 'order' && decoded.order, {
      lock: lock20,
      challenge4: Uint8Array.of(1, 2, 3, 4),
      epoch: 2,
      notAfterSeconds: 300,
      action: 1,
    });
  });

  it('read as the firmware reads them: a grant and a handover', () => {
    const grant = decodeCommand(
      parseHex(grantCall(lock, guest, { rights: 3, notAfterSeconds: 9, epoch: 1, serial: 5, uses: 4 })),
      lock20,
    );
    assert.deepEqual(
      grant.kind === 'grant' && [grant.guest, grant.terms.rights, grant.terms.serial, grant.terms.uses],
      [parseHex(guest, 20), 3, 5, 4],
    );
    const handover = decodeCommand(
      parseHex(handoverCall(lock, guest, { epoch: 1, newEpoch: 2, notAfterSeconds: 77 })),
      lock20,
    );
    assert.equal(handover.kind, 'handover');
  });

  it('refuse a field that does not fit', () => {
    assert.throws(() => commandCall({ lock, epoch: 65_536, notAfterSeconds: 0, action: 1 }), RangeError);
    assert.throws(() => commandCall({ lock, epoch: 1, notAfterSeconds: -1, action: 1 }), RangeError);
  });
});
