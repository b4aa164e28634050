import assert from 'node:assert/strict';
import { plainText } from '../../../../tools/latchkey/owner/plain-text.js';

describe('plainText', () => {
  it('leaves words of any language as they are', () => {
    assert.equal(plainText('Tür 0.1.0 → 門 👍'), 'Tür 0.1.0 → 門 👍');
  });

  it('shows controls of the terminal, ends of lines and turned directions as one sign each', () => {
    for (const control of ['\u001b', '\u009b', '\n', '\r', '\u0007', '\u007f', '\u202e', '\u2028'])
      assert.equal(plainText(`a${control}[2Kb`), 'a\ufffd[2Kb');
  });
});
