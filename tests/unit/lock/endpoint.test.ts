import assert from 'node:assert/strict';
import { Endpoint } from '../../../firmware/lock/endpoint.js';
import { Jitter } from '../../../firmware/lock/jitter.js';
import { writeUint } from '../../../firmware/protocol/bytes.js';
import { formatHex } from '../../../firmware/protocol/hex.js';
import {
  BACKOFF_MS_MAX,
  BLOCK_RANGE_MAX,
  DOUBTS_MAX,
  REORG_BLOCKS,
  RETRY_AFTER_SECONDS_MAX,
  SEEN_HASHES_MAX,
} from '../../../firmware/protocol/limits.js';
import type { RegistryEvent } from '../../../firmware/protocol/registry-event.js';

const START = 100;

function endpointAt(cursor: number, head: number): Endpoint {
  const endpoint = new Endpoint('http://node.example/', START, cursor);
  endpoint.sawHead(head, 0);
  return endpoint;
}

function eventOf(tx: number, blockNumber: number): RegistryEvent {
  const transactionHash32 = writeUint(tx, 32);
  return {
    name: 'granted',
    transactionHash32,
    blockNumber,
    transactionIndex: 0,
    logIndex: 0,
    removed: false,
  };
}

describe('Endpoint', () => {
  it('starts at the registration block, whatever the journal lacks', () => {
    const endpoint = new Endpoint('http://node.example/', START, 0);
    assert.equal(endpoint.cursor, START - 1);
    assert.equal(endpoint.nextRange(0), undefined);
    endpoint.sawHead(START - 1, 0);
    assert.equal(endpoint.nextRange(0), undefined);
    endpoint.sawHead(START, 0);
    assert.deepEqual(endpoint.nextRange(0), { from: START, to: undefined, ownersOnly: false });
  });

  it('asks for at most 2,000 blocks and reads 64 again', () => {
    const endpoint = endpointAt(1_000, 4_000);
    const from = 1_001 - REORG_BLOCKS;
    assert.deepEqual(endpoint.nextRange(0), { from, to: from + BLOCK_RANGE_MAX - 1, ownersOnly: false });
  });

  it('searches back from what it has read, however high a head it was told', () => {
    const endpoint = endpointAt(5_000, 5_000);
    endpoint.sawHead(2 ** 40, 0);
    endpoint.searchOwners('0x01', 0);
    endpoint.sawHead(5_000, 1_000);
    endpoint.hasten();
    const range = { from: 3_001, to: 5_000, ownersOnly: true, isSearch: true };
    assert.deepEqual(endpoint.nextRange(1_000), range);
    endpoint.advance(range, 5_000);
    assert.equal(endpoint.cursor, 5_000);
  });

  it('never reaches past its head', () => {
    const endpoint = endpointAt(1_000, 1_010);
    const range = endpoint.nextRange(0) ?? assert.fail();
    assert.equal(range.to, undefined);
    assert.equal(endpoint.reached(range), 1_010);
  });

  it('starts over where the head is more than 64 blocks below the cursor three times in a row, not before', () => {
    const endpoint = endpointAt(1_000, 1_000 - REORG_BLOCKS);
    for (let i = 0; i < 5; i++) endpoint.sawHead(1_000 - REORG_BLOCKS, 0);
    assert.equal(endpoint.cursor, 1_000);
    endpoint.sawHead(0, 0);
    endpoint.sawHead(999 - REORG_BLOCKS, 0);
    assert.equal(endpoint.nextRange(0), undefined, 'nothing is asked while the head is odd');
    endpoint.sawHead(1_001, 0);
    endpoint.sawHead(0, 0);
    endpoint.sawHead(0, 0);
    assert.equal(endpoint.cursor, 1_000);
    endpoint.sawHead(0, 0);
    assert.equal(endpoint.cursor, START - 1);
  });

  it('looks back from its head where that was told too high before', () => {
    const endpoint = endpointAt(1_000, 1_064);
    const range = endpoint.nextRange(0) ?? assert.fail();
    endpoint.advance(range, endpoint.reached(range));
    endpoint.sawHead(1_001, 0);
    assert.deepEqual(endpoint.nextRange(0), { from: 1_002 - REORG_BLOCKS, to: undefined, ownersOnly: false });
  });

  it('never moves its cursor back but by starting over', () => {
    const endpoint = endpointAt(1_000, 2_000);
    endpoint.advance(endpoint.nextRange(0) ?? assert.fail(), 900);
    assert.equal(endpoint.cursor, 1_000);
  });

  it('looks back less where what it reads again is too much, and says nothing of it', () => {
    const endpoint = endpointAt(1_000, 1_000);
    const froms: number[] = [];
    for (;;) {
      const range = endpoint.nextRange(0) ?? assert.fail();
      froms.push(1_001 - range.from);
      if (endpoint.overflowed(range)) break;
    }
    assert.deepEqual(froms, [64, 32, 16, 8, 4, 2, 1]);
  });

  it('reads the owner’s part of all that is unread first, then smaller pieces, and passes over one block', () => {
    const endpoint = endpointAt(1_000, 1_100);
    const asked: string[] = [];
    for (let i = 0; i < 40 && endpoint.cursor === 1_000; i++) {
      const range = endpoint.nextRange(0) ?? assert.fail();
      asked.push(`${range.from}-${range.to ?? 'latest'}${range.ownersOnly ? ' owner' : ''}`);
      if (range.ownersOnly) endpoint.advance(range, endpoint.reached(range));
      else endpoint.overflowed(range);
    }
    assert.deepEqual(asked.slice(0, 7), [
      '937-latest',
      '969-latest',
      '985-latest',
      '993-latest',
      '997-latest',
      '999-latest',
      '1000-latest',
    ]);
    assert.deepEqual(asked.slice(7), [
      '1001-1100 owner',
      '1001-1050',
      '1001-1100 owner',
      '1001-1025',
      '1001-1100 owner',
      '1001-1012',
      '1001-1100 owner',
      '1001-1006',
      '1001-1100 owner',
      '1001-1003',
      '1001-1100 owner',
      '1001-1001',
      '1001-1100 owner',
    ]);
    assert.equal(endpoint.cursor, 1_001);
  });

  it('asks for no block past the head while its range is shrunk', () => {
    const endpoint = endpointAt(1_000, 4_000);
    endpoint.shrink(endpoint.nextRange(0) ?? assert.fail());
    endpoint.sawHead(1_003, 0);
    assert.deepEqual(endpoint.nextRange(0), { from: 1_001, to: 1_003, ownersOnly: false });
  });

  it('passes over nothing that a node refused to answer', () => {
    const endpoint = endpointAt(1_000, 4_000);
    for (let i = 0; i < 40; i++) endpoint.shrink(endpoint.nextRange(0) ?? assert.fail());
    assert.equal(endpoint.cursor, 1_000);
    assert.deepEqual(endpoint.nextRange(0), { from: 1_001, to: 1_001, ownersOnly: false });
  });

  it('looks back where blocks may be others by now, not in the depth of a backlog', () => {
    const endpoint = endpointAt(1_000, 6_000);
    const froms: number[] = [];
    for (let i = 0; i < 5; i++) {
      const range = endpoint.nextRange(0) ?? assert.fail();
      if (range.isPreview !== true) froms.push(range.from);
      endpoint.advance(range, endpoint.reached(range));
    }
    assert.deepEqual(froms, [937, 2_937, 4_937, 5_937]);
  });

  it('forgets the oldest hashes and keeps a bounded number', () => {
    const endpoint = endpointAt(1_000, 2_000);
    for (let i = 0; i < 10_000; i++) endpoint.settle(`0x${i}`);
    const kept = Array.from({ length: 10_000 }, (_, i) => i).filter((i) => !endpoint.isNews(`0x${i}`));
    assert.equal(kept.length, SEEN_HASHES_MAX);
    assert.equal(kept[0], 10_000 - SEEN_HASHES_MAX);
  });

  it('asks ever less often for what is in doubt, holds its cursor back, and gives up after 15 minutes', () => {
    const endpoint = endpointAt(1_000, 2_000);
    endpoint.advance(endpoint.nextRange(0) ?? assert.fail(), 2_000);
    const event = eventOf(1, 1_500);
    const hash = formatHex(event.transactionHash32);
    const asked: number[] = [0];
    endpoint.doubt(event, 0);
    for (let second = 1; second <= 1_000; second++) {
      if (endpoint.dueDoubts(second * 1_000).length === 0) continue;
      assert.equal(endpoint.cursor, 1_499);
      assert.equal(endpoint.isNews(hash), false);
      asked.push(second);
      endpoint.doubt(event, second * 1_000);
    }
    assert.deepEqual(asked.slice(0, 9), [0, 1, 3, 7, 15, 31, 63, 127, 191]);
    assert.equal(asked.at(-1), 959, 'the first after 900 s gives it up');
    assert.equal(endpoint.cursor, 2_000);
    assert.equal(endpoint.isNews(hash), false);
  });

  it('keeps a bounded number in doubt, and settles one that was shown truly', () => {
    const endpoint = endpointAt(1_000, 2_000);
    for (let i = 0; i < 100; i++) endpoint.doubt(eventOf(i, 1_500 + i), 0);
    assert.equal(endpoint.dueDoubts(10_000).length, DOUBTS_MAX);
    const [first] = endpoint.dueDoubts(10_000);
    endpoint.settle(formatHex(first?.transactionHash32 ?? assert.fail()));
    assert.equal(endpoint.dueDoubts(10_000).length, DOUBTS_MAX - 1);
  });

  it('waits longer after each failure, up to what nobody waits for, and no more after an answer', () => {
    const endpoint = endpointAt(1_000, 2_000);
    const jitter = new Jitter(1);
    const waits = Array.from({ length: 12 }, (_, i) => {
      endpoint.fail('error', 5_000, jitter);
      const waitMs = endpoint.readyMs(BACKOFF_MS_MAX) - 5_000;
      const longestMs = Math.min(BACKOFF_MS_MAX, 1_000 * 2 ** i);
      assert.ok(waitMs > (longestMs * 7) / 8 && waitMs <= longestMs, `${waitMs} ms after ${i + 1}`);
      assert.equal(endpoint.readyMs(10_000), 5_000 + Math.min(10_000, waitMs));
      return waitMs;
    });
    assert.ok((waits.at(-1) ?? 0) > 52_500);
    assert.equal(endpoint.answers, false);
    endpoint.succeed();
    assert.equal(endpoint.answers, true);
    endpoint.fail('error', 5_000, jitter);
    assert.ok(endpoint.readyMs(BACKOFF_MS_MAX) <= 6_000);
  });

  it('keeps the silence that it asked for, two minutes at most, whatever the longest wait', () => {
    const endpoint = endpointAt(1_000, 2_000);
    endpoint.fail('error', 5_000, new Jitter(1), 60);
    assert.equal(endpoint.readyMs(10_000), 65_000);
    endpoint.fail('error', 5_000, new Jitter(1), 365 * 86_400);
    assert.equal(endpoint.readyMs(10_000), 5_000 + 1_000 * RETRY_AFTER_SECONDS_MAX);
  });
});
