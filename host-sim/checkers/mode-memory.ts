import type { MODE } from '../../firmware/protocol/mode.js';
import { ACTION } from '../../firmware/protocol/order.js';
import type { SignedWord } from '../world/archive.js';
import type { Scene } from './checker.js';

type ModeName = keyof typeof MODE;

const SWITCHES: Readonly<Record<number, readonly [mode: ModeName, isOn: boolean]>> = Object.freeze({
  [ACTION.privacyOn]: ['privacy', true],
  [ACTION.privacyOff]: ['privacy', false],
  [ACTION.vacationOn]: ['vacation', true],
  [ACTION.vacationOff]: ['vacation', false],
  [ACTION.passageOn]: ['passage', true],
  [ACTION.passageOff]: ['passage', false],
});

/** The modes of one epoch. */
interface Modes {
  /** The orders that switched on what is on, as receipts tell. */
  readonly on: Map<ModeName, SignedWord>;
  /** Transaction nonce of the last receipt: all modes share one guard. */
  nonce: bigint;
  /** Switches that were shown, and have neither a receipt nor a later one's. */
  open: readonly SignedWord[];
}

/** Which modes are on in each epoch: receipts tell, in their order; what was shown since may have changed them. */
export class ModeMemory {
  readonly #scene: Scene;
  readonly #epochs = new Map<number, Modes>();
  /** Those that an order was ever shown to switch on. */
  readonly #everOn = new Set<ModeName>();
  /** Those of them that flash may have brought back, and no order has switched since. */
  #broughtBack = new Set<ModeName>();

  constructor(scene: Scene) {
    this.#scene = scene;
  }

  shown(word: SignedWord): void {
    const switched = switchOf(word);
    if (word.command.kind !== 'order' || switched === undefined || !this.#scene.witness.isOwners(word))
      return;
    const [mode, isOn] = switched;
    if (isOn) this.#everOn.add(mode);
    const modes = this.#modesOf(word.command.order.epoch);
    if (word.nonce >= modes.nonce && !modes.open.includes(word)) modes.open = [...modes.open, word];
  }

  /** An accepted command, in the order of receipts. */
  receipt(word: SignedWord): void {
    const switched = switchOf(word);
    if (word.command.kind !== 'order' || switched === undefined) return;
    const modes = this.#modesOf(word.command.order.epoch);
    const [mode, isOn] = switched;
    if (isOn) modes.on.set(mode, word);
    else modes.on.delete(mode);
    this.#broughtBack.delete(mode);
    modes.nonce = word.nonce;
    // A replacement has the same nonce, and may count as well.
    modes.open = modes.open.filter((other) => other !== word && other.nonce >= word.nonce);
  }

  /** An old image of flash was put back: what was ever on may be on again. */
  forget(): void {
    this.#epochs.clear();
    this.#broughtBack = new Set(this.#everOn);
  }

  /** The order that switched a mode on, where the last receipts say that it is on. */
  switchedOn(mode: ModeName, epoch: number): SignedWord | undefined {
    return this.#epochs.get(epoch)?.on.get(mode);
  }

  /** Whether a mode is on for certain: no order to switch it off was shown that may have been obeyed since. */
  isOn(mode: ModeName, epoch: number): boolean {
    return this.switchedOn(mode, epoch) !== undefined && !this.#isOpen(mode, epoch, false);
  }

  /** Whether a mode is off for certain. */
  isOff(mode: ModeName, epoch: number): boolean {
    if (this.#broughtBack.has(mode)) return false;
    return this.switchedOn(mode, epoch) === undefined && !this.#isOpen(mode, epoch, true);
  }

  #isOpen(mode: ModeName, epoch: number, isOn: boolean): boolean {
    return (this.#epochs.get(epoch)?.open ?? []).some((word) => {
      const switched = switchOf(word);
      return switched?.[0] === mode && switched[1] === isOn;
    });
  }

  #modesOf(epoch: number): Modes {
    const known = this.#epochs.get(epoch);
    if (known !== undefined) return known;
    const modes: Modes = { on: new Map(), nonce: 0n, open: [] };
    this.#epochs.set(epoch, modes);
    return modes;
  }
}

function switchOf({ command }: SignedWord): readonly [mode: ModeName, isOn: boolean] | undefined {
  return command.kind === 'order' ? SWITCHES[command.order.action] : undefined;
}
