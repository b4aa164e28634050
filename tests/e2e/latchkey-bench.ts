import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Keystore } from 'ox';
import type { Hex } from 'viem';
import { type PrivateKeyAccount, privateKeyToAccount } from 'viem/accounts';
import { guardEngine } from '../../firmware/crypto/guarded-engine.js';
import { createNobleEngine } from '../../firmware/crypto/noble-engine.js';
import { LockHost, type LockHostOptions } from '../../host-sim/lock-host.js';
import { DoorWorld } from '../../host-sim/world/door-world.js';
import { formatPairingCode } from '../../tools/latchkey/owner/pairing-code.js';
import { runLatchkey } from '../../tools/latchkey/run.js';
import type { TestChain } from './test-chain.js';

export const PASSWORD = 'correct horse';

/** What one run of the tool did. */
export interface Run {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
  /** The lines of stdout where --json was said. */
  readonly objects: readonly Readonly<Record<string, unknown>>[];
  /** The last of them. */
  readonly result: Readonly<Record<string, unknown>>;
}

export interface RunOptions {
  /** What a person types, one answer a question; a missing one fails the test. */
  readonly answers?: readonly (string | boolean)[];
  readonly signal?: AbortSignal;
  readonly env?: Readonly<Record<string, string>>;
  /** Told of each piece of stdout as it comes. */
  readonly onStdout?: (text: string) => void;
}

/** A person with a computer: the tool, its home, and a key whose password file is at hand. */
export class LatchkeyBench {
  readonly chain: TestChain;
  readonly home: string;
  readonly #folder: string;
  readonly #stops: (() => void)[] = [];

  constructor(chain: TestChain) {
    this.chain = chain;
    this.#folder = mkdtempSync(join(tmpdir(), 'latchkey-tool-'));
    this.home = join(this.#folder, 'home');
    mkdirSync(join(this.home, 'keys'), { recursive: true });
  }

  stop(): void {
    for (const stop of this.#stops) stop();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  get folder(): string {
    return this.#folder;
  }

  /** Puts a key into the tool's home, under a password that costs no time. */
  async newKey(
    name: string,
    { funded = true, privateKey }: { readonly funded?: boolean; readonly privateKey?: Hex } = {},
  ): Promise<PrivateKeyAccount & { readonly privateKey: Hex }> {
    const person = await this.chain.newPerson(privateKey);
    if (!funded) await this.chain.rpc('anvil_setBalance', person.address, '0x0');
    const [key, options] = Keystore.scrypt({ password: PASSWORD, n: 2, p: 1, r: 1 });
    const keystore = Keystore.encrypt(person.privateKey, key, options);
    const { address } = privateKeyToAccount(person.privateKey);
    writeFileSync(
      join(this.home, 'keys', `${name}.json`),
      JSON.stringify({ address: address.slice(2).toLowerCase(), ...keystore }),
    );
    return person;
  }

  /** Runs the tool as `latchkey ARGV` with the chain's node; the password comes from a file. */
  async run(argv: readonly string[], options: RunOptions = {}): Promise<Run> {
    const passwordFile = this.file('password', `${PASSWORD}\n`);
    const answers = [...(options.answers ?? [])];
    const answer = async (question: string) =>
      answers.shift() ?? assert.fail(`nobody answers "${question}" of ${argv.join(' ')}`);
    let stdout = '';
    let stderr = '';
    const exitCode = await runLatchkey(argv, {
      stdout: {
        write: (text) => {
          stdout += text;
          options.onStdout?.(text);
        },
      },
      stderr: {
        write: (text) => {
          stderr += text;
        },
      },
      prompt: {
        secret: async (question) => String(await answer(question)),
        text: async (question) => String(await answer(question)),
        confirm: async (question) => (await answer(question)) === true,
      },
      env: { LATCHKEY_HOME: this.home, LATCHKEY_PASSWORD_FILE: passwordFile, ...options.env },
      cwd: this.#folder,
      homeDirectory: this.#folder,
      timeZone: 'Europe/Berlin',
      nowUnixMs: () => this.chain.clock.unixMs(),
      sleep: (ms) => new Promise((resolve) => setTimeout(resolve, Math.min(ms, 50))),
      ...(options.signal && { signal: options.signal }),
    });
    assert.equal(answers.length, 0, 'every answer was asked for');
    const objects = argv.includes('--json')
      ? stdout
          .split('\n')
          .filter((line) => line !== '')
          .map((line) => JSON.parse(line) as Record<string, unknown>)
      : [];
    return { exitCode, stdout, stderr, objects, result: objects.at(-1) ?? {} };
  }

  /** A run that must end well. */
  async done(argv: readonly string[], options: RunOptions = {}): Promise<Run> {
    const run = await this.run(argv, options);
    assert.equal(run.exitCode, 0, `latchkey ${argv.join(' ')}: ${run.stderr}`);
    return run;
  }

  /** A run that must fail with this exit code and one line that matches. */
  async fails(
    exitCode: number,
    line: RegExp,
    argv: readonly string[],
    options: RunOptions = {},
  ): Promise<void> {
    const run = await this.run(argv, options);
    const last = run.stderr.trimEnd().split('\n').at(-1) ?? '';
    assert.match(last, line);
    assert.match(last, /^latchkey: /);
    assert.equal(run.exitCode, exitCode, last);
  }

  file(name: string, text: string): string {
    const path = join(this.#folder, name);
    writeFileSync(path, text, { mode: 0o600 });
    return path;
  }

  /** A lock out of its box: nobody has paired it, its power is on. */
  async newLock(options: Partial<LockHostOptions> = {}): Promise<BoxedLock> {
    const world = new DoorWorld({ clock: this.chain.clock, travelMs: 40 });
    const host = new LockHost({
      engine: guardEngine(createNobleEngine()),
      world,
      dataDirectory: mkdtempSync(join(this.#folder, 'lock-')),
      clock: this.chain.clock,
      pollIntervalMs: 100,
      ...options,
    });
    this.#stops.push(() => host.stop());
    const port = await host.listen();
    host.boot();
    return { host, world, at: `127.0.0.1:${port}`, code: formatPairingCode(host.pairingSecret16) };
  }

  /** Names chain, node and registry in latchkey.json, makes a key and pairs and registers a lock with it. */
  async pairedLock(name = 'front-door', options: Partial<LockHostOptions> = {}): Promise<OwnedLock> {
    const owner = await this.newKey('owner');
    await this.settle();
    const lock = await this.newLock(options);
    lock.world.pressButton();
    await this.done(['pair', name, '--at', lock.at, '--register', '--reports', lock.host.reportFile], {
      answers: [lock.code, true],
    });
    return { ...lock, owner };
  }

  /** Defaults that name the test's chain. */
  async settle(): Promise<void> {
    await this.done(['config', 'chain', 'anvil']);
    await this.done(['config', 'rpc', this.chain.anvil.rpcUrl]);
    await this.done(['config', 'registry', this.chain.registry]);
    await this.done(['config', 'key', 'owner']);
  }
}

export interface BoxedLock {
  readonly host: LockHost;
  readonly world: DoorWorld;
  /** Its pairing endpoint. */
  readonly at: string;
  /** What is printed in its box. */
  readonly code: string;
}

export interface OwnedLock extends BoxedLock {
  readonly owner: PrivateKeyAccount;
}
