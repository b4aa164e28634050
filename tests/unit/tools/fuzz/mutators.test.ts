import assert from 'node:assert/strict';
import { decodeCbor, encodeCbor } from '../../../../firmware/protocol/cbor.js';
import { DecodeError } from '../../../../firmware/protocol/errors.js';
import { decodeRlp, encodeRlp } from '../../../../firmware/protocol/rlp.js';
import { mutateCbor } from '../../../../tools/fuzz/cbor-mutator.js';
import { parseCborTree, writeCborTree } from '../../../../tools/fuzz/cbor-tree.js';
import { mutateJson } from '../../../../tools/fuzz/json-mutator.js';
import { Random } from '../../../../tools/fuzz/random.js';
import { mutateRecords } from '../../../../tools/fuzz/record-mutator.js';
import { mutateRlp } from '../../../../tools/fuzz/rlp-mutator.js';
import { mutateText } from '../../../../tools/fuzz/text-mutator.js';

type Mutate = (bytes: Uint8Array, random: Random) => Uint8Array;

const RUNS = 2_000;
const CBOR = encodeCbor([
  1,
  new Map<number, string>([[1, 'a']]),
  Uint8Array.of(0x82, 1, 2),
  { tag: 18, value: null },
]);
const RLP = encodeRlp([Uint8Array.of(1), [Uint8Array.of(2, 3), []]]);
const JSON_BYTES = new TextEncoder().encode('{"id":1,"result":[{"a":"0x1f"},null]}');

/** How many of so many inputs a reader takes, and how many are not what they were made of. */
function outcomes(mutate: Mutate, input: Uint8Array, read: (bytes: Uint8Array) => unknown) {
  const random = new Random(5);
  let taken = 0;
  let changed = 0;
  for (let i = 0; i < RUNS; i++) {
    const mutated = mutate(input, random);
    if (Buffer.compare(mutated, input) !== 0) changed++;
    try {
      read(mutated);
      taken++;
    } catch (error) {
      assert.ok(error instanceof DecodeError || error instanceof SyntaxError, String(error));
    }
  }
  return { taken, changed };
}

describe('the mutators', () => {
  const cases: readonly (readonly [string, Mutate, Uint8Array, (bytes: Uint8Array) => unknown])[] = [
    ['CBOR', (bytes, random) => mutateCbor(bytes, CBOR, random), CBOR, decodeCbor],
    ['RLP', (bytes, random) => mutateRlp(bytes, RLP, random), RLP, (bytes) => decodeRlp(bytes)],
    [
      'JSON',
      (bytes, random) => mutateJson(bytes, JSON_BYTES, random),
      JSON_BYTES,
      (bytes) => JSON.parse(new TextDecoder().decode(bytes)) as unknown,
    ],
  ];
  for (const [name, mutate, input, read] of cases) {
    it(`change ${name} in ways of which its decoder takes many and refuses many`, () => {
      const { taken, changed } = outcomes(mutate, input, read);
      assert.ok(changed > 0.7 * RUNS, `${changed} changed`);
      assert.ok(taken > 0.15 * RUNS && taken < 0.95 * RUNS, `${taken} taken`);
    });
  }

  it('keep whole records whole', () => {
    const random = new Random(3);
    const input = Uint8Array.from({ length: 40 }, (_, i) => i);
    let whole = 0;
    for (let i = 0; i < RUNS; i++) if (mutateRecords(input, input, 4, random).length % 4 === 0) whole++;
    assert.ok(whole > 0.9 * RUNS, `${whole} whole`);
  });

  it('make text of the words of a language', () => {
    const random = new Random(3);
    const input = new TextEncoder().encode('mon 09:00-17:00');
    const texts = Array.from({ length: RUNS }, () =>
      new TextDecoder().decode(mutateText(input, input, ['fri-sun'], random)),
    );
    assert.ok(texts.some((text) => text.includes('fri-sun')));
  });
});

describe('parseCborTree and writeCborTree', () => {
  it('give back what they were given', () => {
    const tree = parseCborTree(CBOR) ?? assert.fail();
    assert.deepEqual(writeCborTree(tree), CBOR);
    assert.equal(parseCborTree(Uint8Array.of(0x9f, 0xff)), undefined);
  });

  it('write a head wider than it need be, and never narrower', () => {
    const tree = parseCborTree(encodeCbor(500)) ?? assert.fail();
    assert.deepEqual(writeCborTree({ ...tree, width: 4 }), Uint8Array.of(0x1a, 0, 0, 1, 0xf4));
    assert.deepEqual(writeCborTree({ ...tree, width: 1 }), encodeCbor(500));
  });
});
