import assert from 'node:assert/strict';
import { formatHex } from '../../../firmware/protocol/hex.js';
import { ACTION } from '../../../firmware/protocol/order.js';
import type { Door } from '../../../firmware/protocol/report.js';
import { LockWorld } from './fixture.js';
import { linkedReports, receiptsOf } from './report-checks.js';
import { GUEST, OWNER, type Person, person } from './signer.js';
import type { Cut } from './world-options.js';

const HEIR = person(9);

/** One thing that happens; then time passes until the lock has come to rest. */
interface Step {
  readonly act: (world: LockWorld) => void;
  readonly door?: Door;
  /** The last wish was to lock: whatever was cut, the bolt is locked in the end. */
  readonly endsLocked?: true;
}

const order = (by: Person, nonce: number, action: number, epoch = 1): Step => ({
  act: (world) => world.order(by, nonce, { action, epoch }),
});

const DEVICE = { pollIntervalMs: 2_000, relockMs: 3_000 };

const STORY: readonly Step[] = [
  order(OWNER, 0, ACTION.unlock),
  { act: (world) => world.grant(OWNER, 1, GUEST, {}) },
  { ...order(OWNER, 2, ACTION.lock), endsLocked: true },
  {
    act: (world) => world.order(GUEST, 0, { action: ACTION.unlock, notAfterSeconds: world.nowSeconds + 600 }),
  },
  { ...order(OWNER, 3, ACTION.unlockThenRelock), endsLocked: true },
  // A refusal and a relock in one round: the refusal's report says "locked" before the bolt has moved.
  {
    act: (world) => {
      world.order(GUEST, 1, { action: ACTION.privacyOn, notAfterSeconds: world.nowSeconds + 600 });
      world.order(OWNER, 4, { action: ACTION.unlockThenRelock });
    },
    endsLocked: true,
  },
  order(OWNER, 5, ACTION.unlock),
  { act: (world) => world.give({ kind: 'door-sensed', door: 'open' }), door: 'open' },
  order(OWNER, 6, ACTION.lock),
  {
    act: (world) => world.give({ kind: 'door-sensed', door: 'closed' }),
    door: 'closed',
    endsLocked: true,
  },
  { act: (world) => world.handover(OWNER, 7, HEIR) },
  order(HEIR, 0, ACTION.unlock, 2),
  order(OWNER, 8, ACTION.unlock),
  { ...order(HEIR, 1, ACTION.lock, 2), endsLocked: true },
];

/** Whose commands the story contains that are to be accepted: address, command, nonce. */
const ACCEPTED = [
  [OWNER, 2, 0],
  [OWNER, 128, 1],
  [OWNER, 1, 2],
  [GUEST, 2, 0],
  [OWNER, 3, 3],
  [OWNER, 3, 4],
  [OWNER, 2, 5],
  [OWNER, 1, 6],
  [OWNER, 129, 7],
  [HEIR, 2, 0],
  [HEIR, 1, 1],
] as const;
const UNLOCKS = ACCEPTED.filter(([, command]) => command === 2 || command === 3).length;

describe('Device in a power cut', () => {
  const writes = tell(undefined)
    .map(({ writes }) => writes)
    .reduce((sum, count) => sum + count, 0);

  it('tells the story without a cut', () => {
    const [world] = tell(undefined);
    assert.ok(writes > 30);
    // The relock of the third unlock finds the bolt unlocked already.
    assert.equal(world?.driven.filter((target) => target === 'unlocked').length, UNLOCKS - 1);
    check(tell(undefined));
  });

  for (const how of ['before', 'torn', 'after'] as const) {
    it(`keeps every promise with a cut ${how} any write`, () => {
      for (let atWrite = 1; atWrite <= writes; atWrite++) check(tell({ atWrite, how }), `${how} ${atWrite}`);
    }).timeout(60_000);
  }
});

/** Plays the story; a cut boots the lock again and goes on where the world stands. @returns every boot's world */
function tell(cut: Cut | undefined): readonly LockWorld[] {
  let world = new LockWorld({ device: DEVICE, ...(cut === undefined ? {} : { cut }) });
  const worlds = [world];
  let door: Door = 'closed';
  const bootAgain = () => {
    world = world.reboot({ door, device: DEVICE });
    worlds.push(world);
    assert.ok(!world.driven.includes('unlocked'), 'an unlock was resumed');
  };
  world.boot();
  if (world.isCut) bootAgain();
  world.pair();
  if (world.isCut) {
    bootAgain();
    if (!isPaired(world)) world.pair();
  }
  for (const [i, step] of STORY.entries()) {
    door = step.door ?? door;
    step.act(world);
    world.pass(7_000);
    if (world.isCut) {
      bootAgain();
      world.pass(7_000);
    }
    if (step.endsLocked) assert.equal(world.bolt, 'locked', `after step ${i} of ${JSON.stringify(cut)}`);
  }
  return worlds;
}

function isPaired(world: LockWorld): boolean {
  return world.notices.some((notice) => notice.event === 'booted' && notice.paired);
}

function check(worlds: readonly LockWorld[], cut = 'no cut'): void {
  const reports = linkedReports(worlds.flatMap(({ published }) => published));
  for (const [by, command, nonce] of ACCEPTED) {
    const receipts = receiptsOf(reports, by, command, nonce);
    assert.equal(receipts.length, 1, `${cut}: receipts of command ${command}, nonce ${nonce}`);
  }
  const receiptsCount = reports.filter(({ report }) => report.cause === 'command').length;
  assert.equal(receiptsCount, ACCEPTED.length, cut);
  for (const tx of new Set(worlds.flatMap(unlockingTransactions))) {
    const times = worlds.flatMap(unlockingTransactions).filter((other) => other === tx).length;
    assert.equal(times, 1, `${cut}: unlocked ${times} times by one order`);
  }
  const opened = worlds.flatMap(({ driven }) => driven).filter((target) => target === 'unlocked');
  assert.ok(opened.length <= UNLOCKS, cut);
}

/** The transactions for which this boot's motor turned towards unlocked. */
function unlockingTransactions(world: LockWorld): readonly string[] {
  return world.outputs.flatMap((output, i) => {
    if (output.kind !== 'drive-bolt' || output.target !== 'unlocked') return [];
    const next = world.outputs[i + 1];
    assert.ok(next?.kind === 'notice' && next.notice.event === 'bolt');
    return [formatHex(next.notice.tx ?? assert.fail('an unlock for no order'))];
  });
}
