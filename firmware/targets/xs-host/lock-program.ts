import { Device } from '../../lock/device.js';
import type { DeviceOptions } from '../../lock/device-parts.js';
import type { Input, Output } from '../../lock/ports.js';
import { chooseEngine, type XsEngineName } from './engine-choice.js';
import { decodeMessage, encodeMessage, type Message } from './frame.js';
import type { XsHost } from './xs-host.js';

/** The options of a boot as they travel; flash is read while it lasts, one `get` and `record` each. */
type Start = Omit<DeviceOptions, 'engine' | 'records'> & {
  readonly kind: 'start';
  readonly engine: XsEngineName;
};

/**
 * The composition root on XS: the sans-IO lock, with Node at the other end of a channel doing all IO for it.
 * Each message is answered by any number of outputs and then `done`, `heap`, or `threw`.
 */
export default function main(host: XsHost): void {
  let device: Device | undefined;
  const answer = (message: Message): void => {
    switch (message.kind) {
      case 'start':
        device = createDevice(host, message as unknown as Start);
        break;
      case 'measure-heap':
        send(host, { kind: 'heap', ...host.measureHeap() });
        return;
      case 'reset-peaks':
        host.resetPeaks();
        break;
      case 'limit-heap':
        host.limitHeap(Number(message['dataBytes']));
        break;
      default:
        for (const output of step(device, message)) send(host, output);
    }
    send(host, { kind: 'done' });
  };
  for (let frame = host.receive(); frame !== undefined; frame = host.receive()) {
    try {
      answer(decodeMessage(new Uint8Array(frame)));
    } catch (error) {
      const { name, message } = error instanceof Error ? error : { name: 'Error', message: String(error) };
      send(host, { kind: 'threw', name, message });
    }
  }
}

function createDevice(host: XsHost, start: Start): Device {
  const { kind: _, engine, ...options } = start;
  const records = { get: (key: string) => readRecord(host, key) };
  return new Device({ ...options, engine: chooseEngine(host, engine, options.entropy32), records });
}

function readRecord(host: XsHost, key: string): Uint8Array | undefined {
  send(host, { kind: 'get', key });
  const frame = host.receive();
  if (frame === undefined) return undefined;
  return decodeMessage(new Uint8Array(frame))['bytes'] as Uint8Array | undefined;
}

function step(device: Device | undefined, message: Message): readonly Output[] {
  const { uptimeMs, ...input } = message;
  return device?.handle(input as unknown as Input, Number(uptimeMs)) ?? [];
}

function send(host: XsHost, message: Message): void {
  host.send(encodeMessage(message));
}
