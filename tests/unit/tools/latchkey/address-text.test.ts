import assert from 'node:assert/strict';
import { fingerprint, parseAddress, shortAddress } from '../../../../tools/latchkey/address-text.js';

/** From EIP-55. */
const MIXED = '0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed';

describe('parseAddress', () => {
  it('takes one case or the right mixture, and gives lowercase', () => {
    for (const text of [MIXED, MIXED.toLowerCase(), `0x${MIXED.slice(2).toUpperCase()}`, ` ${MIXED}\n`])
      assert.equal(parseAddress(text, 'lock'), MIXED.toLowerCase());
  });

  it('refuses a wrong mixture, another length, and what is no hex', () => {
    assert.throws(() => parseAddress(MIXED.replace('aA', 'Aa'), 'lock'), /is mistyped/);
    for (const text of ['', '0x12', `${MIXED}0`, MIXED.slice(2), MIXED.replace('5', 'g')])
      assert.throws(
        () => parseAddress(text, 'guest'),
        /is no address for the guest: expected 0x and 40 hex digits/,
      );
  });
});

describe('fingerprint', () => {
  it('shows all digits in ten groups', () => {
    assert.equal(fingerprint(MIXED), '5aae b605 3f3e 94c9 b9a0 9f33 6694 35e7 ef1b eaed');
    assert.equal(shortAddress(MIXED.toLowerCase()), '0x5aae…eaed');
  });
});
