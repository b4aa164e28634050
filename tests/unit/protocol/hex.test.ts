import assert from 'node:assert/strict';
import { formatHex, formatQuantity, parseHex, parseQuantity } from '../../../firmware/protocol/hex.js';

const refused = (code: string) => ({ name: 'DecodeError', code });

describe('formatHex', () => {
  it('writes two lowercase digits a byte after 0x', () => {
    assert.equal(formatHex(new Uint8Array(0)), '0x');
    assert.equal(formatHex(Uint8Array.of(0, 10, 171, 255)), '0x000aabff');
  });
});

describe('parseHex', () => {
  it('undoes formatHex for every byte', () => {
    const all = Uint8Array.from({ length: 256 }, (_, i) => i);
    assert.deepEqual(parseHex(formatHex(all)), all);
    assert.deepEqual(parseHex(formatHex(all).toUpperCase().replace('0X', '0x'), 256), all);
  });

  it('refuses anything but 0x and an even number of digits', () => {
    const bad = [
      '',
      '0',
      'x',
      '00',
      '0X00',
      '0x0',
      '0xg0',
      '0x0g',
      '0x 0',
      '0x00 ',
      ' 0x00',
      '0x0０',
      '0x@0',
      '0x`0',
    ];
    for (const text of bad) assert.throws(() => parseHex(text), refused('hex'), JSON.stringify(text));
  });

  it('refuses what is no string', () => {
    for (const value of [undefined, null, 0, 1n, true, {}, ['0x00']]) {
      assert.throws(() => parseHex(value), refused('hex'));
    }
  });

  it('refuses another size than the one asked for', () => {
    assert.throws(() => parseHex('0x0000', 1), refused('size'));
    assert.throws(() => parseHex('0x', 1), refused('size'));
  });
});

describe('formatQuantity', () => {
  it('writes no leading zeros, and zero as 0x0', () => {
    assert.equal(formatQuantity(0), '0x0');
    assert.equal(formatQuantity(1024), '0x400');
    assert.equal(formatQuantity(2n ** 64n), '0x10000000000000000');
  });
});

describe('parseQuantity', () => {
  it('undoes formatQuantity', () => {
    for (const value of [0n, 1n, 15n, 16n, 2n ** 53n, 2n ** 256n - 1n]) {
      assert.equal(parseQuantity(formatQuantity(value), 256), value);
    }
  });

  it('refuses leading zeros, signs, blanks and other notations', () => {
    const bad = [
      '',
      '0x',
      '0x00',
      '0x01',
      '0x-1',
      '-0x1',
      '0x1 ',
      ' 0x1',
      '0x1n',
      '0x1.0',
      '1',
      '0b1',
      '0xg',
      '0x_1',
    ];
    for (const text of bad)
      assert.throws(() => parseQuantity(text, 256), refused('hex'), JSON.stringify(text));
    for (const value of [undefined, null, 1, 1n, {}])
      assert.throws(() => parseQuantity(value, 256), refused('hex'));
  });

  it('refuses more bits than were asked for', () => {
    assert.equal(parseQuantity('0xff', 8), 255n);
    assert.throws(() => parseQuantity('0x100', 8), refused('range'));
    assert.equal(parseQuantity('0x3', 2), 3n);
    assert.throws(() => parseQuantity('0x4', 2), refused('range'));
  });

  it('refuses a megabyte of digits by its length alone', () => {
    assert.throws(() => parseQuantity(`0x1${'g'.repeat(1_000_000)}`, 256), refused('range'));
  });
});
