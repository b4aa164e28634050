import { equalBytes } from '../../../firmware/protocol/bytes.js';
import {
  type Command,
  decodeCommand,
  encodeCommandCall,
  encodeCommandManyCall,
  encodeGrantCall,
  encodeHandoverCall,
} from '../../../firmware/protocol/command.js';
import { formatHex } from '../../../firmware/protocol/hex.js';
import { SELECTOR } from '../../../firmware/protocol/lock-registry.js';
import type { Order } from '../../../firmware/protocol/order.js';
import { decodePostCall, encodePostCall } from '../../../firmware/protocol/post.js';
import { FOR_EVER_SECONDS, type Terms } from '../../../firmware/protocol/terms.js';
import { attempt, expect, type Target } from '../target.js';
import { GUEST, STRANGER } from './people.js';
import { LOCK20 } from './report-samples.js';
import { linear } from './seed-bytes.js';

const ORDER: Order = {
  lock: LOCK20,
  challenge4: Uint8Array.of(1, 2, 3, 4),
  epoch: 1,
  notAfterSeconds: 1_790_000_300,
  action: 2,
};
const TERMS: Terms = {
  notBeforeSeconds: 0,
  notAfterSeconds: FOR_EVER_SECONDS,
  rights: 3,
  weekdays: 0x7f,
  dayStartMinutes: 480,
  dayEndMinutes: 1_439,
  uses: 7,
  epoch: 1,
  serial: 1_790_000_000,
};

/** Calldata of the registry: commands and posts, each in its one encoding. */
export const commandTarget: Target = {
  name: 'command',
  shape: { kind: 'records', width: 32 },
  share: 60,
  bytesMax: 3_400,
  seeds: () => [
    encodeCommandCall(ORDER),
    encodeCommandManyCall(orders(1)),
    encodeCommandManyCall(orders(100)),
    encodeGrantCall(LOCK20, GUEST.address20, TERMS),
    encodeHandoverCall(LOCK20, STRANGER.address20, { epoch: 1, newEpoch: 2, notAfterSeconds: 1_790_000_300 }),
    encodePostCall({ tag32: new Uint8Array(32).fill(0x80), envelope: new Uint8Array(65).fill(5) }),
  ],
  run: (input: Uint8Array) => {
    const command = attempt(
      () => decodeCommand(input, LOCK20),
      ['size', 'selector', 'calldata', 'padding', 'terms', 'lock'],
    );
    if (command !== undefined) checkCommand(command.value, input);
    const post = attempt(() => decodePostCall(input), ['size', 'selector', 'calldata', 'padding']);
    if (post !== undefined)
      expect(equalBytes(encodePostCall(post.value), input), 'a post comes back as other bytes');
  },
  stepsMax: linear(300, 3),
};

function checkCommand(command: Command, input: Uint8Array): void {
  if (formatHex(input.subarray(0, 4)) === SELECTOR.commandMany) {
    expect(command.kind === 'order' && equalBytes(command.order.lock, LOCK20), 'an order for another lock');
    return;
  }
  expect(equalBytes(encode(command), input), 'a command comes back as other bytes');
}

function encode(command: Command): Uint8Array {
  switch (command.kind) {
    case 'order':
      return encodeCommandCall(command.order);
    case 'grant':
      return encodeGrantCall(LOCK20, command.guest, command.terms);
    case 'handover':
      return encodeHandoverCall(LOCK20, command.to, command);
  }
}

/** For locks that ascend; one of them is ours. */
function orders(count: number): readonly Order[] {
  const locks = Array.from({ length: count - 1 }, (_, i) => new Uint8Array(20).fill(i + 1));
  const all = [...locks, LOCK20].sort((a, b) => Buffer.compare(a, b));
  return all.map((lock) => ({ ...ORDER, lock }));
}
