import assert from 'node:assert/strict';
import { Lease } from '../../../firmware/lock/lease.js';
import { NOW } from './authorizer-rows.js';
import { settingsWith } from './fixture.js';

const URLS = ['http://a.example/', 'http://b.example/', 'http://c.example/'] as const;
const [A, B, C] = URLS;
const HOUR_MS = 3_600_000;

/** A lease of one hour; NOW is uptime 0. */
function lease(
  endpoints: readonly string[] = URLS,
  { contactSeconds = 0, clockless = false } = {},
): { lease: Lease; memory: { identity: { settings: ReturnType<typeof settingsWith> } } } {
  const memory = {
    identity: { settings: settingsWith({ endpoints, texts: new Map([['guest-lease', '1']]) }) },
    state: { contactSeconds },
  };
  const clock = {
    read: (uptimeMs: number) => {
      const seconds = NOW + Math.floor(uptimeMs / 1000);
      return { floorSeconds: seconds, nowSeconds: clockless ? undefined : seconds };
    },
  };
  return { lease: new Lease({ clock, memory }), memory };
}

describe('Lease', () => {
  it('needs half of the endpoints, rounded up, as recent as the lease', () => {
    for (const [count, needed] of [
      [1, 1],
      [2, 1],
      [3, 2],
    ] as const) {
      const { lease: one } = lease(URLS.slice(0, count));
      for (let i = 0; i < needed; i++) {
        assert.equal(one.isOver(0), true, `${i} of ${count}`);
        one.note(URLS[i] ?? '', true, 0);
      }
      assert.equal(one.isOver(0), false, `${needed} of ${count}`);
      assert.equal(one.isOver(HOUR_MS), false);
      assert.equal(one.isOver(HOUR_MS + 1_000), true);
    }
  });

  it('is not held by one endpoint of three, however often it answers', () => {
    const { lease: one } = lease();
    one.note(B, true, 0);
    for (let ms = 0; ms <= 2 * HOUR_MS; ms += 60_000) one.note(A, true, ms);
    assert.equal(one.isOver(2 * HOUR_MS), true);
    one.note(C, true, 2 * HOUR_MS);
    assert.equal(one.isOver(2 * HOUR_MS), false);
  });

  it('counts an endpoint that is named twice once', () => {
    const { lease: one } = lease([A, A, B, C]);
    one.note(A, true, 0);
    assert.equal(one.isOver(0), true);
  });

  it('goes on from what flash holds, and never back', () => {
    const { lease: one } = lease(URLS, { contactSeconds: NOW - 3_000 });
    assert.equal(one.contactSeconds(0), NOW - 3_000);
    assert.equal(one.isOver(600_000), false);
    assert.equal(one.isOver(601_000), true);
    const { lease: ahead } = lease([A], { contactSeconds: NOW + 100 });
    ahead.note(A, true, 0);
    assert.equal(ahead.contactSeconds(0), NOW + 100);
  });

  it('says when contact was by the clock that came later', () => {
    const { lease: one } = lease([A]);
    one.note(A, true, 1_500);
    assert.equal(one.contactSeconds(10_500), NOW + 1);
    const { lease: clockless } = lease([A], { contactSeconds: 7, clockless: true });
    clockless.note(A, true, 0);
    assert.equal(clockless.contactSeconds(0), 7);
    assert.equal(clockless.isOver(0), false);
  });

  it('forgets endpoints that the settings no longer name', () => {
    const { lease: one, memory } = lease([A, B]);
    one.note(A, true, 0);
    memory.identity.settings = settingsWith({ endpoints: [C] });
    assert.equal(one.isOver(0), true);
    one.note(C, true, 0);
    assert.equal(one.isOver(0), false);
  });

  it('knows of each endpoint whether something of the owner’s may be missing there', () => {
    const { lease: one } = lease();
    assert.equal(one.isCaughtUp(A), false);
    one.note(A, true, 0);
    assert.deepEqual([one.isCaughtUp(A), one.isCaughtUp(B)], [true, false]);
    one.note(A, false, 1);
    assert.equal(one.isCaughtUp(A), false);
  });
});
