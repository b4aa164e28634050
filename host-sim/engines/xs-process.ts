import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { closeSync, constants, mkdtempSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT } from './xs-runner.js';

/**
 * One module that runs on XS in a process of its own, and a channel of frames to it (4 bytes of length, then bytes).
 * Reading waits, so that a machine over there is as synchronous as one in here.
 */
export class XsProcess {
  readonly #child: ChildProcess;
  readonly #toChild: number;
  readonly #fromChild: number;
  #isOpen = true;

  /**
   * @param runner - what `buildXsRunner` gave
   * @param module - path of the built module from the root, whose default export is called with a host
   */
  constructor(runner: string, module: string) {
    // Named pipes: Node's own pipes to a child cannot be read synchronously.
    const folder = mkdtempSync(join(tmpdir(), 'latchkey-xs-'));
    const [to, from] = [join(folder, 'to'), join(folder, 'from')];
    try {
      const { status } = spawnSync('mkfifo', [to, from]);
      if (status !== 0) throw new Error('mkfifo failed');
      const [stdin, toChild] = openBoth(to);
      const [fromChild, stdout] = openBoth(from);
      this.#child = spawn(runner, [module], { cwd: ROOT, stdio: [stdin, stdout, 'inherit'] });
      // A runner that is gone or cannot start shows as the end of its channel.
      this.#child.on('error', () => {});
      // From here on only the child holds its ends, so its end is the end of the channel.
      closeSync(stdin);
      closeSync(stdout);
      this.#toChild = toChild;
      this.#fromChild = fromChild;
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }

  send(frame: Uint8Array): void {
    const head = Buffer.alloc(4);
    head.writeUInt32BE(frame.length);
    const bytes = Buffer.concat([head, frame]);
    for (let at = 0; at < bytes.length; ) at += writeSync(this.#toChild, bytes, at);
  }

  /** Waits for the next frame. @throws Error where the process has ended */
  receive(): Uint8Array {
    const size = Buffer.from(this.#read(4)).readUInt32BE();
    return this.#read(size);
  }

  /** Ends the process at once, as a power cut does. */
  close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#child.kill('SIGKILL');
    closeSync(this.#toChild);
    closeSync(this.#fromChild);
  }

  #read(count: number): Uint8Array {
    const bytes = new Uint8Array(count);
    for (let at = 0; at < count; ) {
      const read = readSync(this.#fromChild, bytes, at, count - at, null);
      if (read === 0) throw new Error('the XS process has ended; its last words are above');
      at += read;
    }
    return bytes;
  }
}

/** Opens both ends of a named pipe. Opened for both ways first, since each end alone waits for the other. */
function openBoth(path: string): readonly [readEnd: number, writeEnd: number] {
  const both = openSync(path, constants.O_RDWR);
  const ends = [openSync(path, constants.O_RDONLY), openSync(path, constants.O_WRONLY)] as const;
  closeSync(both);
  return ends;
}
