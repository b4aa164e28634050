import { type Hex, keccak256, numberToHex, pad, parseTransaction } from 'viem';
import { privateKeyToAccount } from 'viem/accounts';
import { encodeCommandCall } from '../../firmware/protocol/command.js';
import { formatHex, parseHex } from '../../firmware/protocol/hex.js';
import { TOPIC } from '../../firmware/protocol/lock-registry.js';
import { ACTION } from '../../firmware/protocol/order.js';
import type { CallBodies, StoryInput } from '../../firmware/targets/rv32/story-input.js';

const CHAIN_ID = 31_337;
const REGISTRY: Hex = '0x5fbdb2315678afecb367f032d93f642f64180aa3';
const NOW_SECONDS = 1_790_000_000;
const HEAD = 4_000;

const DEVICE = privateKeyToAccount(keyOf(0x21));
const OWNER = privateKeyToAccount(keyOf(0x01));
const GUEST = privateKeyToAccount(keyOf(0x02));
const STRANGER = privateKeyToAccount(keyOf(0x03));

/** Writes the story that is measured: what a wallet library signs, in the words of a node. The same bytes each time. */
export async function writeStory(): Promise<StoryInput> {
  return {
    secretKey: keyOf(0x21),
    owner: OWNER.address,
    guest: GUEST.address,
    registry: REGISTRY,
    chainId: numberToHex(CHAIN_ID),
    nowSeconds: NOW_SECONDS,
    bodies: {
      head: JSON.stringify(answerTo(1, numberToHex(HEAD))),
      noLogs: JSON.stringify(answerTo(1, [])),
      idle: batchOf(HEAD, []),
    },
    unlock: await callBy(OWNER, 7, ACTION.unlock, HEAD + 1),
    lock: await callBy(OWNER, 8, ACTION.lock, HEAD + 2),
    forged: await callBy(STRANGER, 9, ACTION.unlock, HEAD + 3),
  };
}

async function callBy(
  account: typeof OWNER,
  nonce: number,
  action: number,
  blockNumber: number,
): Promise<CallBodies> {
  const data = formatHex(
    encodeCommandCall({
      lock: parseHex(DEVICE.address, 20),
      challenge4: new Uint8Array(4),
      epoch: 1,
      notAfterSeconds: NOW_SECONDS + 300 + nonce,
      action,
    }),
  ) as Hex;
  const signed = await account.signTransaction({
    type: 'eip1559',
    chainId: CHAIN_ID,
    nonce,
    gas: 60_000n,
    maxFeePerGas: 2_000_000_000n,
    maxPriorityFeePerGas: 1_000_000_000n,
    to: REGISTRY,
    data,
  });
  const { r, s, yParity } = parseTransaction(signed) as { r: Hex; s: Hex; yParity: number };
  const hash = keccak256(signed);
  const place = {
    blockHash: formatHex(new Uint8Array(32).fill(0xb1)),
    blockNumber: numberToHex(blockNumber),
    blockTimestamp: numberToHex(NOW_SECONDS),
    transactionIndex: '0x0',
  };
  const log = {
    address: REGISTRY,
    topics: [TOPIC.commanded, pad(DEVICE.address.toLowerCase() as Hex)],
    data: formatHex(new Uint8Array(32).fill(0xda)),
    ...place,
    transactionHash: hash,
    logIndex: '0x0',
    removed: false,
  };
  const transaction = {
    type: '0x2',
    chainId: numberToHex(CHAIN_ID),
    nonce: numberToHex(nonce),
    gas: numberToHex(60_000),
    maxFeePerGas: numberToHex(2_000_000_000),
    maxPriorityFeePerGas: numberToHex(1_000_000_000),
    to: REGISTRY,
    value: '0x0',
    accessList: [],
    input: data,
    r,
    s,
    yParity: numberToHex(yParity),
    v: numberToHex(yParity),
    hash,
    ...place,
    from: account.address.toLowerCase(),
    gasPrice: numberToHex(1_500_000_000),
  };
  return { found: batchOf(blockNumber, [log]), transaction: JSON.stringify(answerTo(1, transaction)) };
}

function batchOf(head: number, logs: readonly object[]): string {
  return JSON.stringify([answerTo(1, numberToHex(head)), answerTo(2, logs)]);
}

function answerTo(id: number, result: unknown): object {
  return { jsonrpc: '2.0', id, result };
}

function keyOf(seed: number): Hex {
  return formatHex(new Uint8Array(32).fill(seed)) as Hex;
}
