import { basename } from 'node:path';
import { renderUnicodeCompact } from 'uqr';
import { guardEngine } from '../../firmware/crypto/guarded-engine.js';
import { formatHex } from '../../firmware/protocol/hex.js';
import { EXIT_CODES, Failure, messageOf } from '../../tools/latchkey/owner/failure.js';
import { formatPairingCode, formatPairingUri } from '../../tools/latchkey/owner/pairing-code.js';
import { chooseHostEngine } from '../engines/host-engine.js';
import { placeOnXs } from '../engines/xs-place.js';
import { type ControlPlace, type ControlPort, openControl } from './control-port.js';
import { claimFolder } from './folder-claim.js';
import { LockBench } from './lock-bench.js';
import { type LockLine, lockLine } from './lock-lines.js';
import type { LockOptions } from './options.js';

/** One lock as a process: its bench, its control socket, and what it prints. */
export class LockProgram {
  readonly #options: LockOptions;
  readonly #write: (text: string) => void;
  readonly #bench: LockBench;
  readonly #release: () => void;
  #control: ControlPort | undefined;
  #port = 0;
  #lock: string | null = null;
  #isPaired: boolean | null = null;
  /** What is told before it is said how to reach the lock. */
  #early: LockLine[] | undefined = [];

  private constructor(
    options: LockOptions,
    write: (text: string) => void,
    bench: LockBench,
    release: () => void,
  ) {
    this.#options = options;
    this.#write = write;
    this.#bench = bench;
    this.#release = release;
  }

  /** Takes the folder, boots the lock that lives there, and says how to reach it. @throws Failure */
  static async start(options: LockOptions, write: (text: string) => void): Promise<LockProgram> {
    const release = claimFolder(options.data);
    let program: LockProgram | undefined;
    try {
      program = new LockProgram(options, write, await createBench(options), release);
      await program.#start();
      return program;
    } catch (error) {
      program?.stop();
      release();
      throw error;
    }
  }

  stop(): void {
    this.#bench.stop();
    this.#control?.close();
    this.#release();
  }

  async #start(): Promise<void> {
    const options = this.#options;
    const bench = this.#bench;
    bench.host.on((event) => {
      if (event.kind === 'notice' && event.notice.event === 'booted') {
        this.#lock = formatHex(event.notice.lock);
        this.#isPaired = event.notice.paired;
      }
      if (event.kind === 'notice' && event.notice.event === 'paired') this.#isPaired = true;
      const line = lockLine(event);
      if (line !== undefined) this.#show(line);
    });
    const target = { bench, identity: () => this.#identity(), box: () => this.#box() };
    this.#control = await openControl(options.data, target, options.control);
    this.#port = await bench.start().catch((error: unknown) => {
      throw new Failure(
        EXIT_CODES.failed,
        `cannot listen for pairing at port ${options.port} (${messageOf(error)}): name another with --port`,
      );
    });
    const early = this.#early ?? [];
    this.#early = undefined;
    this.#show({ event: 'ready', text: this.#greeting(this.#control.place), ...this.#identity() });
    if (bench.isNew) this.#show({ event: 'box', ...this.#box() });
    for (const line of early) this.#show(line);
  }

  #identity() {
    return {
      lock: this.#lock,
      paired: this.#isPaired,
      data: this.#options.data,
      pairingPort: this.#port,
      rpc: this.#options.rpc ?? null,
      registry: this.#options.registry ?? null,
    };
  }

  #greeting(place: ControlPlace): string {
    const { data } = this.#options;
    return [
      `lock      ${this.#lock ?? 'without power'}${this.#isPaired === false ? ', not paired yet' : ''}`,
      `control   npm run lock -- ctl ${data} help     (${'port' in place ? `127.0.0.1:${place.port}` : place.path})`,
      `pairing   npm run lock -- ctl ${data} press`,
      `          ${this.#pairCommand()}`,
    ].join('\n');
  }

  /** What its owner would type, with what the command line proposed. */
  #pairCommand(): string {
    const { data, rpc = [], registry } = this.#options;
    const [first, ...others] = rpc;
    const words = ['npm run latchkey -- pair', nameFor(data), `--at 127.0.0.1:${this.#port}`, '--register'];
    if (first !== undefined) words.push(`--rpc ${first}`);
    if (others.length > 0) words.push(...rpc.map((endpoint) => `--endpoint ${endpoint}`));
    if (registry !== undefined) words.push(`--registry ${registry}`);
    return [...words, `--reports ${this.#bench.host.reportFile}`].join(' ');
  }

  /** What the lock's box would carry. */
  #box() {
    const { pairingSecret16 } = this.#bench.host;
    const code = formatPairingCode(pairingSecret16);
    const uri = formatPairingUri(pairingSecret16);
    const again = `npm run lock -- ctl ${this.#options.data} secret`;
    const text = `${renderUnicodeCompact(uri)}\ncode      ${code}     (what the box would carry; again: ${again})`;
    return { text, code, uri };
  }

  #show(line: LockLine): void {
    if (this.#early !== undefined) {
      this.#early.push(line);
      return;
    }
    const { event, text, ...fields } = line;
    this.#write(
      this.#options.json ? `${JSON.stringify({ event, at_ms: Date.now(), ...fields })}\n` : `${text}\n`,
    );
  }
}

/** A folder's name as the owner's tool takes it for a lock. */
function nameFor(folder: string): string {
  const name = basename(folder)
    .toLowerCase()
    .replace(/[^a-z0-9_-]+/g, '-')
    .replace(/^[^a-z0-9]+/, '')
    .slice(0, 32);
  return name === '' ? 'door' : name;
}

async function createBench({ data, engine, port, reportUrl, pollMs }: LockOptions): Promise<LockBench> {
  const place = engine === 'xs' ? await placeOnXs() : undefined;
  return new LockBench({
    data,
    engine: guardEngine(chooseHostEngine(engine === 'xs' ? 'noble' : engine)),
    ...(place !== undefined && { place }),
    ...(port !== undefined && { pairingPort: port }),
    ...(reportUrl !== undefined && { reportUrl }),
    ...(pollMs !== undefined && { pollMs }),
  });
}
