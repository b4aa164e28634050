import assert from 'node:assert/strict';
import { LockReports } from '../../../../tools/latchkey/lock-reports.js';
import type { ReportSource } from '../../../../tools/latchkey/report-source.js';
import { ReportSigner } from './signed-reports.js';

/** A place that shows what the test puts there. */
class Place implements ReportSource {
  readonly passedOver = 0;
  readonly name = 'a place';
  news: Uint8Array[] = [];

  async *read(): AsyncIterable<Uint8Array> {
    yield* this.news.splice(0);
  }
}

describe('LockReports', () => {
  let place: Place;
  let lock: ReportSigner;
  beforeEach(() => {
    place = new Place();
    lock = new ReportSigner();
  });
  const seqs = async (reports: LockReports) => (await reports.refresh()).map(({ report }) => report.seq);

  it('tells what is new, and the last', async () => {
    const reports = new LockReports(place, lock.lock20);
    assert.deepEqual(await seqs(reports), []);
    place.news.push(...lock.take(3));
    assert.deepEqual(await seqs(reports), [1, 2, 3]);
    assert.deepEqual(await seqs(reports), []);
    place.news.push(lock.next({ bolt: 'unlocked' }));
    assert.deepEqual(await seqs(reports), [4]);
    assert.equal(reports.last?.bolt, 'unlocked');
    assert.deepEqual(reports.problems, []);
  });

  it('begins with the tail of a long past', async () => {
    place.news.push(...lock.take(10));
    const reports = new LockReports(place, lock.lock20, 3);
    assert.deepEqual(await seqs(reports), [8, 9, 10]);
    const none = new LockReports(place, lock.lock20, 0);
    assert.deepEqual(await seqs(none), []);
    place.news.push(lock.next());
    assert.deepEqual(await seqs(none), [11]);
  });

  it("passes over other locks' reports and retries, and names those that are wrong", async () => {
    const [one = new Uint8Array(), two = new Uint8Array()] = lock.take(2);
    const forged = two.slice();
    forged.set([(forged.at(-1) ?? 0) ^ 1], forged.length - 1);
    place.news.push(one, new ReportSigner(9).next(), one, forged, Uint8Array.of(1), two);
    const reports = new LockReports(place, lock.lock20);
    assert.deepEqual(await seqs(reports), [1, 2]);
    assert.equal(reports.problems.length, 1);
    assert.match(reports.problems[0] ?? '', /^signature/);
  });

  it('shows a gap, and follows the chain again after it', async () => {
    const reports = new LockReports(place, lock.lock20);
    place.news.push(lock.next());
    lock.next();
    place.news.push(...lock.take(30));
    const seen = await reports.refresh();
    assert.deepEqual(
      seen.map(({ report }) => report.seq),
      [1, ...Array.from({ length: 30 }, (_, i) => i + 3)],
    );
    assert.equal(seen[0]?.isLinked, true);
    assert.equal(seen[1]?.isLinked, false);
    assert.equal(seen.at(-1)?.isLinked, true);
    assert.equal(reports.last?.seq, 32);
    assert.deepEqual(reports.problems, []);
  });
});
