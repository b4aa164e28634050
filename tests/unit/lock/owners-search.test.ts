import assert from 'node:assert/strict';
import { OwnersSearch, type SearchRange } from '../../../firmware/lock/owners-search.js';
import {
  BLOCK_RANGE_MAX,
  CATCH_UP_REFILL_MS,
  SEARCH_BLOCKS_MAX,
  SEARCH_PAUSE_MS,
  SEARCH_POLLS_MAX,
} from '../../../firmware/protocol/limits.js';

const START = 1_000;

/** Reads on until the search is over. */
function readAll(search: OwnersSearch): readonly SearchRange[] {
  const ranges: SearchRange[] = [];
  for (let range = search.take(); range !== undefined; range = search.take()) {
    ranges.push(range);
    search.advanced(range);
  }
  return ranges;
}

describe('OwnersSearch', () => {
  it('reads each block once, the newest first, down to the registration', () => {
    const search = new OwnersSearch();
    assert.equal(search.take(), undefined);
    assert.equal(search.begin(START + 4_500, START, 0), true);
    assert.deepEqual(readAll(search), [
      { from: START + 2_501, to: START + 4_500 },
      { from: START + 501, to: START + 2_500 },
      { from: START, to: START + 500 },
    ]);
    assert.equal(search.mayGoOn(0), false);
  });

  it('goes no further back than its bound, and two whole searches are allowed at once', () => {
    const search = new OwnersSearch();
    search.begin(50_000_000, START, 0);
    const ranges = readAll(search);
    assert.equal(ranges.at(-1)?.from, 50_000_000 - SEARCH_BLOCKS_MAX + 1);
    assert.ok(2 * ranges.length <= SEARCH_POLLS_MAX, `${ranges.length} ranges`);
  });

  it('begins anew only after a pause, and never while it is under way', () => {
    const search = new OwnersSearch();
    search.begin(START + 10_000, START, 0);
    assert.equal(search.begin(START + 10_000, START, SEARCH_PAUSE_MS), false);
    readAll(search);
    assert.equal(search.begin(START + 10_000, START, SEARCH_PAUSE_MS - 1), false);
    assert.equal(search.begin(START + 10_000, START, SEARCH_PAUSE_MS), true);
  });

  it('falls back to a poll a minute, whatever a liar shows', () => {
    const search = new OwnersSearch();
    search.begin(50_000_000, START, 0);
    for (let i = 0; i < SEARCH_POLLS_MAX; i++) {
      assert.equal(search.mayGoOn(0), true);
      search.take();
    }
    assert.equal(search.mayGoOn(CATCH_UP_REFILL_MS - 1), false);
    assert.equal(search.mayGoOn(CATCH_UP_REFILL_MS), true);
  });

  it('asks for less where an answer is too large, and passes over one block that is too large even so', () => {
    const search = new OwnersSearch();
    search.begin(START + 10_000, START, 0);
    let range = search.take() ?? assert.fail();
    for (let blocks = BLOCK_RANGE_MAX; blocks > 1; blocks >>= 1) {
      assert.equal(range.to - range.from + 1, blocks);
      search.shrink(range);
      range = search.take() ?? assert.fail();
    }
    assert.deepEqual(range, { from: START + 10_000, to: START + 10_000 });
    search.shrink(range);
    assert.deepEqual(search.take(), { from: START + 9_999, to: START + 9_999 });
  });

  it('ends where the node refuses even one block: it has thrown them away', () => {
    const search = new OwnersSearch();
    search.begin(START + 10_000, START, 0);
    let refusals = 0;
    for (let range = search.take(); range !== undefined; range = search.take()) {
      search.refused(range);
      refusals++;
    }
    assert.equal(refusals, 11);
    assert.equal(search.mayGoOn(0), false);
  });
});
