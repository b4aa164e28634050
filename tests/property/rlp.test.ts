import assert from 'node:assert/strict';
import fc from 'fast-check';
import { fromRlp, toRlp } from 'viem';
import { DecodeError } from '../../firmware/protocol/errors.js';
import { decodeRlp, encodeRlp, type RlpItem } from '../../firmware/protocol/rlp.js';

const { item } = fc.letrec<{ item: RlpItem }>((tie) => ({
  item: fc.oneof(
    { maxDepth: 4 },
    fc.uint8Array({ maxLength: 80 }),
    fc.array(tie('item'), { maxLength: 6 }),
  ) as fc.Arbitrary<RlpItem>,
}));
type Nested = Uint8Array | readonly Nested[];

describe('encodeRlp', () => {
  it('writes what viem writes, and decodeRlp takes it back', () => {
    fc.assert(
      fc.property(item, (value) => {
        const bytes = encodeRlp(value);
        assert.deepEqual(bytes, toRlp(value as Parameters<typeof toRlp>[0], 'bytes'));
        assert.deepEqual(decodeRlp(bytes) as Nested, value as Nested);
        assert.deepEqual(fromRlp(bytes, 'bytes') as Nested, value as Nested);
      }),
      { numRuns: 1_000 },
    );
  });
});

describe('decodeRlp', () => {
  it('accepts of all bytes only what encodeRlp gives again', () => {
    const mutated = fc.tuple(item, fc.nat(), fc.nat({ max: 255 })).map(([value, at, byte]) => {
      const bytes = encodeRlp(value).slice();
      bytes[at % bytes.length] = byte;
      return bytes;
    });
    let accepted = 0;
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 64 }), mutated), (bytes) => {
        let decoded: RlpItem;
        try {
          decoded = decodeRlp(bytes);
        } catch (error) {
          assert.ok(error instanceof DecodeError, String(error));
          return;
        }
        accepted++;
        assert.deepEqual(encodeRlp(decoded), Uint8Array.from(bytes));
      }),
      { numRuns: 5_000 },
    );
    assert.ok(accepted > 100, `only ${accepted} were valid`);
  });
});
