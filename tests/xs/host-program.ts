import { decodeMessage, encodeMessage, type Message } from '../../firmware/targets/xs-host/frame.js';
import { stripBuiltIns } from '../../firmware/targets/xs-host/strip.js';
import type { XsHost } from '../../firmware/targets/xs-host/xs-host.js';

/** Does what the tests of the host ask for, one message at a time. */
export default function main(host: XsHost): void {
  for (let frame = host.receive(); frame !== undefined; frame = host.receive()) {
    host.send(encodeMessage(answer(host, decodeMessage(new Uint8Array(frame)))));
  }
}

function answer(host: XsHost, message: Message): Message {
  switch (message.kind) {
    case 'echo':
      return message;
    case 'throw':
      throw new Error('as asked');
    case 'limit':
      host.limitHeap(Number(message['dataBytes']));
      return { kind: 'limited' };
    case 'grow':
      return { kind: 'grown', length: new Uint8Array(Number(message['count'])).length };
    case 'heap':
      return { kind: 'heap', ...host.measureHeap() };
    case 'names': {
      const before = namesOf();
      const count = stripBuiltIns();
      return { kind: 'names', before, count, after: namesOf() };
    }
    default:
      return { kind: 'native', text: misuse(host, message) };
  }
}

function namesOf(): readonly string[] {
  const functions: readonly unknown[] = [Array, Uint8Array.prototype.slice, Map.prototype.get, JSON.parse];
  return functions.map(
    (item) => `${(item as { name?: string }).name}/${(item as { length?: number }).length}`,
  );
}

/** Raw calls of the native engine that its guard would not let through. */
function misuse(host: XsHost, message: Message): string {
  const bytes = (count: number) => new Uint8Array(count).fill(Number(message['fill']));
  const { native } = host;
  const calls: readonly (() => unknown)[] = [
    () => native.publicKey(bytes(32)),
    () => native.publicKey(bytes(31)),
    () => native.sign(bytes(32), bytes(32)),
    () => native.sign(bytes(31), bytes(32)),
    () => native.sign(bytes(32), bytes(32), bytes(33)),
    () => native.recover(bytes(32), bytes(64), 0),
    () => native.recover(bytes(32), bytes(64), 4),
    () => native.verify(bytes(32), bytes(64), bytes(33)),
    () => native.ecdh(bytes(32), bytes(33)),
    () => native.sha256('text' as unknown as Uint8Array),
  ];
  return calls.map(tellCall).join(' ');
}

function tellCall(call: () => unknown): string {
  try {
    const result = call();
    return result instanceof ArrayBuffer ? `${result.byteLength}` : String(result);
  } catch (error) {
    return error instanceof RangeError ? 'range' : error instanceof TypeError ? 'type' : String(error);
  }
}
