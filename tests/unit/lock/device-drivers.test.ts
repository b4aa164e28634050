import assert from 'node:assert/strict';
import { BOLT_TRAVEL_MS_MAX, BOLT_TRIES_MAX } from '../../../firmware/protocol/limits.js';
import { ACTION } from '../../../firmware/protocol/order.js';
import { ALARM } from '../../../firmware/protocol/report.js';
import { DRIVER_KINDS, type DriverKind, DriverRig, HOLD_MS } from './driver-rig.js';
import { OWNER } from './signer.js';

/** From an order to its report, at most: a poll, the travel, a write. */
const ORDER_MS = 3_000;
const JAM_MS = BOLT_TRIES_MAX * BOLT_TRAVEL_MS_MAX + ORDER_MS;

interface Row {
  readonly story: string;
  readonly play: (rig: DriverRig) => void;
  /** Cause and position of each report that follows. */
  readonly told: Readonly<Record<DriverKind, readonly string[]>>;
  readonly driven: Readonly<Record<DriverKind, readonly string[]>>;
  readonly endsAt: Readonly<Record<DriverKind, string>>;
}

const alike = <T>(value: T) => ({ motor: value, servo: value, strike: value });
const OPEN = ['unlocked'] as const;
const OPEN_AND_SHUT = ['unlocked', 'locked'] as const;
const THREE_TRIES = ['unlocked', 'unlocked', 'unlocked'] as const;

const ROWS: readonly Row[] = [
  {
    story: 'an unlock stays, but a strike falls back by itself and says so',
    play: (rig) => {
      rig.world.order(OWNER, 0, { action: ACTION.unlock });
      rig.pass(ORDER_MS + HOLD_MS + BOLT_TRAVEL_MS_MAX * 4);
    },
    told: {
      ...alike<readonly string[]>(['command unlocked']),
      strike: ['command unlocked', 'relock locked'],
    },
    driven: alike(OPEN),
    endsAt: { ...alike('unlocked'), strike: 'locked' },
  },
  {
    story: 'a lock after an unlock',
    play: (rig) => {
      rig.world.order(OWNER, 0, { action: ACTION.unlock });
      rig.pass(ORDER_MS);
      rig.world.order(OWNER, 1, { action: ACTION.lock });
      rig.pass(ORDER_MS);
    },
    told: alike(['command unlocked', 'command locked']),
    driven: alike(OPEN_AND_SHUT),
    endsAt: alike('locked'),
  },
  {
    story: 'an unlock that relocks',
    play: (rig) => {
      rig.world.order(OWNER, 0, { action: ACTION.unlockThenRelock });
      rig.pass(ORDER_MS + HOLD_MS + ORDER_MS);
    },
    told: alike(['command unlocked', 'relock locked']),
    driven: alike(OPEN_AND_SHUT),
    endsAt: alike('locked'),
  },
  {
    story: 'a relock waits for the door, but a strike that falls back falls back',
    play: (rig) => {
      rig.world.order(OWNER, 0, { action: ACTION.unlockThenRelock });
      rig.pass(ORDER_MS);
      rig.world.give({ kind: 'door-sensed', door: 'open' });
      rig.pass(60_000);
      rig.world.give({ kind: 'door-sensed', door: 'closed' });
      rig.pass(HOLD_MS);
    },
    told: alike(['command unlocked', 'relock locked']),
    driven: { ...alike<readonly string[]>(OPEN_AND_SHUT), strike: OPEN },
    endsAt: alike('locked'),
  },
  {
    story: 'a jam: three tries, then no current, and the receipt says so',
    play: (rig) => {
      rig.mechanism.setJammed(true);
      rig.world.order(OWNER, 0, { action: ACTION.unlock });
      rig.pass(JAM_MS);
      assert.equal(rig.world.lastReport().alarms & ALARM.jammed, ALARM.jammed);
      // The coil of a strike has a time of its own.
      rig.pass(HOLD_MS);
      assert.equal(rig.mechanism.isDriven(), false);
      rig.pass(60_000);
    },
    told: {
      motor: ['command jammed'],
      servo: ['command jammed'],
      // The monitor says that the keeper never moved: locked is what it is again.
      strike: ['command jammed', 'relock locked'],
    },
    driven: alike(THREE_TRIES),
    endsAt: { motor: 'between', servo: 'between', strike: 'locked' },
  },
  {
    story: 'the button inside, both ways',
    play: (rig) => {
      rig.world.press();
      rig.pass(ORDER_MS);
      rig.world.press();
      rig.pass(ORDER_MS);
    },
    told: alike(['button unlocked', 'button locked']),
    driven: alike(OPEN_AND_SHUT),
    endsAt: alike('locked'),
  },
];

describe('Device with each driver', () => {
  for (const { story, play, told, driven, endsAt } of ROWS) {
    for (const kind of DRIVER_KINDS) {
      it(`${kind}: ${story}`, () => {
        const rig = new DriverRig(kind);
        const from = rig.world.reports().length;
        play(rig);
        assert.deepEqual(rig.told(from), told[kind]);
        assert.deepEqual(rig.world.driven, driven[kind]);
        assert.equal(rig.mechanism.bolt(), endsAt[kind]);
        assert.equal(rig.mechanism.isDriven(), false);
      });
    }
  }

  it('finds a strike that is let go and does not lock, and names no hand', () => {
    const rig = new DriverRig('strike');
    rig.world.order(OWNER, 0, { action: ACTION.unlock });
    rig.pass(ORDER_MS);
    const from = rig.world.reports().length;
    rig.mechanism.setJammed(true);
    rig.pass(HOLD_MS + JAM_MS);
    assert.deepEqual(rig.told(from), ['relock jammed']);
    assert.deepEqual(rig.world.driven, ['unlocked', 'locked', 'locked']);
    rig.mechanism.setJammed(false);
    rig.pass(ORDER_MS);
    assert.equal(rig.world.lastReport().bolt, 'locked');
  });
});
