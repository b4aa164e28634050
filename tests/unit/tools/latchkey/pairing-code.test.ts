import assert from 'node:assert/strict';
import {
  formatPairingCode,
  formatPairingUri,
  parsePairingSecret,
} from '../../../../tools/latchkey/owner/pairing-code.js';

const SECRET = Uint8Array.from({ length: 16 }, (_, i) => (i * 83 + 29) & 255);
const CODE = formatPairingCode(SECRET);
const DIGITS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

describe('formatPairingCode', () => {
  it('writes seven groups of four that nobody mixes up', () => {
    assert.match(CODE, /^(?:[0-9A-HJKMNP-TV-Z]{4}-){6}[0-9A-HJKMNP-TV-Z]{4}$/);
    assert.equal(formatPairingCode(new Uint8Array(16)), '0000-0000-0000-0000-0000-0000-0000');
    assert.equal(
      formatPairingCode(Uint8Array.from({ length: 16 }, (_, i) => i)),
      '0004-1061-050R-3GG2-8A1C-60T3-GF6Q',
    );
  });

  it('takes 16 bytes and no other number', () => {
    assert.throws(() => formatPairingCode(new Uint8Array(15)), RangeError);
  });
});

describe('parsePairingSecret', () => {
  it('reads back what is printed, scanned, or kept as hex', () => {
    for (const secret of [SECRET, new Uint8Array(16), new Uint8Array(16).fill(255)]) {
      const hex = Buffer.from(secret).toString('hex');
      for (const text of [formatPairingCode(secret), formatPairingUri(secret), `0x${hex}`, hex])
        assert.deepEqual(parsePairingSecret(text), secret);
    }
  });

  it('forgives case, spaces, dashes and letters that look like digits', () => {
    const typed = ` ${CODE.toLowerCase().replaceAll('-', ' ').replaceAll('0', 'o').replaceAll('1', 'l')} `;
    assert.deepEqual(parsePairingSecret(typed), SECRET);
  });

  it('refuses every code with one wrong digit', () => {
    const bare = CODE.replaceAll('-', '');
    for (let at = 0; at < bare.length; at++) {
      for (const digit of DIGITS) {
        if (digit === bare[at]) continue;
        const wrong = bare.slice(0, at) + digit + bare.slice(at + 1);
        assert.throws(() => parsePairingSecret(wrong), /the code is mistyped/, wrong);
      }
    }
  });

  it('refuses every code in which two digits changed places', () => {
    const bare = CODE.replaceAll('-', '');
    let swaps = 0;
    for (let a = 0; a < bare.length; a++) {
      for (let b = a + 1; b < bare.length; b++) {
        if (bare[a] === bare[b]) continue;
        const digits = [...bare];
        [digits[a], digits[b]] = [bare[b] as string, bare[a] as string];
        assert.throws(() => parsePairingSecret(digits.join('')), /the code is mistyped/);
        swaps++;
      }
    }
    assert.ok(swaps > 300);
  });

  it('refuses what is no code, and never repeats it', () => {
    for (const text of [
      '',
      '1234',
      `${CODE}-1234`,
      CODE.replace(/.$/, 'U'),
      `${'z'.repeat(27)}!`,
      '0x1234',
    ]) {
      assert.throws(
        () => parsePairingSecret(text),
        (error: Error) =>
          /^expected a code of 7 groups of 4/.test(error.message) &&
          (text === '' || !error.message.includes(text)),
      );
    }
  });
});
