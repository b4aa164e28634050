import type { VerifiedReport } from '../../firmware/crypto/report.js';
import type { Input, Output } from '../../firmware/lock/ports.js';
import { formatHex } from '../../firmware/protocol/hex.js';

/** A running digest of all that went in and out, and, where somebody reads it, a timeline. */
export class Trace {
  readonly #nowMs: () => number;
  readonly #write: ((line: string) => void) | undefined;
  #high = 0x811c9dc5;
  #low = 0x01234567;

  /** @param write - takes a line of the timeline; nothing is told where absent */
  constructor(nowMs: () => number, write?: (line: string) => void) {
    this.#nowMs = nowMs;
    this.#write = write;
  }

  /** The same for the same seed and options, 16 hex digits. */
  get digest(): string {
    const hex = (word: number) => (word >>> 0).toString(16).padStart(8, '0');
    return hex(this.#high) + hex(this.#low);
  }

  tell(line: string): void {
    this.#stir(line.length);
    this.#write?.(`${timeOf(this.#nowMs())}  ${line}`);
  }

  input(input: Input): void {
    this.#stir(input.kind.length + 256 * input.kind.charCodeAt(0));
    if (input.kind === 'http-done') this.#stirBytes(input.body);
    if (this.#write === undefined || input.kind === 'tick' || input.kind === 'http-done') return;
    const line = lineOfInput(input);
    if (line !== undefined) this.#write(`${timeOf(this.#nowMs())}    > ${line}`);
  }

  output(output: Output): void {
    this.#stir(output.kind.length + 256 * output.kind.charCodeAt(0));
    if (output.kind === 'persist') this.#stirBytes(output.bytes);
    if (output.kind === 'publish') this.#stirBytes(output.cose);
    if (output.kind === 'http-post') this.#stirBytes(output.body);
    if (this.#write === undefined) return;
    const line = lineOfOutput(output);
    if (line !== undefined) this.#write(`${timeOf(this.#nowMs())}  <   ${line}`);
  }

  report({ report }: VerifiedReport): void {
    if (this.#write === undefined) return;
    const { seq, cause, bolt, door, epoch, bootCount, uptimeSeconds, lastCommand } = report;
    const last =
      lastCommand === undefined || (cause !== 'command' && cause !== 'refusal')
        ? ''
        : `, ${formatHex(lastCommand.by).slice(0, 8)} command ${lastCommand.command} nonce ${lastCommand.nonce} ${lastCommand.reason}`;
    this.#write(
      `${timeOf(this.#nowMs())}  report ${seq} ${cause}: bolt ${bolt}, door ${door}, epoch ${epoch}, made ${uptimeSeconds} s after boot ${bootCount}${last}`,
    );
  }

  #stir(word: number): void {
    this.#high = Math.imul(this.#high ^ word ^ this.#nowMs(), 0x01000193);
    this.#low = Math.imul(this.#low + this.#high, 0x85ebca6b) ^ (this.#low >>> 13);
  }

  #stirBytes(bytes: Uint8Array): void {
    let word = bytes.length;
    for (let i = 0; i < bytes.length; i++) word = Math.imul(word ^ (bytes[i] as number), 0x01000193);
    this.#stir(word);
  }
}

/** Hours, minutes, seconds and milliseconds of virtual time. */
export function timeOf(ms: number): string {
  const pad = (value: number, width = 2) => String(value).padStart(width, '0');
  const seconds = Math.floor(ms / 1_000);
  return `${pad(Math.floor(seconds / 3_600))}:${pad(Math.floor(seconds / 60) % 60)}:${pad(seconds % 60)}.${pad(ms % 1_000, 3)}`;
}

function lineOfInput(input: Input): string | undefined {
  switch (input.kind) {
    case 'bolt-sensed':
      return `bolt sensed ${input.bolt}`;
    case 'door-sensed':
      return `door sensed ${input.door}`;
    case 'clock':
      return undefined;
    case 'http-failed':
      return `exchange ${input.id} failed: ${input.reason}`;
    case 'store-failed':
      return `write of ${input.key} refused`;
    case 'publish-failed':
      return `report ${input.seq} not taken`;
    case 'button-pressed':
    case 'outside-pressed':
      return input.kind;
    default:
      return undefined;
  }
}

function lineOfOutput(output: Output): string | undefined {
  switch (output.kind) {
    case 'drive-bolt':
      return `drive bolt ${output.target}`;
    case 'stop-bolt':
      return 'stop bolt';
    case 'persist':
      return `write ${output.key}, ${output.bytes.length} bytes`;
    case 'notice': {
      const { notice } = output;
      if (notice.event === 'refused')
        return `refused ${notice.reason}${notice.detail === undefined ? '' : ` (${notice.detail})`}`;
      if (notice.event === 'verified')
        return `verified ${notice.command} of ${formatHex(notice.by).slice(0, 8)}`;
      if (notice.event === 'alarm') return `alarm ${notice.alarm} ${notice.on ? 'on' : 'off'}`;
      return undefined;
    }
    default:
      return undefined;
  }
}
