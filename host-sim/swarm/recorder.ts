import type { VerifiedReport } from '../../firmware/crypto/report.js';
import type { Input, Output } from '../../firmware/lock/ports.js';
import { formatHex } from '../../firmware/protocol/hex.js';
import { ACTION } from '../../firmware/protocol/order.js';
import type { SignedWord } from '../world/archive.js';
import type { Signer } from '../world/chain-signer.js';
import type { Neighbour, Neighbourhood } from './neighbour.js';
import type { SimResult } from './sim-result.js';
import type { Onlooker } from './stage.js';
import type { ExchangeMark, FaultMark, ReportMark, Span, WordMark, WorldRecord } from './world-record.js';

/** What happens between two inputs, such as a hand at the knob, is seen this often. */
const LOOK_MS = 5_000;

const ACTION_NAMES: Readonly<Record<number, string>> = Object.freeze(
  Object.fromEntries(Object.entries(ACTION).map(([name, action]) => [action, name])),
);

type Outcome = WordMark['outcome'];

/** Notes what a picture of one world needs. It sees what the trace sees, looks at the room, and changes nothing. */
export class Recorder implements Onlooker, Neighbour {
  readonly #bolt = new Track();
  readonly #sensed = new Track();
  readonly #door = new Track();
  readonly #power = new Track();
  readonly #network = new Track();
  readonly #exchanges: ExchangeMark[] = [];
  readonly #faults: FaultMark[] = [];
  readonly #reports = new Map<number, ReportMark>();
  readonly #outcomes = new Map<SignedWord, Outcome>();
  #place: Neighbourhood | undefined;
  #calmMs: number | undefined;

  /** Moves in beside the lock, before its first day. */
  readonly moveIn = (neighbourhood: Neighbourhood): Neighbour => {
    this.#place = neighbourhood;
    this.#power.note(0, 'off');
    this.#lookAgain(neighbourhood);
    return this;
  };

  start(): void {}

  calm(): void {
    this.#calmMs = this.#nowMs;
  }

  booted(): void {
    this.#power.note(this.#nowMs, 'on');
  }

  cut(): void {
    this.#power.note(this.#nowMs, 'off');
    this.#sensed.note(this.#nowMs, 'nobody listens');
  }

  input(input: Input): void {
    this.#look();
    if (input.kind === 'bolt-sensed') this.#sensed.note(this.#nowMs, input.bolt);
    if (input.kind === 'http-done')
      this.#exchanges.push({ atMs: this.#nowMs, ok: input.status >= 200 && input.status < 300 });
    if (input.kind === 'http-failed') this.#exchanges.push({ atMs: this.#nowMs, ok: false });
    if (input.kind === 'published') this.#acknowledged(input.seq);
  }

  output(output: Output): void {
    this.#look();
    if (output.kind !== 'notice' || output.notice.event !== 'refused') return;
    const { tx, reason } = output.notice;
    const word = tx === undefined ? undefined : this.#place?.archive.find(formatHex(tx));
    // What was obeyed once is refused when it is shown again.
    if (word !== undefined && !this.#outcomes.has(word)) this.#outcomes.set(word, { refused: reason });
  }

  report({ report }: VerifiedReport): void {
    const { seq, cause, bolt, door, lastCommand } = report;
    const says = `report ${seq}, ${cause}: bolt ${bolt}, door ${door}`;
    this.#reports.set(seq, { seq, sentMs: this.#nowMs, acknowledgedMs: undefined, cause, says });
    if (lastCommand === undefined || (cause !== 'command' && cause !== 'refusal')) return;
    const { by, command, nonce, notAfterSeconds, reason } = lastCommand;
    const named = this.#place?.archive.named(formatHex(by), command, nonce, notAfterSeconds) ?? [];
    for (const word of named)
      if (this.#outcomes.get(word) !== 'obeyed')
        this.#outcomes.set(word, reason === 'none' ? 'obeyed' : { refused: reason });
  }

  fault(name: string): void {
    this.#faults.push({ atMs: this.#nowMs, name });
  }

  /** All of it, once the world is over. */
  record({ seed, lockHours, violations }: SimResult): WorldRecord {
    const place = this.#place;
    if (place === undefined) throw new Error('nobody moved in');
    const endMs = this.#nowMs;
    return {
      seed,
      hours: lockHours,
      calmMs: this.#calmMs,
      bolt: this.#bolt.spans(endMs),
      sensed: this.#sensed.spans(endMs),
      door: this.#door.spans(endMs),
      power: this.#power.spans(endMs),
      network: this.#network.spans(endMs),
      exchanges: this.#exchanges,
      words: place.archive.all.map((word) => this.#wordMark(word, place)),
      reports: [...this.#reports.values()],
      faults: this.#faults,
      violations,
    };
  }

  get #nowMs(): number {
    return this.#place?.queue.nowMs ?? 0;
  }

  #lookAgain({ queue }: Neighbourhood): void {
    this.#look();
    queue.after(LOOK_MS, () => {
      if (this.#place !== undefined) this.#lookAgain(this.#place);
    });
  }

  #look(): void {
    if (this.#place === undefined) return;
    const { room, wire } = this.#place;
    this.#bolt.note(this.#nowMs, room.bolt);
    this.#door.note(this.#nowMs, room.door);
    const away = wire.isPartitioned ? 'partition' : wire.isSinkDown ? 'no sink' : 'there';
    this.#network.note(this.#nowMs, away);
  }

  #acknowledged(seq: number): void {
    const report = this.#reports.get(seq);
    if (report !== undefined && report.acknowledgedMs === undefined)
      this.#reports.set(seq, { ...report, acknowledgedMs: this.#nowMs });
  }

  #wordMark(word: SignedWord, { chain, owner, guests, nowSeconds, queue }: Neighbourhood): WordMark {
    const fate = chain.fateOf(word.hash);
    const startSeconds = nowSeconds() - Math.floor(queue.nowMs / 1_000);
    const isMined = fate?.kind === 'mined' || fate?.kind === 'reverted';
    const signs = ({ address20 }: Signer) => formatHex(address20) === word.by;
    const owners = [...owner.formerOwners, owner.signer];
    const index = owners.findIndex(signs);
    // The first owner has epoch 1, and each handover raises it by one.
    const isInOffice = index === owners.length - 1 || epochOf(word.command) === index + 1;
    const stranger = guests.some(signs) ? 'guest' : 'stranger';
    return {
      signedMs: word.signedMs,
      by: index < 0 ? stranger : isInOffice ? 'owner' : 'former owner',
      ...wordsOf(word.command),
      minedMs: isMined ? (chain.timestampOf(fate.block) - startSeconds) * 1_000 : undefined,
      outcome: this.#outcomes.get(word) ?? 'unanswered',
    };
  }
}

function wordsOf(command: SignedWord['command']): Pick<WordMark, 'kind' | 'says'> {
  if (command.kind === 'handover') return { kind: 'handover', says: `handover to epoch ${command.newEpoch}` };
  if (command.kind === 'grant') {
    const { rights, serial } = command.terms;
    return {
      kind: 'grant',
      says: `${rights === 0 ? 'revocation' : `grant of rights ${rights}`}, serial ${serial}`,
    };
  }
  const { action } = command.order;
  const says = ACTION_NAMES[action] ?? `action ${action}`;
  if (action === ACTION.lock) return { kind: 'lock', says };
  return { kind: action === ACTION.unlock || action === ACTION.unlockThenRelock ? 'unlock' : 'mode', says };
}

function epochOf(command: SignedWord['command']): number {
  if (command.kind === 'handover') return command.epoch;
  return command.kind === 'grant' ? command.terms.epoch : command.order.epoch;
}

/** A value over time. */
class Track {
  readonly #spans: Span[] = [];
  #value: string | undefined;
  #fromMs = 0;

  note(atMs: number, value: string): void {
    if (value === this.#value) return;
    this.#end(atMs);
    this.#value = value;
    this.#fromMs = atMs;
  }

  spans(endMs: number): readonly Span[] {
    this.#end(endMs);
    this.#fromMs = endMs;
    return this.#spans;
  }

  #end(atMs: number): void {
    if (this.#value !== undefined && atMs > this.#fromMs)
      this.#spans.push({ fromMs: this.#fromMs, toMs: atMs, value: this.#value });
  }
}
