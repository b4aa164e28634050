import assert from 'node:assert/strict';
import fc from 'fast-check';
import { verifyReport } from '../../../firmware/crypto/report.js';
import { formatHex } from '../../../firmware/protocol/hex.js';
import { ACTION } from '../../../firmware/protocol/order.js';
import type { SensedBolt } from '../../../firmware/protocol/report.js';
import { LockWorld } from './fixture.js';
import { engine, GUEST, OWNER, STRANGER } from './signer.js';

const DEVICE = { pollIntervalMs: 1_000, relockMs: 3_000, heartbeatMs: 20_000 };
const TEXTS = new Map([['auto-relock', '9']]);

type Event =
  | {
      readonly kind: 'order';
      readonly by: 'owner' | 'guest' | 'stranger';
      readonly action: number;
      readonly back: number;
    }
  | { readonly kind: 'grant'; readonly rights: number }
  | { readonly kind: 'pass'; readonly seconds: number }
  | { readonly kind: 'hand'; readonly bolt: SensedBolt }
  | { readonly kind: 'door'; readonly door: 'open' | 'closed' | 'unknown' }
  | {
      readonly kind:
        | 'button'
        | 'outside'
        | 'release'
        | 'stick'
        | 'reboot'
        | 'time'
        | 'slow'
        | 'quick'
        | 'hide'
        | 'show';
    }
  | { readonly kind: 'sink'; readonly sink: 'takes' | 'hangs' | 'fails' }
  | { readonly kind: 'flash'; readonly fails: boolean };

const calm: fc.Arbitrary<Event> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant('order' as const),
      by: fc.constantFrom('owner' as const, 'owner' as const, 'guest' as const, 'stranger' as const),
      action: fc.constantFrom(1, 2, 3, 4, 5, 8, 9),
      /** How far below the next nonce: a replay or a replacement. */
      back: fc.constantFrom(0, 0, 0, 0, 1, 2),
    }),
  },
  fc.record({ kind: fc.constant('grant' as const), rights: fc.constantFrom(0, 1, 3) }),
  {
    weight: 6,
    arbitrary: fc.record({ kind: fc.constant('pass' as const), seconds: fc.integer({ min: 1, max: 8 }) }),
  },
  fc.record({
    kind: fc.constant('hand' as const),
    bolt: fc.constantFrom<SensedBolt>('locked', 'unlocked', 'between', 'unknown'),
  }),
  fc.record({
    kind: fc.constant('door' as const),
    door: fc.constantFrom('open' as const, 'closed' as const, 'unknown' as const),
  }),
  fc.record({
    kind: fc.constantFrom(
      'button' as const,
      'outside' as const,
      'release' as const,
      'stick' as const,
      'time' as const,
      'slow' as const,
      'quick' as const,
      'hide' as const,
      'show' as const,
    ),
  }),
  { weight: 2, arbitrary: fc.constant({ kind: 'reboot' as const }) },
  fc.record({
    kind: fc.constant('sink' as const),
    sink: fc.constantFrom('takes' as const, 'hangs' as const, 'fails' as const),
  }),
);
const wild = fc.oneof(
  { weight: 8, arbitrary: calm },
  fc.record({ kind: fc.constant('flash' as const), fails: fc.boolean() }),
);

/** One lock over all its boots. */
class Life {
  world = new LockWorld({ device: DEVICE, texts: TEXTS }).boot().pair();
  readonly worlds = [this.world];
  readonly #nonces = { owner: 0, guest: 0, stranger: 0 };

  live(event: Event): void {
    const { world } = this;
    switch (event.kind) {
      case 'order': {
        const by = { owner: OWNER, guest: GUEST, stranger: STRANGER }[event.by];
        const nonce = Math.max(0, this.#nonces[event.by]++ - event.back);
        world.order(by, nonce, { action: event.action });
        return;
      }
      case 'grant':
        world.grant(OWNER, this.#nonces.owner++, GUEST, { rights: event.rights });
        return;
      case 'pass':
        world.pass(event.seconds * 1_000);
        return;
      case 'hand':
        world.bolt = event.bolt;
        world.give({ kind: 'bolt-sensed', bolt: event.bolt });
        return;
      case 'door':
        world.give({ kind: 'door-sensed', door: event.door });
        return;
      case 'button':
        world.press();
        return;
      case 'outside':
        world.give({ kind: 'outside-pressed' });
        return;
      case 'release':
        world.give({ kind: 'bolt-released' });
        return;
      case 'stick':
        world.boltStuck = !world.boltStuck;
        return;
      case 'reboot':
        this.#reboot();
        return;
      case 'time':
        world.tellTime();
        return;
      case 'slow':
        world.flashIsSlow = true;
        return;
      case 'quick':
        world.flashIsSlow = false;
        world.answerFlash();
        return;
      case 'hide':
        world.answer = (method) => (method === 'eth_getLogs' ? [] : undefined);
        return;
      case 'show':
        world.answer = undefined;
        return;
      case 'sink':
        world.sink = event.sink;
        return;
      case 'flash':
        world.flashFails = event.fails;
        return;
    }
  }

  /** Everything is well again, and the owner locks. */
  heal(): void {
    const { world } = this;
    world.flashFails = false;
    world.flashIsSlow = false;
    world.answerFlash();
    world.boltStuck = false;
    world.answer = undefined;
    world.sink = 'takes';
    world.give({ kind: 'door-sensed', door: 'closed' });
    world.tellTime();
    world.pass(130_000);
    world.order(OWNER, 1_000_000, { action: ACTION.lock });
    world.pass(30_000);
  }

  #reboot(): void {
    this.world = this.world.reboot({ device: DEVICE });
    this.worlds.push(this.world);
    assert.ok(!this.world.driven.includes('unlocked'), 'an unlock was resumed');
  }
}

function live(events: readonly Event[]): Life {
  const life = new Life();
  for (const event of events) life.live(event);
  life.heal();
  return life;
}

/** Each transaction unlocks at most once in all boots, and nobody unlocks but by a transaction or the button. */
function checkUnlocks({ worlds }: Life): void {
  const unlocked = worlds.flatMap(({ outputs }) =>
    outputs.flatMap((output, i) => {
      if (output.kind !== 'drive-bolt' || output.target !== 'unlocked') return [];
      const next = outputs[i + 1];
      // A try again follows no change of state.
      if (next?.kind !== 'notice' || next.notice.event !== 'bolt') return [];
      if (next.notice.cause === 'button') return [];
      assert.equal(next.notice.cause, 'command');
      return [formatHex(next.notice.tx ?? assert.fail())];
    }),
  );
  assert.equal(new Set(unlocked).size, unlocked.length, 'an order unlocked twice');
}

/** Every number stands for one report, and numbers rise. */
function checkNumbers({ worlds }: Life) {
  const bySeq = new Map<number, string>();
  let highest = 0;
  const published = worlds.flatMap((world) => world.published);
  for (const { seq, cose } of published) {
    const known = bySeq.get(seq);
    if (known === undefined) assert.ok(seq > highest, `report ${seq} after ${highest}`);
    else assert.equal(known, formatHex(cose), `two reports have the number ${seq}`);
    bySeq.set(seq, formatHex(cose));
    highest = Math.max(highest, seq);
  }
  const coses = new Map(published.map(({ seq, cose }) => [seq, cose]));
  return [...coses.values()].map((cose) => verifyReport(engine, cose).report);
}

function checkEnd({ world }: Life, reports: ReturnType<typeof checkNumbers>): void {
  assert.equal(world.bolt, 'locked', 'the owner’s last wish');
  const last = reports.filter(({ lastCommand }) => lastCommand?.nonce === 1_000_000n);
  assert.equal(last.filter(({ cause }) => cause === 'command').length, 1);
  assert.equal(last.find(({ cause }) => cause === 'command')?.bolt, 'locked');
}

describe('Device, whatever happens', () => {
  it('obeys each order at most once with one receipt, and ends as the owner wishes', () => {
    fc.assert(
      fc.property(fc.array(calm, { maxLength: 40 }), (events) => {
        const life = live(events);
        checkUnlocks(life);
        const reports = checkNumbers(life);
        const receipts = reports.flatMap(({ cause, lastCommand }) =>
          cause === 'command' && lastCommand !== undefined
            ? [
                `${formatHex(lastCommand.by)} ${lastCommand.command} ${lastCommand.nonce} ${lastCommand.notAfterSeconds}`,
              ]
            : [],
        );
        assert.equal(new Set(receipts).size, receipts.length, 'two receipts of one command');
        const verified = life.worlds.flatMap(({ notices }) =>
          notices.filter(({ event }) => event === 'verified'),
        );
        assert.ok(receipts.length <= verified.length);
        checkEnd(life, reports);
      }),
      { numRuns: 100 },
    );
  }).timeout(60_000);

  it('unlocks for no order twice though flash fails now and then', () => {
    fc.assert(
      fc.property(fc.array(wild, { maxLength: 40 }), (events) => {
        const life = live(events);
        checkUnlocks(life);
        checkEnd(life, checkNumbers(life));
      }),
      { numRuns: 100 },
    );
  }).timeout(60_000);
});
