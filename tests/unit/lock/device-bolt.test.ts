import assert from 'node:assert/strict';
import {
  BOLT_EVENTS_PER_WINDOW_MAX,
  PASSAGE_CHECK_MS,
  RATE_WINDOW_SECONDS,
} from '../../../firmware/protocol/limits.js';
import { ACTION } from '../../../firmware/protocol/order.js';
import type { SensedBolt } from '../../../firmware/protocol/report.js';
import { LockWorld, settingsWith } from './fixture.js';
import { linkedReports } from './report-checks.js';
import { NOW, OWNER } from './signer.js';
import type { Cut, WorldOptions } from './world-options.js';

const AUTO_MS = 20_000;
const AUTO = new Map([['auto-relock', String(AUTO_MS / 1000)]]);

function paired(options: WorldOptions = {}): LockWorld {
  const world = new LockWorld(options).boot().pair();
  world.pass(2_000);
  return world;
}

function turn(world: LockWorld, bolt: SensedBolt): void {
  world.bolt = bolt;
  world.give({ kind: 'bolt-sensed', bolt });
}

/** Causes and positions of all reports, heartbeats apart, from the `from`th on. */
function told(world: LockWorld, from = 0): readonly string[] {
  return linkedReports(world.published)
    .slice(from)
    .filter(({ report }) => report.cause !== 'heartbeat')
    .map(({ report: { cause, bolt } }) => `${cause} ${bolt}`);
}

describe('Device and the times of its settings', () => {
  it('relocks after the time that the settings name', () => {
    const world = paired({ texts: new Map([['relock', '4']]) });
    world.order(OWNER, 0, { action: ACTION.unlockThenRelock });
    world.pass(1_000);
    assert.deepEqual(world.driven, ['unlocked']);
    world.pass(3_000);
    assert.deepEqual(world.driven, ['unlocked']);
    world.pass(1_000);
    assert.deepEqual(world.driven, ['unlocked', 'locked']);
  });

  it('takes new settings at once, for a bolt that stands open too', () => {
    const world = paired();
    turn(world, 'unlocked');
    world.pass(60_000);
    assert.equal(world.bolt, 'unlocked');
    world.press();
    world.press();
    world.openPairing();
    const settings = settingsWith({ texts: AUTO });
    assert.deepEqual(world.ask({ kind: 'configure', settings }), { kind: 'configured' });
    turn(world, 'unlocked');
    world.pass(AUTO_MS);
    assert.equal(world.bolt, 'locked');
  });
});

describe('Device with a lock that waits for the door', () => {
  it('takes it up after a cut, and tells of that, since its receipt came before', () => {
    const world = paired();
    world.press();
    world.give({ kind: 'door-sensed', door: 'open' });
    world.order(OWNER, 0, { action: ACTION.lock });
    world.pass(2_000);
    assert.equal(told(world).at(-1), 'command unlocked');
    const next = world.reboot({ bolt: 'unlocked', door: 'closed' });
    next.pass(2_000);
    const all = linkedReports([...world.published, ...next.published]).slice(-2);
    assert.deepEqual(
      all.map(({ report: { cause, bolt } }) => `${cause} ${bolt}`),
      ['boot unlocked', 'relock locked'],
    );
    // Nothing is owed any more: the next boot leaves the door to whoever has opened it.
    const last = next.reboot({ bolt: 'unlocked', door: 'closed' });
    last.pass(2_000);
    assert.deepEqual(last.driven, []);
  });
});

describe('Device under auto-relock', () => {
  it('locks again what a hand has opened, and tells of both', () => {
    const world = paired({ texts: AUTO });
    const from = linkedReports(world.published).length;
    turn(world, 'unlocked');
    world.pass(AUTO_MS - 1_000);
    assert.equal(world.bolt, 'unlocked');
    world.pass(1_000);
    assert.equal(world.bolt, 'locked');
    assert.deepEqual(told(world, from), ['thumb-turn unlocked', 'relock locked']);
  });

  it('locks what stood open when it was paired', () => {
    const world = paired({ texts: AUTO, bolt: 'unlocked' });
    assert.equal(world.bolt, 'unlocked');
    world.pass(AUTO_MS);
    assert.equal(world.bolt, 'locked');
  });

  it('wakes itself for it', () => {
    const world = paired({ texts: AUTO, device: { pollIntervalMs: 7_000 } });
    world.outputs.length = 0;
    const dueMs = world.uptimeMs + AUTO_MS;
    turn(world, 'unlocked');
    world.pass(AUTO_MS - 1_000);
    assert.ok(world.outputs.some((output) => output.kind === 'wake-at' && output.uptimeMs === dueMs));
  });

  it('locks after a boot what was opened while there was no power', () => {
    const world = paired({ texts: AUTO });
    const from = linkedReports(world.published).length;
    const next = world.reboot({ bolt: 'unlocked' });
    next.pass(AUTO_MS);
    assert.equal(next.bolt, 'locked');
    next.published.unshift(...world.published);
    assert.deepEqual(told(next, from), ['boot unlocked', 'relock locked']);
  });

  const OPENINGS: Readonly<Record<string, (world: LockWorld) => void>> = {
    'an order': (world) => void world.order(OWNER, 0, { action: ACTION.unlock }),
    'the button': (world) => world.press(),
    'a hand': (world) => turn(world, 'unlocked'),
  };
  for (const [by, open] of Object.entries(OPENINGS)) {
    it(`locks in the end whatever write is cut after an opening by ${by}`, () => {
      const before = paired({ texts: AUTO });
      const bootWrites = before.reboot().writes;
      let cutsWhileOpen = 0;
      for (const how of ['before', 'torn', 'after'] as const) {
        for (let write = 1; write <= 6; write++) {
          const cut: Cut = { atWrite: bootWrites + write, how };
          const world = before.reboot({ cut });
          open(world);
          world.pass(2_000);
          if (!world.isCut) world.pass(AUTO_MS + 2_000);
          if (world.isCut && world.bolt === 'unlocked') cutsWhileOpen++;
          const last = world.isCut ? world.reboot().pass(AUTO_MS + 2_000) : world;
          assert.equal(last.bolt, 'locked', `cut ${how} write ${write}`);
          linkedReports([...before.published, ...world.published, ...last.published]);
        }
      }
      assert.ok(cutsWhileOpen >= 2, `${cutsWhileOpen} cuts while the bolt was open`);
    });
  }
});

describe('Device and a lock that its buttons owe', () => {
  for (const [name, kind] of [
    ['inside', 'button-pressed'],
    ['outside', 'outside-pressed'],
  ] as const) {
    it(`remembers over a power cut that the button ${name} wants it locked once the door is closed`, () => {
      const world = paired();
      turn(world, 'unlocked');
      world.give({ kind: 'door-sensed', door: 'open' });
      world.give({ kind });
      world.pass(1_000);
      assert.deepEqual(world.driven, []);
      const next = world.reboot({ door: 'open' });
      next.pass(60_000);
      assert.deepEqual(next.driven, []);
      next.give({ kind: 'door-sensed', door: 'closed' });
      assert.deepEqual(next.driven, ['locked']);
    });
  }

  it('remembers over a power cut that somebody inside wants it open now', () => {
    const world = paired();
    world.order(OWNER, 0, { action: ACTION.unlockThenRelock });
    world.pass(2_000);
    world.press();
    world.press();
    world.pass(1_000);
    assert.equal(world.bolt, 'unlocked');
    const next = world.reboot().pass(60_000);
    assert.deepEqual(next.driven, []);
  });
});

describe('Device and a lock that is done', () => {
  for (const action of [ACTION.lock, ACTION.unlockThenRelock]) {
    it(`does not do it again after a boot though a hand has opened since (action ${action})`, () => {
      const world = paired();
      if (action === ACTION.lock) turn(world, 'unlocked');
      world.order(OWNER, 0, { action });
      world.pass(15_000);
      assert.equal(world.bolt, 'locked');
      turn(world, 'unlocked');
      world.pass(1_000);
      assert.deepEqual(world.reboot().pass(60_000).driven, []);
    });
  }
});

describe('Device and its button outside', () => {
  it('locks, and reports who did not need to sign for that', () => {
    const world = paired();
    turn(world, 'unlocked');
    const from = linkedReports(world.published).length;
    world.give({ kind: 'outside-pressed' });
    assert.deepEqual(world.driven, ['locked']);
    assert.deepEqual(told(world, from), ['outside-button locked']);
  });

  it('opens nothing: neither the bolt, nor pairing, nor privacy', () => {
    const world = paired();
    world.order(OWNER, 0, { action: ACTION.privacyOn });
    world.pass(130_000);
    world.give({ kind: 'outside-pressed' });
    world.pass(2_000);
    assert.deepEqual(world.driven, []);
    assert.equal(world.openPairing(), false);
    world.order(OWNER, 1, { action: ACTION.unlock });
    world.pass(2_000);
    assert.deepEqual(world.driven, []);
    assert.ok(world.refusals().includes('privacy'));
  });

  it('does nothing before there is an owner', () => {
    const world = new LockWorld({ bolt: 'unlocked' }).boot();
    world.give({ kind: 'outside-pressed' });
    world.pass(1_000);
    assert.deepEqual(world.driven, []);
  });
});

describe('Device in passage mode', () => {
  function inPassage(options: WorldOptions = {}): LockWorld {
    const world = paired(options);
    world.order(OWNER, 0, { action: ACTION.passageOn });
    world.pass(2_000);
    return world;
  }

  it('opens nothing by itself, keeps open what was opened, and locks when it is switched off', () => {
    const world = inPassage();
    world.pass(100_000);
    assert.deepEqual(world.driven, []);
    world.order(OWNER, 1, { action: ACTION.unlockThenRelock });
    world.pass(3_600_000, 10_000);
    assert.deepEqual(world.driven, ['unlocked']);
    world.order(OWNER, 2, { action: ACTION.passageOff });
    world.pass(2_000);
    assert.deepEqual(world.driven, ['unlocked', 'locked']);
    assert.equal(world.lastReport().cause, 'relock');
  });

  it('locks when its hours end, by the lock’s own zone', () => {
    // An hour ahead of UTC: what ends there at the hour after next ends within the hour.
    const end = new Date((NOW + 2 * 3_600) * 1000).toISOString().slice(11, 13);
    const texts = new Map([
      ['time-zone', 'CET-1'],
      ['passage-hours', `mon-sun 00:00-${end}:00`],
    ]);
    const world = inPassage({ texts });
    world.press();
    const leftMs = (3_600 - (world.nowSeconds % 3_600)) * 1000;
    world.pass(leftMs - 1_000, 10_000);
    assert.deepEqual(world.driven, ['unlocked']);
    world.pass(1_000 + PASSAGE_CHECK_MS, 10_000);
    assert.deepEqual(world.driven, ['unlocked', 'locked']);
  });

  it('does not hold for a lock that lost its clock: it relocks', () => {
    const world = inPassage();
    turn(world, 'unlocked');
    world.pass(60_000);
    const next = world.reboot({ clockless: true }).pass(60_000);
    assert.deepEqual(next.driven, ['locked']);
    const other = world.reboot().pass(60_000);
    assert.deepEqual(other.driven, []);
    other.order(OWNER, 1, { action: ACTION.passageOff });
    other.pass(2_000);
    assert.deepEqual(other.driven, ['locked']);
  });

  for (const how of ['before', 'torn', 'after'] as const) {
    it(`owes the lock though the power is cut ${how} any write of the opening and the end`, () => {
      for (let write = 1; write <= 8; write++) {
        const before = inPassage();
        const bootWrites = before.reboot().writes;
        let world = before.reboot({ cut: { atWrite: bootWrites + write, how } });
        world.order(OWNER, 1, { action: ACTION.unlock });
        world.pass(30_000);
        if (world.isCut) world = world.reboot().pass(2_000);
        world.order(OWNER, 2, { action: ACTION.passageOff });
        world.pass(30_000);
        if (world.isCut) world = world.reboot().pass(30_000);
        assert.equal(world.bolt, 'locked', `cut ${how} write ${write}`);
      }
    });
  }
});

describe('Device and a hand that never rests', () => {
  it('writes and reports only so many movements a minute, and never lies in between', () => {
    const world = paired();
    world.pass(RATE_WINDOW_SECONDS * 1000);
    const { writes } = world;
    const from = linkedReports(world.published).length;
    for (let i = 0; i < 500; i++) turn(world, i % 2 === 0 ? 'unlocked' : 'locked');
    turn(world, 'unlocked');
    assert.equal(told(world, from).length, BOLT_EVENTS_PER_WINDOW_MAX);
    assert.ok(world.writes - writes <= 2 * BOLT_EVENTS_PER_WINDOW_MAX, `${world.writes - writes} writes`);
    world.order(OWNER, 0, { action: ACTION.privacyOn });
    world.pass(2_000);
    assert.equal(world.lastReport().bolt, 'unlocked');
  });

  it('tells where the bolt is once a sensor speaks that was dead at boot', () => {
    const world = paired();
    const next = world.reboot({ bolt: 'unknown' }).pass(5_000);
    assert.equal(next.lastReport().bolt, 'unknown');
    turn(next, 'unlocked');
    next.pass(1_000);
    const { cause, bolt } = next.lastReport();
    assert.deepEqual({ cause, bolt }, { cause: 'thumb-turn', bolt: 'unlocked' });
  });

  it('lets whoever is inside out however often the button was pressed', () => {
    const world = paired();
    for (let i = 0; i < 101; i++) world.press();
    assert.equal(world.bolt, 'unlocked');
    assert.equal(world.driven.length, 101);
  });

  it('gives each order its receipt though the movements have used up their turns', () => {
    const world = paired();
    for (let i = 0; i < 100; i++) turn(world, i % 2 === 0 ? 'unlocked' : 'locked');
    const from = linkedReports(world.published).length;
    world.order(OWNER, 0, { action: ACTION.unlock });
    world.pass(2_000);
    assert.deepEqual(told(world, from), ['command unlocked']);
  });
});
