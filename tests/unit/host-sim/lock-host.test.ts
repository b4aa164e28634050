import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createNobleEngine } from '../../../firmware/crypto/noble-engine.js';
import type { DeviceOptions } from '../../../firmware/lock/device-parts.js';
import type { Input, Output } from '../../../firmware/lock/ports.js';
import { type HostEvent, LockHost } from '../../../host-sim/lock-host.js';
import { ManualClock } from '../../../host-sim/world/clock.js';
import { DoorWorld, PINS } from '../../../host-sim/world/door-world.js';

type Step = (input: Input, uptimeMs: number) => readonly Output[];

describe('LockHost', () => {
  let directory: string;
  let clock: ManualClock;
  let world: DoorWorld;
  let host: LockHost;
  let inputs: { input: Input; uptimeMs: number }[];
  let events: HostEvent[];
  let boots: DeviceOptions[];
  let step: Step;

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'latchkey-test-'));
    clock = new ManualClock();
    world = new DoorWorld({ clock });
    inputs = [];
    events = [];
    boots = [];
    step = () => [];
    host = new LockHost({
      engine: createNobleEngine(),
      world,
      dataDirectory: directory,
      clock,
      createMachine: (options) => {
        boots.push(options);
        return {
          handle: (input, uptimeMs) => {
            inputs.push({ input, uptimeMs });
            return step(input, uptimeMs);
          },
        };
      },
    });
    host.on((event) => events.push(event));
  });
  afterEach(() => {
    host.stop();
    rmSync(directory, { recursive: true, force: true });
  });

  const kinds = () => inputs.map(({ input }) => input.kind);
  const on = (kind: Input['kind'], outputs: readonly Output[]): void => {
    step = (input) => (input.kind === kind ? outputs : []);
  };

  it('boots with the time, the door and last the bolt', () => {
    host.boot();
    assert.deepEqual(kinds(), [
      'boot',
      'battery-sensed',
      'clock',
      'door-sensed',
      'tamper-sensed',
      'bolt-sensed',
    ]);
    assert.deepEqual(inputs[2]?.input, { kind: 'clock', unixSeconds: 1_800_000_000, source: 'host' });
    clock.advance(60_000);
    const told = inputs.filter(({ input }) => input.kind === 'clock');
    assert.deepEqual(told.at(-1), {
      input: { kind: 'clock', unixSeconds: 1_800_000_060, source: 'host' },
      uptimeMs: 60_000,
    });
  });

  it('reads its battery at once where it changes, as often as the lock wants it to be sure, and over and over', () => {
    const readings = () =>
      inputs.flatMap(({ input }) => (input.kind === 'battery-sensed' ? [input.milliVolts] : []));
    host.boot();
    host.setBattery(4_000);
    assert.deepEqual(readings(), [6_000, 4_000, 4_000, 4_000]);
    clock.advance(60_000);
    assert.deepEqual(readings(), [6_000, 4_000, 4_000, 4_000, 4_000, 4_000]);
    host.cutPower();
    clock.advance(60_000);
    assert.equal(readings().length, 6);
  });

  it('tells of its case, at boot and as it is opened', () => {
    world.setTamper(true);
    host.boot();
    world.setTamper(false);
    clock.advance(20);
    const told = inputs.flatMap(({ input }) => (input.kind === 'tamper-sensed' ? [input.open] : []));
    assert.deepEqual(told, [true, false]);
  });

  it('boots again from flash where the machine asks for it', () => {
    on('boot', [{ kind: 'restart' }]);
    host.boot();
    assert.equal(host.powered, false);
    assert.deepEqual(kinds(), ['boot'], 'nothing after its last output');
    step = () => [];
    clock.advance(1_000);
    assert.equal(boots.length, 2);
    assert.equal(host.powered, true);
  });

  it('hands the next boot what flash holds, fresh chance and the same chip', () => {
    on('boot', [
      { kind: 'persist', key: 'a', bytes: Uint8Array.of(1) },
      { kind: 'persist', key: 'b', bytes: Uint8Array.of(2) },
      { kind: 'erase', key: 'a' },
    ]);
    host.boot();
    assert.deepEqual(
      inputs.filter(({ input }) => input.kind === 'stored').map(({ input }) => input),
      [
        { kind: 'stored', key: 'a' },
        { kind: 'stored', key: 'b' },
      ],
    );
    host.cutPower();
    host.boot();
    const [first, second] = boots;
    assert.equal(second?.records.get('a'), undefined);
    assert.deepEqual(second?.records.get('b'), Uint8Array.of(2));
    assert.deepEqual(first?.journalKey32, second?.journalKey32);
    assert.deepEqual(first?.pairingSecret16, second?.pairingSecret16);
    assert.notDeepEqual(first?.entropy32, second?.entropy32);
  });

  it('carries all outputs of one input out before the next input', () => {
    const order: string[] = [];
    step = (input) => {
      order.push(input.kind);
      return input.kind === 'boot'
        ? [
            { kind: 'persist', key: 'a', bytes: Uint8Array.of(1) },
            { kind: 'drive-bolt', target: 'unlocked' },
          ]
        : [];
    };
    host.boot();
    assert.deepEqual(order.slice(0, 3), ['boot', 'stored', 'bolt-sensed']);
    clock.advance(400);
    assert.equal(world.bolt, 'unlocked');
  });

  for (const moment of ['before', 'torn', 'after'] as const) {
    it(`drops everything when the power goes ${moment} a write: nothing moves, nothing is answered`, () => {
      host.boot();
      step = (input) =>
        input.kind === 'button-pressed'
          ? [
              { kind: 'persist', key: 'guard', bytes: Uint8Array.of(1, 2) },
              { kind: 'drive-bolt', target: 'unlocked' },
              { kind: 'wake-at', uptimeMs: 1 },
            ]
          : [];
      host.cutPowerAtWrite(1, moment);
      world.pressButton();
      clock.advance(10_000);
      assert.equal(kinds().includes('stored'), false);
      assert.equal(kinds().includes('tick'), false);
      assert.equal(world.moves, 0);
      assert.equal(host.powered, false);
      host.boot();
      const kept = { before: undefined, torn: Uint8Array.of(1), after: Uint8Array.of(1, 2) }[moment];
      assert.deepEqual(boots[1]?.records.get('guard'), kept);
    });
  }

  it('ticks once, at the last time asked and not before', () => {
    on('boot', [
      { kind: 'wake-at', uptimeMs: 100 },
      { kind: 'wake-at', uptimeMs: 250 },
    ]);
    host.boot();
    clock.advance(249);
    assert.equal(kinds().includes('tick'), false);
    clock.advance(1);
    assert.deepEqual(inputs.at(-1), { input: { kind: 'tick' }, uptimeMs: 250 });
    clock.advance(10_000);
    assert.equal(kinds().filter((kind) => kind === 'tick').length, 1);
  });

  it('does not tick early where the timer does', () => {
    const early = Object.create(clock) as ManualClock;
    early.unixMs = () => clock.unixMs();
    early.monotonicMs = () => clock.monotonicMs();
    early.after = (delayMs, callback) => clock.after(Math.max(1, delayMs - 1), callback);
    const ticks: number[] = [];
    const other = new LockHost({
      engine: createNobleEngine(),
      world,
      dataDirectory: directory,
      clock: early,
      createMachine: () => ({
        handle: (input, uptimeMs) => {
          if (input.kind === 'tick') ticks.push(uptimeMs);
          return input.kind === 'boot' ? [{ kind: 'wake-at', uptimeMs: 100 }] : [];
        },
      }),
    });
    other.boot();
    clock.advance(1_000);
    other.stop();
    assert.deepEqual(ticks, [100]);
  });

  it('stops the motor on a throw, restarts after a second, and gives up at last', () => {
    step = (input) => {
      if (input.kind === 'bolt-sensed' && input.bolt === 'between') throw new Error('a bug of ours');
      return input.kind === 'button-pressed' ? [{ kind: 'drive-bolt', target: 'unlocked' }] : [];
    };
    host.boot();
    world.pressButton();
    clock.advance(200);
    assert.equal(host.powered, false);
    assert.equal(world.pins.level(PINS.retract), 0);
    clock.advance(1_000);
    assert.equal(boots.length, 2);
    // The bolt stands between now, so each boot crashes anew.
    clock.advance(60_000);
    const crashes = events.filter((event) => event.kind === 'crashed');
    assert.equal(crashes.length, 6);
    assert.equal(crashes.at(-1)?.restartMs, undefined);
    assert.equal(boots.length, 6);
  });

  it('appends reports to its file and says that they were taken', () => {
    on('boot', [{ kind: 'publish', seq: 7, cose: Uint8Array.of(0xd2, 0x84) }]);
    host.boot();
    assert.deepEqual(inputs[1]?.input, { kind: 'published', seq: 7 });
    assert.equal(readFileSync(host.reportFile, 'utf8'), '0xd284\n');
    assert.ok(events.some((event) => event.kind === 'delivered' && event.seq === 7));
  });

  it('leads one pairing connection at a time to the machine', async () => {
    step = (input) => {
      if (input.kind !== 'pairing-received') return [];
      return [{ kind: 'pairing-send', bytes: Uint8Array.of(9, ...input.bytes) }, { kind: 'pairing-close' }];
    };
    const port = await host.listen();
    host.boot();
    const answer = await new Promise<Buffer>((resolve) => {
      const parts: Buffer[] = [];
      const first = connect(port, '127.0.0.1', () => {
        const second = connect(port, '127.0.0.1');
        second.on('error', () => {});
        second.on('close', () => first.write(Uint8Array.of(1, 2)));
      });
      first.on('data', (data) => parts.push(data));
      first.on('close', () => resolve(Buffer.concat(parts)));
    });
    assert.deepEqual([...answer], [9, 1, 2]);
    while (kinds().at(-1) !== 'pairing-closed') await new Promise((resolve) => setImmediate(resolve));
    assert.deepEqual(kinds().slice(-3), ['pairing-opened', 'pairing-received', 'pairing-closed']);
  });

  it('is deaf without power', () => {
    host.boot();
    host.cutPower();
    const count = inputs.length;
    world.turnThumb('unlocked');
    world.pressButton();
    clock.advance(120_000);
    assert.equal(inputs.length, count);
    assert.equal(host.uptimeMs, 0);
  });
});
