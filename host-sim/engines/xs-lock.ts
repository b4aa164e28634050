import { Device } from '../../firmware/lock/device.js';
import type { DeviceOptions } from '../../firmware/lock/device-parts.js';
import type { Input, Output } from '../../firmware/lock/ports.js';
import { formatHex } from '../../firmware/protocol/hex.js';
import { encodeMessage } from '../../firmware/targets/xs-host/frame.js';
import type { Machine } from '../board.js';
import type { MachinePlace } from './machine-place.js';
import { XsMachine, type XsMachineOptions } from './xs-machine.js';

/** Runs each boot of a lock on XS, in a process that ends with its power. */
export class XsLock implements MachinePlace {
  readonly #options: XsMachineOptions;
  #machine: XsMachine | undefined;

  constructor(options: XsMachineOptions) {
    this.#options = options;
  }

  /** The machine of this boot, for its meters. */
  get machine(): XsMachine | undefined {
    return this.#machine;
  }

  create(options: DeviceOptions): Machine {
    this.cutPower();
    const machine = new XsMachine(this.#options, options);
    this.#machine = machine;
    return machine;
  }

  cutPower(): void {
    this.#machine?.close();
    this.#machine = undefined;
  }
}

/** A lock on XS with the same lock on Node beside it: both take every input, and must give the same bytes. */
export class TwinLock implements MachinePlace {
  readonly xs: XsLock;
  /** Outputs that were equal. */
  equalCount = 0;
  /** What differed, in words. */
  readonly differences: string[] = [];

  constructor(options: XsMachineOptions) {
    this.xs = new XsLock(options);
  }

  create(options: DeviceOptions): Machine {
    const twin = new Device(options);
    const machine = this.xs.create(options);
    return {
      handle: (input, uptimeMs) => {
        const outputs = machine.handle(input, uptimeMs);
        this.#compare(input, outputs, twin.handle(input, uptimeMs));
        return outputs;
      },
    };
  }

  cutPower(): void {
    this.xs.cutPower();
  }

  #compare(input: Input, onXs: readonly Output[], onNode: readonly Output[]): void {
    const count = Math.max(onXs.length, onNode.length);
    for (let i = 0; i < count; i++) {
      const [one, other] = [told(onXs[i]), told(onNode[i])];
      if (one.length > 0 && one === other) this.equalCount++;
      else this.differences.push(`${input.kind}: ${difference(one, other)}`);
    }
  }
}

/** Characters of each side that a difference shows, from a little before it on. */
const SHOWN_CHARS = 96;

function told(output: Output | undefined): string {
  return output === undefined ? '' : `${output.kind} ${formatHex(encodeMessage({ ...output }))}`;
}

function difference(onXs: string, onNode: string): string {
  let at = 0;
  while (at < onXs.length && onXs[at] === onNode[at]) at++;
  const from = Math.max(0, at - 16);
  const show = (text: string) => (text === '' ? 'nothing' : text.slice(from, from + SHOWN_CHARS));
  return `from character ${from} on XS ${show(onXs)}, on Node ${show(onNode)}`;
}
