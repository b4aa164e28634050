import assert from 'node:assert/strict';
import { BOARDS, boardNamed } from '../../../../firmware/targets/esp32/boards/board-list.js';
import { PINS } from '../../../../host-sim/world/door-world.js';
import { type ConfigureOptions, configureLock } from '../../../../tools/esp32/pairing.js';
import { cableOf, createFakeBoard, LED_PIN, MemoryFlash, TAMPER_PIN } from './fake-board.js';

const OPTIONS: ConfigureOptions = {
  secret16: new Uint8Array(16).fill(0x5a),
  owner20: new Uint8Array(20).fill(0x11),
  nowSeconds: 1_800_000_000,
  settings: {
    chainId: 4690n,
    registry: new Uint8Array(20).fill(0x22),
    startBlock: 7,
    endpoints: ['https://rpc.node.example/v1'],
    texts: new Map([
      ['wifi-ssid', 'home'],
      ['wifi-password', 'secret'],
      ['report-url', 'https://reports.example/in'],
    ]),
  },
};

type Fake = ReturnType<typeof createFakeBoard>;

function start(options: Parameters<typeof createFakeBoard>[0] = {}): Fake {
  const fake = createFakeBoard(options);
  fake.lock.start();
  fake.clock.advance(1_000);
  return fake;
}

async function paired(options: Parameters<typeof createFakeBoard>[0] = {}) {
  const fake = start(options);
  fake.press();
  const configured = await configureLock(cableOf(fake), OPTIONS);
  return { ...fake, configured };
}

const motor = ({ world }: Fake) => [world.pins.level(PINS.extend), world.pins.level(PINS.retract)];

describe('LockBoard', () => {
  it('boots unpaired without moving, and asks nobody for anything', () => {
    const fake = start();
    fake.press();
    fake.clock.advance(30_000);
    assert.equal(fake.world.moves, 0);
    assert.deepEqual(motor(fake), [0, 0]);
    assert.deepEqual(fake.requests, []);
    assert.deepEqual(fake.wifi.calls, []);
    assert.match(fake.lines.join('\n'), /boot 1, lock 0x[0-9a-f]{40}/);
  });

  it('is paired over the serial port, and signs the registration', async () => {
    const { configured, lines } = await paired();
    assert.equal(configured.isNew, true);
    assert.equal(configured.epoch, 1);
    assert.equal(configured.registrationSignature65.length, 65);
    assert.match(lines.join('\n'), /paired with 0x1111/);
  });

  it('becomes another lock once its button is held for ten seconds', async () => {
    const first = await paired();
    // The finger of the pairing is off the button.
    first.clock.advance(1_000);
    first.world.pressButton(11_000);
    first.clock.advance(9_900);
    assert.deepEqual(first.events, []);
    first.clock.advance(6_000);
    assert.deepEqual(first.events, ['restart']);
    const next = start({ flash: first.flash, patch: { random: (count) => new Uint8Array(count).fill(99) } });
    const name = (lines: readonly string[]) => /boot 1, lock (0x[0-9a-f]{40})/.exec(lines.join('\n'))?.[1];
    assert.ok(name(next.lines) !== undefined && name(next.lines) !== name(first.lines));
    assert.deepEqual(next.wifi.calls, [], 'it has forgotten its network');
  });

  it('joins the network that pairing named, asks two hosts for the time, and polls', async () => {
    const { clock, events, requests, wifi } = await paired();
    // The cable falls silent: the session is over.
    clock.advance(6_000);
    assert.deepEqual(wifi.calls, ['connect home secret']);
    wifi.become(500);
    clock.advance(5_000);
    assert.deepEqual(
      events.filter((event) => event === 'sntp'),
      ['sntp'],
    );
    assert.deepEqual(
      requests.filter((request) => request.startsWith('HEAD')),
      ['HEAD https://a.test/', 'HEAD https://b.test/'],
    );
    assert.ok(requests.includes('POST https://rpc.node.example/v1'));
    assert.ok(requests.includes('POST https://reports.example/in'));
  });

  it('asks for the time anew, and others, when an endpoint moves to a host that told it', async () => {
    const fake = await paired();
    fake.clock.advance(6_000);
    fake.wifi.become(500);
    fake.clock.advance(1_000);
    fake.press();
    const settings = { ...OPTIONS.settings, endpoints: ['https://rpc.a.test/v1'] };
    await configureLock(cableOf(fake), { ...OPTIONS, settings });
    const before = fake.requests.length;
    fake.clock.advance(60_000);
    const asked = fake.requests.slice(before).filter((request) => request.startsWith('HEAD'));
    assert.ok(asked.includes('HEAD https://b.test/'));
    assert.ok(!asked.includes('HEAD https://a.test/'));
  });

  it('obeys its inside button without any network', async () => {
    const fake = await paired();
    assert.equal(fake.world.bolt, 'locked');
    fake.press();
    fake.clock.advance(1_000);
    assert.equal(fake.world.bolt, 'unlocked');
    assert.deepEqual(motor(fake), [0, 0]);
  });

  it('is the same lock with the same owner after a power cut', async () => {
    const { flash, configured, wifi } = await paired();
    assert.deepEqual(wifi.calls, [], 'the network waits for the end of the session');
    const again = start({ flash });
    assert.deepEqual(again.wifi.calls, ['connect home secret']);
    assert.match(again.lines.join('\n'), /boot 2, lock 0x/);
    again.press();
    const changed = await configureLock(cableOf(again), OPTIONS);
    assert.equal(changed.isNew, false);
    assert.deepEqual(changed.lock20, configured.lock20);
  });

  it('keeps its first pairing secret whatever a later image was built with', () => {
    const flash = new MemoryFlash();
    flash.open({ path: 'chip' }).write('pairing-secret', new Uint8Array(16).fill(9).buffer);
    start({ flash });
    assert.deepEqual(flash.domains.get('chip')?.get('pairing-secret'), new Uint8Array(16).fill(9));
  });

  it('writes no journal key to flash where the chip makes one, and another chip reads none of its records', async () => {
    const { flash } = await paired({ chipKey: new Uint8Array(32).fill(1) });
    assert.equal(flash.domains.get('chip')?.has('journal-key'), false);
    const stranger = start({ flash, chipKey: new Uint8Array(32).fill(2) });
    assert.match(stranger.lines.join('\n'), /boot 1, lock/);
    assert.deepEqual(stranger.wifi.calls, []);
  });

  it('takes the second serial port where the debugger holds the first', () => {
    const fake = start({ takenPorts: [0] });
    assert.equal(fake.serial.port(), 1);
    assert.match(fake.lines.join('\n'), /serial port 0 is taken/);
  });

  it('lives without any serial port', () => {
    const fake = start({ takenPorts: [0, 1] });
    assert.equal(fake.serial.port(), undefined);
    fake.press();
    assert.match(fake.lines.join('\n'), /boot 1/);
  });

  it('keeps an image that ran for a minute, and none before', () => {
    const fake = start();
    fake.clock.advance(58_999);
    assert.deepEqual(fake.events, []);
    fake.clock.advance(1);
    assert.deepEqual(fake.events, ['keep image']);
  });

  it('stops the motor and starts again 5 s after a bug of ours, and obeys nothing meanwhile', async () => {
    const fake = await paired();
    const { Device } = await import('../../../../firmware/lock/device.js');
    const handle = Device.prototype.handle;
    fake.press();
    fake.clock.advance(40);
    assert.notDeepEqual(motor(fake), [0, 0]);
    Device.prototype.handle = () => {
      throw new Error('a bug');
    };
    try {
      fake.world.pins.drive(PINS.contact, 1);
      fake.clock.advance(60);
    } finally {
      Device.prototype.handle = handle;
    }
    assert.deepEqual(motor(fake), [0, 0]);
    const { moves } = fake.world;
    fake.press();
    fake.clock.advance(4_000);
    assert.equal(fake.world.moves, moves);
    assert.deepEqual(fake.events, []);
    fake.clock.advance(1_000);
    assert.deepEqual(fake.events, ['restart']);
  });

  it('blinks when the case is open', () => {
    const fake = start();
    fake.world.pins.drive(TAMPER_PIN, 1);
    fake.clock.advance(20);
    const levels = new Set<number>();
    for (let i = 0; i < 4; i++) {
      levels.add(fake.world.pins.level(LED_PIN));
      fake.clock.advance(250);
    }
    assert.deepEqual([...levels].sort(), [0, 1]);
    assert.match(fake.lines.join('\n'), /alarm tamper on/);
  });
});

describe('boardNamed', () => {
  it('knows each board by its name, and guesses none', () => {
    for (const board of BOARDS) assert.equal(boardNamed(board.name), board);
    for (const name of ['', 'servo', undefined, 1])
      assert.throws(() => boardNamed(name), /the name of a board/);
  });

  it('gives no pin to two parts', () => {
    for (const { bolt, contactPin, buttonPin, tamperPin, battery, led, serials } of BOARDS) {
      const wired = Object.entries(bolt).flatMap(([key, value]) => (key.endsWith('Pin') ? [value] : []));
      const pins = [
        ...[...wired, contactPin, buttonPin, tamperPin, battery?.pin, led?.pin],
        ...serials.flatMap(({ receive, transmit }) => [receive, transmit]),
      ].filter((pin) => pin !== undefined);
      assert.equal(new Set(pins).size, pins.length);
    }
  });
});
