import assert from 'node:assert/strict';
import { REPORT_LEASE } from '../../../firmware/protocol/limits.js';
import { ACTION } from '../../../firmware/protocol/order.js';
import { ALARM } from '../../../firmware/protocol/report.js';
import { LockWorld } from './fixture.js';
import { linkedReports, receiptsOf } from './report-checks.js';
import { OWNER } from './signer.js';
import type { Cut } from './world-options.js';

const HEARTBEAT_MS = 5_000;
const DEVICE = { heartbeatMs: HEARTBEAT_MS, pollIntervalMs: 1_000 };
const ORDERS = 3;

/** Orders with more heartbeats between them than are leased at once; every second time the sink is away. */
function live(world: LockWorld, from: number): number {
  let next = from;
  for (; next < ORDERS && !world.isCut; next++) {
    world.sink = next % 2 === 0 ? 'takes' : 'hangs';
    world.order(OWNER, next, { action: next % 2 === 0 ? ACTION.unlock : ACTION.lock });
    world.pass(3_000);
    world.sink = 'takes';
    world.pass((REPORT_LEASE + 3) * HEARTBEAT_MS, HEARTBEAT_MS);
  }
  return next;
}

/** What flash holds of a lock that was just paired, so that a cut falls into the life after it. */
const paired = new LockWorld({ device: DEVICE }).boot().pair().pass(2_000);

function tell(cut: Cut | undefined): readonly LockWorld[] {
  const first = paired.reboot({ device: DEVICE, ...(cut === undefined ? {} : { cut }) });
  const next = live(first, 0);
  if (!first.isCut) return [first];
  const second = first.reboot({ device: DEVICE });
  second.pass(3_000);
  live(second, next);
  return [first, second];
}

describe('Device’s leased numbers', () => {
  it('stand for one report each and leave every receipt in its place, with a cut at any write', () => {
    const [whole] = tell(undefined);
    const writes = whole?.writes ?? 0;
    assert.ok(writes > 2 * ORDERS + 2, `${writes} writes`);
    for (const how of ['before', 'torn', 'after'] as const) {
      for (let atWrite = 1; atWrite <= writes; atWrite++) {
        const worlds = tell({ atWrite, how });
        const reports = linkedReports([paired, ...worlds].flatMap(({ published }) => published));
        for (let nonce = 0; nonce < ORDERS; nonce++) {
          const action = nonce % 2 === 0 ? ACTION.unlock : ACTION.lock;
          const { length } = receiptsOf(reports, OWNER, action, nonce);
          assert.equal(length, 1, `${how} ${atWrite}: receipts of order ${nonce}`);
        }
      }
    }
  }).timeout(60_000);

  it('were leased in flash before anyone saw them', () => {
    const world = paired.reboot({ device: DEVICE });
    const seen: number[] = [];
    for (let i = 0; i < 3 * REPORT_LEASE; i++) {
      world.pass(HEARTBEAT_MS, HEARTBEAT_MS);
      seen.push(...world.published.splice(0).map(({ seq }) => seq));
      // Whatever was shown until now, the next boot begins above it.
      const next = new LockWorld({ flash: new Map(world.flash), device: DEVICE, sink: 'hangs' }).boot();
      const boot = next.notices.find((notice) => notice.event === 'signed');
      assert.ok(boot?.event === 'signed' && boot.seq > Math.max(...seen), `after ${seen.length} reports`);
    }
    assert.ok(seen.length >= 3 * REPORT_LEASE);
  });
});

describe('Device and flash that rots', () => {
  /** A lock with an order behind it, another before it, and a guard that both left. */
  function used(): LockWorld {
    const world = paired.reboot();
    for (let i = 0; i < 3; i++) {
      world.order(OWNER, i, { action: i % 2 === 0 ? ACTION.unlock : ACTION.lock });
      world.pass(2_000);
    }
    return world;
  }

  it('boots with any byte of any record altered or all after it cut off, opens for nobody, and says what it found', () => {
    const world = used();
    let told = 0;
    for (const [key, whole] of world.flash) {
      for (let at = 3; at < whole.length; at += 11) {
        const altered = whole.slice();
        // Another bit from byte to byte.
        altered[at] = (altered[at] ?? 0) ^ (1 << (at & 7));
        for (const bytes of [altered, whole.slice(0, at)]) {
          const next = new LockWorld({ flash: new Map(world.flash).set(key, bytes), bolt: world.bolt });
          next.startSeconds = world.nowSeconds;
          next.head = world.head;
          next.chain.push(...world.chain.slice(0, -1));
          next.boot().pass(2_000);
          assert.deepEqual(next.driven, [], `${key} at ${at}`);
          const found = next.lastReport();
          assert.deepEqual(found.owner, OWNER.address, key);
          if (next.refusals().includes('record')) {
            assert.equal(found.alarms & ALARM.recordRefused, ALARM.recordRefused);
            told++;
          }
        }
      }
    }
    assert.ok(told > 100, `${told} were read`);
  }).timeout(60_000);

  it('is unpaired and secure once both copies of its state are gone, and uses no number again', () => {
    const world = used();
    const gone = new Map([...world.flash].filter(([key]) => !key.startsWith('state-')));
    const next = new LockWorld({ flash: gone, bolt: world.bolt }).boot();
    next.order(OWNER, 9, { action: ACTION.unlock });
    next.pass(3_000);
    assert.deepEqual(next.driven, []);
    assert.equal(next.lastReport().owner, undefined);
    const shown = Math.max(...world.published.map(({ seq }) => seq));
    const boot = next.reports().findLast(({ report }) => report.cause === 'boot') ?? assert.fail();
    assert.ok(boot.report.seq > shown);
  });
});
