import assert from 'node:assert/strict';
import { encodeFunctionData, parseAbi } from 'viem';
import { concatBytes } from '../../../firmware/protocol/bytes.js';
import {
  decodeCommand,
  encodeCommandCall,
  encodeCommandManyCall,
  encodeGrantCall,
  encodeHandoverCall,
} from '../../../firmware/protocol/command.js';
import { encodeHandover } from '../../../firmware/protocol/handover.js';
import { formatHex, parseHex } from '../../../firmware/protocol/hex.js';
import { CALLDATA_BYTES_MAX, ORDERS_PER_CALL_MAX } from '../../../firmware/protocol/limits.js';
import { ACTION, encodeOrder, type Order } from '../../../firmware/protocol/order.js';
import { refusalOf } from '../../../firmware/protocol/refusal.js';
import { encodeTerms, FOR_EVER_SECONDS, type Terms } from '../../../firmware/protocol/terms.js';
import { throwsDecodeError } from './throws-decode-error.js';

const abi = parseAbi([
  'function command(uint256 order)',
  'function commandMany(uint256[] orders)',
  'function grant(uint256 lockId, address guest, uint256 terms)',
  'function handover(uint256 lockId, address to, uint256 word)',
  'function register(address lock, uint256 deadline, bytes deviceSignature)',
  'function transferFrom(address from, address to, uint256 id)',
]);

const lock = new Uint8Array(20).fill(0x55);
const other = new Uint8Array(20).fill(0x66);
const guest = new Uint8Array(20).fill(0x77);
const lockId = BigInt(formatHex(lock));
const guestHex = formatHex(guest) as `0x${string}`;
const orderFor = (of: Uint8Array): Order => ({
  lock: of,
  challenge4: Uint8Array.of(9, 8, 7, 6),
  epoch: 2,
  notAfterSeconds: 1_800_000_000,
  action: ACTION.unlock,
});
const numbered = (count: number): Order[] =>
  Array.from({ length: count }, (_, i) => orderFor(Uint8Array.from([...new Array(19).fill(0x55), i])));
const terms: Terms = {
  notBeforeSeconds: 0,
  notAfterSeconds: FOR_EVER_SECONDS,
  rights: 3,
  weekdays: 0x7f,
  dayStartMinutes: 0,
  dayEndMinutes: 0,
  uses: 0,
  epoch: 2,
  serial: 1_790_000_000,
};
const handover = { epoch: 2, newEpoch: 5, notAfterSeconds: 1_800_000_000 };

const calls = {
  command: encodeCommandCall(orderFor(lock)),
  commandMany: encodeCommandManyCall([orderFor(lock), orderFor(other)]),
  grant: encodeGrantCall(lock, guest, terms),
  handover: encodeHandoverCall(lock, guest, handover),
};

describe('encodeCommandCall and its like', () => {
  it('write what viem writes', () => {
    const order = encodeOrder(orderFor(lock));
    const orders = [order, encodeOrder(orderFor(other))];
    assert.equal(
      formatHex(calls.command),
      encodeFunctionData({ abi, functionName: 'command', args: [order] }),
    );
    assert.equal(
      formatHex(calls.commandMany),
      encodeFunctionData({ abi, functionName: 'commandMany', args: [orders] }),
    );
    assert.equal(
      formatHex(calls.grant),
      encodeFunctionData({ abi, functionName: 'grant', args: [lockId, guestHex, encodeTerms(terms)] }),
    );
    assert.equal(
      formatHex(calls.handover),
      encodeFunctionData({
        abi,
        functionName: 'handover',
        args: [lockId, guestHex, encodeHandover(handover)],
      }),
    );
  });

  it('refuse orders that do not strictly ascend, none, and too many', () => {
    assert.throws(() => encodeCommandManyCall([orderFor(other), orderFor(lock)]), RangeError);
    assert.throws(() => encodeCommandManyCall([orderFor(lock), orderFor(lock)]), RangeError);
    assert.throws(() => encodeCommandManyCall([]), RangeError);
    assert.throws(() => encodeCommandManyCall(numbered(ORDERS_PER_CALL_MAX + 1)), RangeError);
  });
});

describe('decodeCommand', () => {
  it('reads each call back', () => {
    assert.deepEqual(decodeCommand(calls.command, lock), { kind: 'order', order: orderFor(lock) });
    assert.deepEqual(decodeCommand(calls.commandMany, lock), { kind: 'order', order: orderFor(lock) });
    assert.deepEqual(decodeCommand(calls.commandMany, other), { kind: 'order', order: orderFor(other) });
    assert.deepEqual(decodeCommand(calls.grant, lock), { kind: 'grant', guest, terms });
    assert.deepEqual(decodeCommand(calls.handover, lock), { kind: 'handover', to: guest, ...handover });
  });

  it('finds its order among the most that a call holds', () => {
    const orders = numbered(ORDERS_PER_CALL_MAX);
    const call = encodeCommandManyCall(orders);
    assert.equal(call.length, CALLDATA_BYTES_MAX);
    for (const order of orders) assert.deepEqual(decodeCommand(call, order.lock), { kind: 'order', order });
  });

  it('says `lock` of a call for other locks only', () => {
    const stranger = new Uint8Array(20).fill(0x88);
    for (const call of Object.values(calls)) throwsDecodeError(() => decodeCommand(call, stranger), 'lock');
    assert.equal(refusalOf('lock'), 'lock');
  });

  it('does not check the action', () => {
    const order = { ...orderFor(lock), action: 200 };
    assert.deepEqual(decodeCommand(encodeCommandCall(order), lock), { kind: 'order', order });
  });

  it('refuses other selectors, among them those of the registry that command no lock', () => {
    const register = encodeFunctionData({ abi, functionName: 'register', args: [guestHex, 1n, '0x00'] });
    const transfer = encodeFunctionData({
      abi,
      functionName: 'transferFrom',
      args: [guestHex, guestHex, lockId],
    });
    for (const call of [
      parseHex(register),
      parseHex(transfer),
      new Uint8Array(0),
      calls.command.subarray(0, 3),
    ]) {
      throwsDecodeError(() => decodeCommand(call, lock), 'selector');
    }
  });

  it('refuses every truncation, a byte more and a word more', () => {
    for (const [name, call] of Object.entries(calls)) {
      for (let end = 4; end < call.length; end++) {
        throwsDecodeError(() => decodeCommand(call.subarray(0, end), lock), 'calldata', `${name} at ${end}`);
      }
      for (const more of [1, 32]) {
        throwsDecodeError(
          () => decodeCommand(concatBytes(call, new Uint8Array(more)), lock),
          'calldata',
          name,
        );
      }
    }
    throwsDecodeError(() => decodeCommand(new Uint8Array(CALLDATA_BYTES_MAX + 1), lock), 'size');
  });

  it('refuses dirty bits above an address or a word', () => {
    for (const name of ['grant', 'handover'] as const) {
      for (const at of [4, 15, 36, 47, 68, 75]) {
        const dirty = calls[name].slice();
        dirty[at] = 1;
        throwsDecodeError(() => decodeCommand(dirty, lock), 'padding', `${name} byte ${at}`);
      }
    }
  });

  it('refuses orders that do not strictly ascend, another offset, and a count of none', () => {
    const swapped = calls.commandMany.slice();
    swapped.copyWithin(68, 100, 132);
    throwsDecodeError(() => decodeCommand(swapped, other), 'calldata', 'the same lock twice');
    const moved = calls.commandMany.slice();
    moved[35] = 0x40;
    throwsDecodeError(() => decodeCommand(moved, lock), 'calldata', 'offset');
    const none = calls.commandMany.slice(0, 68);
    none[67] = 0;
    throwsDecodeError(() => decodeCommand(none, lock), 'calldata', 'count');
  });

  it('refuses unknown rights in a grant', () => {
    const call = calls.grant.slice();
    call[4 + 64 + 18] = 0xff;
    throwsDecodeError(() => decodeCommand(call, lock), 'terms');
  });
});
