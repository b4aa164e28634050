import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Point } from '@noble/secp256k1';
import {
  BASE_TABLE,
  COMB_BIAS,
  COMB_BLOCKS,
  COMB_SPACING,
  COMB_TEETH,
} from '../../../firmware/crypto/generated/base-table.js';
import { generateCryptoTables } from '../../../tools/codegen/crypto-tables.js';
import { N } from '../../conformance/rfc6979-oracle.js';

describe('generateCryptoTables', () => {
  const root = fileURLToPath(new URL('../../../../', import.meta.url));
  for (const { path, content } of generateCryptoTables()) {
    it(`${path} is not stale`, () => {
      assert.ok(readFileSync(join(root, path), 'utf8') === content, 'stale: run npm run generate');
    });
  }
});

describe('BASE_TABLE', () => {
  it('holds the multiples of the generator that noble computes', () => {
    const half = 1 << (COMB_TEETH - 1);
    assert.equal(BASE_TABLE.length, COMB_BLOCKS * half * 2);
    for (let block = 0; block < COMB_BLOCKS; block++) {
      for (let index = 0; index < half; index++) {
        let scalar = 0n;
        for (let tooth = 0; tooth < COMB_TEETH; tooth++) {
          const weight = 1n << BigInt((block * COMB_TEETH + tooth) * COMB_SPACING);
          scalar += tooth === COMB_TEETH - 1 || (index >> tooth) & 1 ? weight : -weight;
        }
        const { x, y } = Point.BASE.multiply(((scalar % N) + N) % N).toAffine();
        const at = (block * half + index) * 2;
        assert.deepEqual([BASE_TABLE[at], BASE_TABLE[at + 1]], [x, y], `block ${block} index ${index}`);
      }
    }
  });

  it('cannot be written to', () => {
    assert.ok(Object.isFrozen(BASE_TABLE));
    assert.equal((2n * COMB_BIAS) % N, ((1n << 260n) - 1n) % N);
  });
});
