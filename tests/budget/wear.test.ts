import assert from 'node:assert/strict';
import {
  OUTBOX_REPORTS_MAX,
  RECORD_BYTES_MAX,
  REFUSALS_PER_WINDOW_MAX,
  REPORT_LEASE,
} from '../../firmware/protocol/limits.js';
import { ACTION } from '../../firmware/protocol/order.js';
import { NvsFlash } from '../../host-sim/world/nvs-flash.js';
import type { LockWorld } from '../unit/lock/fixture.js';
import { OWNER } from '../unit/lock/signer.js';
import { partitionBytes } from './partition.js';
import { fullHouse, type Household, household, live, liveToggles, repeat, type Write } from './wear-trace.js';

const DAYS = 3_653;
const DAY_MINUTES = 1_440;
/** What a sector of the boards' flash is good for, as its makers say. */
const ENDURANCE = 100_000;
const BUDGET = ENDURANCE / 10;
/** A toggle writes the state and the receipt. */
const TOGGLE_WRITES = 2;

describe('ten years of flash', function () {
  this.timeout(120_000);
  let home: Household;
  let day: readonly Write[];
  before(() => {
    home = household(8);
    // Ten toggles by the owner and ten by guests, and twenty turns by hand: people live there.
    day = live(home, DAY_MINUTES, (minute) => {
      liveToggles(home, minute);
      if (minute % 72 === 40) turnByHand(home.world);
    });
  });

  it('take two writes for each toggle, one for each turn by hand, and few for all heartbeats', () => {
    const reports = day.filter(({ key }) => key.startsWith('report-')).length;
    const states = day.filter(({ key }) => key.startsWith('state-')).length;
    assert.equal(reports, 20 + 20);
    assert.ok(states >= 20 && states <= 20 + 2, `${states} writes of the state`);
    assert.equal(reports + states, day.length);
  });

  it('wear no page by a tenth: a household of nine, 20 toggles and 20 turns by hand a day', () => {
    const worst = worstErases(home, day, DAYS);
    assert.ok(worst > 100, 'the model counts');
    assert.ok(worst <= 600, `${worst} erases of one page`);
  });

  it('wear no page by a tenth: the fullest list of guests, though each toggle writes all of it', () => {
    const full = fullHouse();
    const before = full.writes().length;
    full.world.order(OWNER, full.nonce++, { action: ACTION.unlock });
    full.world.pass(60_000, 60_000);
    const toggle = full.writes().slice(before);
    assert.equal(toggle.length, TOGGLE_WRITES);
    assert.ok((toggle[0]?.bytes ?? 0) > 8_000, 'nothing of the list is left out');
    // With a guard for each of them, and all else that a state can hold.
    const state = RECORD_BYTES_MAX;
    const heavy = day.map(({ key, bytes }) => ({ key, bytes: key.startsWith('state-') ? state : bytes }));
    const worst = worstErases(full, heavy, DAYS);
    assert.ok(worst <= BUDGET, `${worst} erases of one page`);
  });

  it('wear no page by a hundredth in a month of a guest who is refused at every chance', () => {
    const [guest] = home.guests;
    assert.ok(guest);
    let nonce = 1_000;
    const minutes = 30;
    const flood = live(home, minutes, () => {
      // Refused for good, and reported as often as any refusal is.
      for (let i = 0; i < 2 * REFUSALS_PER_WINDOW_MAX; i++) {
        home.world.order(guest, nonce++, {
          action: ACTION.privacyOn,
          notAfterSeconds: home.world.nowSeconds + 60,
        });
      }
    });
    // The numbers that reports take are leased by writes of the state.
    const most = minutes * REFUSALS_PER_WINDOW_MAX;
    assert.ok(flood.length > most / 2, `${flood.length} writes`);
    assert.ok(flood.length <= most + most / REPORT_LEASE + 2, `${flood.length} writes`);
    const worst = worstErases(home, flood, (30 * DAY_MINUTES) / minutes);
    assert.ok(worst <= ENDURANCE / 100, `${worst} erases of one page`);
  });
});

/** Erases of the page that is worn most, on a board's partition that already holds a whole lock. */
function worstErases(home: Household, writes: readonly Write[], times: number): number {
  const flash = new NvsFlash(partitionBytes());
  for (const { key, bytes } of home.writes()) flash.write(key, bytes);
  repeat(flash, writes, times, OUTBOX_REPORTS_MAX);
  return Math.max(...flash.erases);
}

function turnByHand(world: LockWorld): void {
  world.bolt = world.bolt === 'locked' ? 'unlocked' : 'locked';
  world.give({ kind: 'bolt-sensed', bolt: world.bolt });
}
