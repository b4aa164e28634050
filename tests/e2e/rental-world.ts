import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { guardEngine } from '../../firmware/crypto/guarded-engine.js';
import { createNobleEngine } from '../../firmware/crypto/noble-engine.js';
import { SwitchedNetwork } from '../../host-sim/io/switched-network.js';
import { LockHost } from '../../host-sim/lock-host.js';
import { DoorWorld } from '../../host-sim/world/door-world.js';
import { formatPairingCode } from '../../tools/latchkey/owner/pairing-code.js';
import { LatchkeyBench, type Run, type RunOptions } from './latchkey-bench.js';
import { until } from './patience.js';
import { TestChain } from './test-chain.js';

/** When summer time began in Berlin, on the last Sunday of that March. */
const SWITCH_SECONDS = Date.UTC(2030, 2, 31, 1) / 1_000;

/** What a person answers, and how the tool ends. */
interface Said extends RunOptions {
  readonly exitCode?: number;
}

/** One lock on a door in Berlin, a chain, and people with the tool; everything is the same in each run. */
export class RentalWorld {
  readonly chain: TestChain;
  readonly bench: LatchkeyBench;
  readonly host: LockHost;
  readonly door: DoorWorld;
  readonly network: SwitchedNetwork;
  /** What is printed in the lock's box. */
  readonly code: string;
  /** Its pairing endpoint. */
  readonly at: string;
  readonly #lines: string[] = [];
  #polls = 0;

  private constructor(
    parts: Pick<RentalWorld, 'chain' | 'bench' | 'host' | 'door' | 'network'>,
    pairingPort: number,
  ) {
    this.chain = parts.chain;
    this.bench = parts.bench;
    this.host = parts.host;
    this.door = parts.door;
    this.network = parts.network;
    this.code = formatPairingCode(parts.host.pairingSecret16);
    this.at = `127.0.0.1:${pairingPort}`;
    parts.host.on((event) => {
      if (event.kind === 'notice' && event.notice.event === 'polled') this.#polls++;
    });
  }

  static async start(start: string): Promise<RentalWorld> {
    const chain = await TestChain.start({ startSeconds: berlin(start) });
    const bench = new LatchkeyBench(chain);
    const door = new DoorWorld({ clock: chain.clock, travelMs: 40 });
    const network = new SwitchedNetwork();
    const host = new LockHost({
      engine: guardEngine(createNobleEngine()),
      world: door,
      dataDirectory: join(bench.folder, 'lock'),
      clock: chain.clock,
      networks: network,
      pollIntervalMs: 100,
      random: chance('the lock'),
    });
    return new RentalWorld({ chain, bench, host, door, network }, await host.listen());
  }

  async stop(): Promise<void> {
    this.host.stop();
    this.bench.stop();
    await this.chain.stop();
  }

  /** The session as a person would have seen it, with the ports, home, seconds and blocks of no particular run. */
  get transcript(): string {
    return this.#lines
      .join('\n')
      .replaceAll(this.chain.anvil.rpcUrl, 'http://127.0.0.1:8545')
      .replaceAll(this.at, '127.0.0.1:7700')
      .replaceAll(this.bench.home, '~/.latchkey')
      .replace(/, after \d+\.\d s$/gm, '')
      .replace(/\d+ s ago$/gm, '1 s ago')
      .replace(/\bblock \d+/g, 'block N');
  }

  /** Gives somebody a key of that name, the same in each run. */
  async person(name: string): Promise<string> {
    const privateKey = `0x${createHash('sha256').update(`latchkey rental ${name}`).digest('hex')}` as const;
    return (await this.bench.newKey(name, { privateKey })).address;
  }

  /** Time passes until then, as the lock's wall would show it; a lock with power and network has heard the chain since. */
  async goTo(local: string): Promise<void> {
    this.note(`\n# ${local}`);
    await this.chain.goTo(berlin(local));
    if (this.host.powered && this.network.on) await this.polled();
  }

  /** A line of the transcript that nobody said to the tool. */
  note(line: string): void {
    this.#lines.push(line);
  }

  async polled(): Promise<void> {
    const before = this.#polls;
    await until('two polls', () => this.#polls >= before + 2);
  }

  /** Says a line to the tool, and keeps what it printed unless that would tire. */
  async say(line: string, how: Said | 'untold' | 'refused untold' = {}): Promise<Run> {
    const options: Said = typeof how === 'string' ? { exitCode: how === 'untold' ? 0 : 1 } : how;
    const argv = (line.match(/"[^"]*"|\S+/g) ?? []).map((word) => word.replaceAll('"', ''));
    const run = await this.bench.run(argv, options);
    const last = run.stderr.trimEnd().split('\n').at(-1) ?? '';
    const printed = run.exitCode === 0 ? run.stdout.trimEnd() : last;
    if (typeof how !== 'string') this.#lines.push(`$ latchkey ${line}`, ...(printed === '' ? [] : [printed]));
    assert.equal(run.exitCode, options.exitCode ?? 0, `latchkey ${line}: ${run.stdout}${run.stderr}`);
    return run;
  }
}

/** Unix seconds of a local time in Berlin, as `2030-03-25 08:00`. */
function berlin(local: string): number {
  const seconds = Date.parse(`${local.replace(' ', 'T')}:00Z`) / 1_000;
  return seconds - (seconds - 3_600 < SWITCH_SECONDS ? 1 : 2) * 3_600;
}

/** Bytes that are the same in each run and differ from each other. */
function chance(seed: string): (count: number) => Uint8Array {
  let drawn = 0;
  return (count) => {
    const bytes = createHash('sha512').update(`${seed} ${drawn++}`).digest();
    assert.ok(count <= bytes.length);
    return Uint8Array.from(bytes.subarray(0, count));
  };
}
