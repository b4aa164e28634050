import assert from 'node:assert/strict';
import fc from 'fast-check';
import { BoltDesk, type BoltResult } from '../../firmware/lock/bolt-desk.js';
import { openingWarrant } from '../../firmware/lock/warrant.js';
import { BOLT_TRAVEL_MS_MAX, BOLT_TRIES_MAX } from '../../firmware/protocol/limits.js';
import type { Door, SensedBolt } from '../../firmware/protocol/report.js';

type Event =
  | { readonly kind: 'sense'; readonly bolt: SensedBolt }
  | { readonly kind: 'door'; readonly door: Door }
  | { readonly kind: 'obey'; readonly wish: 'lock' | 'unlock' | 'unlock-then-relock' }
  | { readonly kind: 'press' | 'outside' | 'release' | 'resume' | 'settings' | 'passage' }
  | { readonly kind: 'pass'; readonly ms: number };

const RELOCK_MS = 10_000;
const AUTO_MS = 20_000;

const event: fc.Arbitrary<Event> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('sense' as const),
      bolt: fc.constantFrom<SensedBolt>('locked', 'unlocked', 'between', 'unknown'),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('door' as const),
      door: fc.constantFrom<Door>('open', 'closed', 'unknown'),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('obey' as const),
      wish: fc.constantFrom('lock' as const, 'unlock' as const, 'unlock-then-relock' as const),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constantFrom(
        'press' as const,
        'outside' as const,
        'release' as const,
        'resume' as const,
        'settings' as const,
        'passage' as const,
      ),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constant('pass' as const), ms: fc.integer({ min: 1, max: 40_000 }) }),
  },
);

/** A desk among everything that can happen to it; what an onlooker knows is kept beside it. */
class Life {
  readonly desk: BoltDesk;
  sensed: SensedBolt = 'unknown';
  door: Door = 'unknown';
  uptimeMs = 0;
  #isPassage = false;
  #autoRelockMs: number | undefined;

  constructor(owedLock: 'no' | 'now' | 'later' | 'auto') {
    this.desk = new BoltDesk({
      owedLock,
      relockTimes: () => ({ relockMs: RELOCK_MS, autoRelockMs: this.#autoRelockMs }),
      isPassage: () => this.#isPassage,
    });
  }

  live(event: Event): readonly BoltResult[] {
    const { desk, uptimeMs } = this;
    switch (event.kind) {
      case 'sense':
        this.sensed = event.bolt;
        return [desk.sense(event.bolt, uptimeMs)];
      case 'door':
        this.door = event.door;
        return [desk.senseDoor(event.door, uptimeMs)];
      case 'obey':
        return [desk.obey(event.wish, openingWarrant(0), { cause: 'command' }, uptimeMs)];
      case 'press':
        return [desk.press(uptimeMs)];
      case 'outside':
        return [desk.pressOutside(uptimeMs)];
      case 'release':
        return [desk.released(uptimeMs)];
      case 'resume':
        return [desk.resume(uptimeMs, { cause: 'boot' })];
      case 'settings':
        this.#autoRelockMs = this.#autoRelockMs === undefined ? AUTO_MS : undefined;
        desk.settingsChanged(uptimeMs);
        return [];
      case 'passage':
        this.#isPassage = !this.#isPassage;
        return [desk.tick(uptimeMs)];
      case 'pass':
        return this.#pass(event.ms);
    }
  }

  #pass(ms: number): readonly BoltResult[] {
    const results: BoltResult[] = [];
    const endMs = this.uptimeMs + ms;
    for (;;) {
      const { dueMs } = this.desk;
      if (dueMs === undefined || dueMs > endMs) break;
      // A tick that leaves its own time standing would wake the lock for ever.
      assert.ok(dueMs >= this.uptimeMs || results.length === 0);
      this.uptimeMs = Math.max(dueMs, this.uptimeMs);
      results.push(this.desk.tick(this.uptimeMs));
      assert.ok(results.length < 1_000, 'the lock wakes itself for ever');
    }
    this.uptimeMs = endMs;
    return results;
  }
}

const drives = (results: readonly BoltResult[]) =>
  results.flatMap(({ outputs }) =>
    outputs.flatMap((output) => (output.kind === 'drive-bolt' ? [output.target] : [])),
  );

const life = fc.record({
  owed: fc.constantFrom('no' as const, 'now' as const, 'later' as const, 'auto' as const),
  events: fc.array(event, { minLength: 1, maxLength: 60, size: 'max' }),
});

describe('BoltDesk, whatever happens', () => {
  it('says locked only while the sensor does, and drives no bolt into the air', () => {
    fc.assert(
      fc.property(life, ({ owed, events }) => {
        const { desk, ...rest } = new Life(owed);
        assert.equal(desk.machine.position, 'unknown', JSON.stringify(rest));
        const lived = new Life(owed);
        for (const event of events) {
          const isDoorOpen = lived.door === 'open';
          const results = lived.live(event);
          const { position } = lived.desk.machine;
          if (position === 'locked') assert.equal(lived.sensed, 'locked');
          if (lived.sensed === 'unknown') assert.equal(position, 'unknown');
          const isOpenThroughout = isDoorOpen && lived.door === 'open';
          if (isOpenThroughout) assert.ok(!drives(results).includes('locked'), 'driven into the air');
          for (const { outputs } of results) {
            for (const output of outputs) {
              if (output.kind !== 'notice' || output.notice.event !== 'bolt') continue;
              if (output.notice.position === 'locked') assert.equal(lived.sensed, 'locked');
            }
          }
        }
      }),
      { numRuns: 2_000 },
    );
  }).timeout(60_000);

  it('opens for an order or the button inside alone', () => {
    fc.assert(
      fc.property(life, ({ owed, events }) => {
        const lived = new Life(owed);
        let isAsked = false;
        for (const event of events) {
          const asks = event.kind === 'press' || (event.kind === 'obey' && event.wish !== 'lock');
          if (asks) isAsked = true;
          const opened = drives(lived.live(event)).includes('unlocked');
          assert.ok(!opened || isAsked, `${event.kind} opened`);
          if (!lived.desk.isMoving && !asks) isAsked = false;
        }
      }),
      { numRuns: 2_000 },
    );
  }).timeout(60_000);

  it('tries a wish so often and no more', () => {
    fc.assert(
      fc.property(life, ({ owed, events }) => {
        const lived = new Life(owed);
        for (const event of events) lived.live(event);
        // Nothing happens any more: a relock may still come due, and has its tries.
        const runs = drives(lived.live({ kind: 'pass', ms: 600_000 }));
        assert.ok(runs.length <= 3 * BOLT_TRIES_MAX, `${runs.length} runs`);
        const travelsMs = 4 * BOLT_TRIES_MAX * BOLT_TRAVEL_MS_MAX;
        lived.live({ kind: 'pass', ms: travelsMs });
        assert.equal(lived.desk.isMoving, false);
      }),
      { numRuns: 1_000 },
    );
  }).timeout(60_000);
});
