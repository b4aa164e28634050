import assert from 'node:assert/strict';
import { Clock } from '../../../firmware/lock/clock.js';

const FLOOR = 1_790_000_000;
const DAY = 86_400;

function clock(synchronisedBefore = true): Clock {
  return new Clock({ floorSeconds: FLOOR, synchronisedBefore });
}

describe('Clock', () => {
  it('has a floor that runs on with uptime, and no time before anyone told it', () => {
    assert.deepEqual(clock().read(5_999), { floorSeconds: FLOOR + 5, nowSeconds: undefined });
  });

  it('runs on from what it was told', () => {
    const told = clock();
    assert.equal(told.synchronise(FLOOR + 100, 'host', 1_000), true);
    assert.deepEqual(told.read(61_000), { floorSeconds: FLOOR + 160, nowSeconds: FLOOR + 160 });
  });

  it('takes no time from nobody, and none that is no time', () => {
    for (const [seconds, source] of [
      [FLOOR, 'none'],
      [-1, 'host'],
      [Number.NaN, 'host'],
      [FLOOR + 0.5, 'host'],
      [Number.POSITIVE_INFINITY, 'https'],
    ] as const) {
      const told = clock();
      assert.equal(told.synchronise(seconds, source, 0), false);
      assert.equal(told.read(0).nowSeconds, undefined);
    }
  });

  it('goes back by a crystal’s drift, five minutes, and no further', () => {
    assert.equal(clock().synchronise(FLOOR - 300, 'host', 0), true);
    assert.equal(clock().synchronise(FLOOR - 301, 'host', 0), false);
    assert.equal(clock().synchronise(FLOOR - 10 * 365 * DAY, 'host', 0), false);
  });

  it('never lowers its floor, however often it is set back', () => {
    const told = clock();
    told.synchronise(FLOOR + 1_000, 'host', 0);
    let highest = 0;
    for (let i = 1; i <= 100; i++) {
      told.synchronise(FLOOR + 1_000 - i * 100, 'host', i * 10);
      const { floorSeconds, nowSeconds } = told.read(i * 10);
      assert.ok(floorSeconds >= highest);
      // Each runs on in whole seconds from an instant of its own.
      assert.ok(floorSeconds - (nowSeconds ?? 0) <= 300 + 1);
      highest = floorSeconds;
    }
    told.raiseFloor(FLOOR, 2_000);
    assert.ok(told.read(2_000).floorSeconds >= highest);
  });

  it('believes a first time of any size before pairing, and at most a day ahead ever after', () => {
    const first = clock(false);
    assert.equal(first.synchronise(FLOOR + 10 * 365 * DAY, 'host', 0), true);
    assert.equal(first.synchronise(FLOOR + 11 * 365 * DAY, 'host', 0), false);
    assert.equal(clock().synchronise(FLOOR + DAY, 'host', 0), true);
    assert.equal(clock().synchronise(FLOOR + DAY + 1, 'host', 0), false);
  });

  it('counts a jump beyond uptime', () => {
    assert.equal(clock().synchronise(FLOOR + 3 * DAY, 'host', 2 * DAY * 1_000), true);
    const told = clock();
    told.synchronise(FLOOR, 'host', 0);
    assert.equal(told.synchronise(FLOOR + 3 * DAY, 'host', 2 * DAY * 1_000 - 1_000), false);
  });

  it('does not believe a jump in steps of its refusals', () => {
    const told = clock();
    for (let i = 2; i < 50; i++) assert.equal(told.synchronise(FLOOR + i * DAY, 'host', i), false);
    assert.deepEqual(told.read(50), { floorSeconds: FLOOR, nowSeconds: undefined });
  });

  it('believes a jump once it is confirmed, with the uptime since', () => {
    const told = clock();
    const notAfter = FLOOR + 30 * DAY + 300;
    assert.equal(told.confirm(notAfter, 0), false);
    told.synchronise(FLOOR + 30 * DAY, 'host', 1_000);
    assert.equal(told.confirm(notAfter, 11_000), true);
    assert.deepEqual(told.read(11_000), {
      floorSeconds: FLOOR + 30 * DAY + 10,
      nowSeconds: FLOOR + 30 * DAY + 10,
    });
    assert.equal(told.confirm(notAfter, 11_000), false);
  });

  it('believes a jump only inside the window of the order that confirms it, and forgets it outside', () => {
    for (const [notAfter, believed] of [
      [FLOOR + 300, false],
      [FLOOR + 30 * DAY - 1, false],
      [FLOOR + 30 * DAY, true],
      [FLOOR + 30 * DAY + 900, true],
      [FLOOR + 30 * DAY + 901, false],
    ] as const) {
      const told = clock();
      told.synchronise(FLOOR + 30 * DAY, 'host', 0);
      assert.equal(told.confirm(notAfter, 0), believed, `${notAfter}`);
      assert.equal(told.confirm(FLOOR + 30 * DAY, 0), false, 'only once');
      assert.equal(told.read(0).nowSeconds, believed ? FLOOR + 30 * DAY : undefined);
    }
  });

  it('believes no jump in steps of a day: all of one boot together are measured from the first', () => {
    const told = clock();
    assert.equal(told.synchronise(FLOOR + DAY, 'host', 0), true);
    for (let day = 2; day < 300; day++) assert.equal(told.synchronise(FLOOR + day * DAY, 'host', 0), false);
    assert.equal(told.read(0).nowSeconds, FLOOR + DAY);
    const fresh = new Clock({ floorSeconds: FLOOR, synchronisedBefore: false });
    assert.equal(fresh.synchronise(FLOOR + 400 * DAY, 'host', 0), true);
    assert.equal(fresh.synchronise(FLOOR + 402 * DAY, 'host', 0), false);
  });

  it('takes no time that no field could hold', () => {
    assert.equal(
      new Clock({ floorSeconds: 0, synchronisedBefore: false }).synchronise(2 ** 40, 'host', 0),
      false,
    );
  });

  it('stands still at the highest time that a field holds', () => {
    const told = new Clock({ floorSeconds: 0, synchronisedBefore: false });
    assert.equal(told.synchronise(2 ** 40 - 1, 'https', 0), true);
    assert.deepEqual(told.read(3_600_000), { floorSeconds: 2 ** 40 - 1, nowSeconds: 2 ** 40 - 1 });
  });

  it('drops a jump that waits when a nearer time is believed', () => {
    const told = clock();
    told.synchronise(FLOOR + 30 * DAY, 'host', 0);
    told.synchronise(FLOOR + 5, 'host', 0);
    assert.equal(told.confirm(FLOOR + 30 * DAY, 0), false);
    assert.equal(told.read(0).nowSeconds, FLOOR + 5);
  });

  it('measures all that comes after pairing by the time that the owner said there', () => {
    const told = new Clock({ floorSeconds: FLOOR, synchronisedBefore: false });
    told.vouch(FLOOR + 29 * DAY, 0);
    assert.equal(told.synchronisedBefore, true);
    assert.deepEqual(told.read(0), { floorSeconds: FLOOR + 29 * DAY, nowSeconds: undefined });
    assert.equal(told.synchronise(FLOOR + 30 * DAY + 1, 'host', 0), false);
    assert.equal(told.synchronise(FLOOR + 30 * DAY, 'host', 0), true);
    assert.equal(told.read(0).nowSeconds, FLOOR + 30 * DAY);
  });

  it('measures by the floor where the owner’s clock is behind it, as after an empty battery', () => {
    for (const synchronised of [false, true]) {
      const told = new Clock({ floorSeconds: FLOOR, synchronisedBefore: false });
      if (synchronised) told.synchronise(FLOOR, 'host', 0);
      told.vouch(FLOOR - 400 * DAY, 0);
      assert.equal(told.synchronise(FLOOR + DAY + 1, 'host', 0), false);
      assert.equal(told.synchronise(FLOOR + DAY, 'host', 0), true);
    }
  });

  it('forgets at pairing a jump that waits', () => {
    const told = clock();
    told.synchronise(FLOOR + 30 * DAY, 'host', 0);
    told.vouch(FLOOR + 5, 0);
    assert.equal(told.confirm(FLOOR + 30 * DAY, 0), false);
    assert.equal(told.read(0).nowSeconds, undefined);
  });
});
