import assert from 'node:assert/strict';
import { Endpoint } from '../../../firmware/lock/endpoint.js';
import { BLOCK_RANGE_MAX, REORG_BLOCKS, SEEN_HASHES_MAX } from '../../../firmware/protocol/limits.js';

const START = 100;

function endpointAt(cursor: number, head: number): Endpoint {
  const endpoint = new Endpoint('http://node.example/', START, cursor);
  endpoint.sawHead(head);
  return endpoint;
}

describe('Endpoint', () => {
  it('starts at the registration block, whatever the journal lacks', () => {
    const endpoint = new Endpoint('http://node.example/', START, 0);
    assert.equal(endpoint.cursor, START - 1);
    assert.equal(endpoint.nextRange(), undefined);
    endpoint.sawHead(START - 1);
    assert.equal(endpoint.nextRange(), undefined);
    endpoint.sawHead(START);
    assert.deepEqual(endpoint.nextRange(), { from: START, to: undefined, ownersOnly: false });
  });

  it('asks for at most 2,000 blocks and reads 64 again', () => {
    const endpoint = endpointAt(1_000, 100_000);
    const from = 1_001 - REORG_BLOCKS;
    assert.deepEqual(endpoint.nextRange(), { from, to: from + BLOCK_RANGE_MAX - 1, ownersOnly: false });
  });

  it('never reaches past its head', () => {
    const endpoint = endpointAt(1_000, 1_010);
    const range = endpoint.nextRange() ?? assert.fail();
    assert.equal(range.to, undefined);
    assert.equal(endpoint.reached(range), 1_010);
  });

  it('starts over where the head is more than 64 blocks below the cursor, not before', () => {
    assert.equal(endpointAt(1_000, 1_000 - REORG_BLOCKS).cursor, 1_000);
    assert.equal(endpointAt(1_000, 999 - REORG_BLOCKS).cursor, START - 1);
  });

  it('never moves its cursor back but by starting over', () => {
    const endpoint = endpointAt(1_000, 2_000);
    endpoint.advance(900);
    assert.equal(endpoint.cursor, 1_000);
  });

  it('halves what overflowed down to one block, then asks for the owner alone, then passes over that block', () => {
    const endpoint = endpointAt(1_000, 100_000);
    const sizes: number[] = [];
    for (;;) {
      const range = endpoint.nextRange() ?? assert.fail();
      sizes.push((range.to ?? assert.fail()) - range.from + 1);
      if (range.ownersOnly) break;
      endpoint.overflowed(range);
    }
    assert.deepEqual(sizes, [2_000, 1_000, 500, 250, 125, 62, 31, 15, 7, 3, 1, 1]);
    assert.equal(endpoint.cursor, 1_000);
    endpoint.overflowed(endpoint.nextRange() ?? assert.fail());
    assert.equal(endpoint.cursor, 1_001);
    assert.equal(endpoint.nextRange()?.ownersOnly, false);
  });

  it('halves what it asked for near the head, not what it might have asked for', () => {
    const endpoint = endpointAt(1_000, 1_000);
    endpoint.overflowed(endpoint.nextRange() ?? assert.fail());
    endpoint.sawHead(1_100);
    assert.deepEqual(endpoint.nextRange(), { from: 1_001, to: 1_032, ownersOnly: false });
  });

  it('asks for no block past the head while its range is shrunk', () => {
    const endpoint = endpointAt(1_000, 100_000);
    endpoint.shrink(endpoint.nextRange() ?? assert.fail());
    endpoint.sawHead(1_003);
    assert.deepEqual(endpoint.nextRange(), { from: 1_001, to: 1_003, ownersOnly: false });
  });

  it('passes over nothing that a node refused to answer', () => {
    const endpoint = endpointAt(1_000, 100_000);
    for (let i = 0; i < 40; i++) endpoint.shrink(endpoint.nextRange() ?? assert.fail());
    assert.equal(endpoint.cursor, 1_000);
    assert.deepEqual(endpoint.nextRange(), { from: 1_001, to: 1_001, ownersOnly: false });
  });

  it('looks back again once its range has grown', () => {
    const endpoint = endpointAt(1_000, 100_000);
    endpoint.shrink(endpoint.nextRange() ?? assert.fail());
    const range = endpoint.nextRange() ?? assert.fail();
    endpoint.advance(endpoint.reached(range));
    assert.equal(endpoint.cursor, 2_000);
    assert.equal(endpoint.nextRange()?.from, 2_001 - REORG_BLOCKS);
  });

  it('forgets the oldest hashes and keeps a bounded number', () => {
    const endpoint = endpointAt(1_000, 2_000);
    for (let i = 0; i < 10_000; i++) endpoint.markSeen(`0x${i}`);
    const kept = Array.from({ length: 10_000 }, (_, i) => i).filter((i) => endpoint.hasSeen(`0x${i}`));
    assert.equal(kept.length, SEEN_HASHES_MAX);
    assert.equal(kept[0], 10_000 - SEEN_HASHES_MAX);
  });

  it('waits longer after each failure, up to a minute, and no more after an answer', () => {
    const endpoint = endpointAt(1_000, 2_000);
    const waits = Array.from({ length: 9 }, () => {
      endpoint.fail(5_000);
      return endpoint.readyMs - 5_000;
    });
    assert.deepEqual(waits, [1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000, 60_000]);
    endpoint.advance(1_500);
    endpoint.fail(5_000);
    assert.equal(endpoint.readyMs, 6_000);
  });

  it('gives a missing transaction up at the third time in a row', () => {
    const endpoint = endpointAt(1_000, 2_000);
    assert.deepEqual(
      [endpoint.missed('0xa'), endpoint.missed('0xa'), endpoint.missed('0xb')],
      [false, false, false],
    );
    assert.deepEqual(
      [endpoint.missed('0xa'), endpoint.missed('0xa'), endpoint.missed('0xa')],
      [false, false, true],
    );
  });
});
