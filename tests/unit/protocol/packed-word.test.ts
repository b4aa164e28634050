import assert from 'node:assert/strict';
import { packWord, unpackWord } from '../../../firmware/protocol/packed-word.js';

describe('packWord', () => {
  it('puts the first field highest', () => {
    assert.equal(
      packWord([
        [0xab, 8],
        [0x1, 4],
        [0xcdn, 8],
      ]),
      0xab1cdn,
    );
  });

  it('refuses a field that does not fit, and a negative one', () => {
    assert.throws(() => packWord([[256, 8]]), RangeError);
    assert.throws(() => packWord([[-1, 8]]), RangeError);
  });
});

describe('unpackWord', () => {
  it('takes back what packWord packed', () =>
    assert.deepEqual(unpackWord(0xab1cdn, [8, 4, 8]), [0xabn, 1n, 0xcdn]));

  it('leaves what lies above the widths in the first field', () => {
    assert.deepEqual(unpackWord(0xfab1cdn, [8, 4, 8]), [0xfabn, 1n, 0xcdn]);
  });
});
