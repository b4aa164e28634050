import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { guardEngine } from '../../../firmware/crypto/guarded-engine.js';
import { createNobleEngine } from '../../../firmware/crypto/noble-engine.js';
import { LockHost } from '../../../host-sim/lock-host.js';
import { systemClock } from '../../../host-sim/world/clock.js';
import { DoorWorld } from '../../../host-sim/world/door-world.js';
import type { ByteStream } from '../../../tools/esp32/byte-stream.js';
import { parseConfigureFlags } from '../../../tools/esp32/configure-options.js';
import { type ConfigureOptions, configureLock } from '../../../tools/esp32/pairing.js';

/** Loopback in place of a cable; `noise` comes first, as a boot loader's lines would. */
function streamTo(port: number, noise?: string): ByteStream {
  const socket = connect({ host: '127.0.0.1', port });
  return {
    write: (bytes) => {
      socket.write(bytes);
    },
    listen: (onBytes, onEnd) => {
      if (noise !== undefined) onBytes(Uint8Array.from(Buffer.from(noise)));
      socket.on('data', (data) => onBytes(Uint8Array.from(data)));
      socket.on('error', (error) => onEnd(error.message));
      socket.on('close', () => onEnd('the lock closed the pairing connection'));
    },
    close: () => {
      socket.destroy();
    },
  };
}

describe('configureLock', () => {
  let folder = '';
  let host: LockHost;
  let world: DoorWorld;
  let port = 0;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'latchkey-pairing-'));
    world = new DoorWorld({ clock: systemClock });
    host = new LockHost({ engine: guardEngine(createNobleEngine()), world, dataDirectory: folder });
    port = await host.listen();
    host.boot();
  });
  afterEach(() => {
    host.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const options = (more: Partial<ConfigureOptions> = {}): ConfigureOptions => ({
    secret16: host.pairingSecret16,
    owner20: new Uint8Array(20).fill(0x11),
    nowSeconds: Math.floor(Date.now() / 1000),
    settings: {
      chainId: 31_337n,
      registry: new Uint8Array(20).fill(0x22),
      startBlock: 0,
      endpoints: ['http://127.0.0.1:1'],
      texts: new Map([['wifi-ssid', 'home']]),
    },
    buttonMsMax: 0,
    ...more,
  });
  const pressed = () =>
    new Promise<void>((resolve) => {
      world.pressButton();
      setTimeout(resolve, 150);
    });

  it('pairs the lock of the simulator with the code that configures a board', async () => {
    await pressed();
    const lock = await configureLock(streamTo(port), options());
    assert.equal(lock.isNew, true);
    assert.equal(lock.epoch, 1);
  });

  it('changes the settings of a lock that has an owner', async () => {
    await pressed();
    const first = await configureLock(streamTo(port), options());
    await pressed();
    const second = await configureLock(streamTo(port), options());
    assert.equal(second.isNew, false);
    assert.deepEqual(second.lock20, first.lock20);
  });

  it('reads past what a board prints when it starts', async () => {
    await pressed();
    const lock = await configureLock(
      streamTo(port, 'ESP-ROM:esp32c3-api1\r\nrst:0x1\r\n'),
      options({ quietMs: 50 }),
    );
    assert.equal(lock.isNew, true);
  });

  it('is refused before anybody pressed the button', async () => {
    await assert.rejects(configureLock(streamTo(port), options()), /pairing-closed/);
  });

  it('is refused with a wrong secret, at once', async () => {
    await pressed();
    const wrong = options({ secret16: new Uint8Array(16), buttonMsMax: 60_000 });
    await assert.rejects(configureLock(streamTo(port), wrong), /pairing-secret/);
  });
});

describe('parseConfigureFlags', () => {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'latchkey-flags-'));
    const deployment = { chainId: 4690, address: `0x${'22'.repeat(20)}`, blockNumber: 7 };
    writeFileSync(join(folder, 'deployment.json'), JSON.stringify(deployment));
    writeFileSync(join(folder, 'secret'), `0x${'5a'.repeat(16)}\n`);
    writeFileSync(join(folder, 'password'), 'correct horse\n');
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const flags = () => ({
    secretFile: join(folder, 'secret'),
    owner: `0x${'aB'.repeat(20)}`,
    deployment: join(folder, 'deployment.json'),
    rpc: 'https://a.test,https://b.test',
    wifi: 'home',
    wifiPasswordFile: join(folder, 'password'),
  });

  it('reads files and flags', () => {
    const { secret16, owner20, settings } = parseConfigureFlags(flags());
    assert.deepEqual(secret16, new Uint8Array(16).fill(0x5a));
    assert.deepEqual(owner20, new Uint8Array(20).fill(0xab));
    assert.deepEqual(settings.endpoints, ['https://a.test', 'https://b.test']);
    assert.equal(settings.chainId, 4690n);
    assert.equal(settings.startBlock, 7);
    assert.deepEqual(
      [...settings.texts],
      [
        ['wifi-ssid', 'home'],
        ['wifi-password', 'correct horse'],
      ],
    );
  });

  it('names the flag that is missing or wrong', () => {
    for (const [name, pattern] of [
      ['secretFile', /--secret-file/],
      ['owner', /--owner/],
      ['deployment', /--deployment/],
      ['rpc', /--rpc/],
    ] as const) {
      const { [name]: _gone, ...rest } = flags();
      assert.throws(() => parseConfigureFlags(rest), pattern);
    }
    assert.throws(() => parseConfigureFlags({ ...flags(), owner: '0x12' }), /20 bytes in 0x hex for --owner/);
    assert.throws(() => parseConfigureFlags({ ...flags(), secretFile: join(folder, 'no') }), /cannot read/);
    assert.throws(() => parseConfigureFlags({ ...flags(), deployment: join(folder, 'secret') }));
  });
});
