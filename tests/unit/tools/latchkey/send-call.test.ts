import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createPublicClient, custom, type Hex, keccak256, numberToHex } from 'viem';
import { privateKeyToAccount } from 'viem/accounts';
import type { ChainLink } from '../../../../tools/latchkey/chain-link.js';
import { type RegistryCall, sendCall } from '../../../../tools/latchkey/send-call.js';
import { lastSent } from '../../../../tools/latchkey/sent-book.js';
import type { Tool } from '../../../../tools/latchkey/tool.js';

const ACCOUNT = privateKeyToAccount(`0x${'11'.repeat(32)}`);
const PLACE = { address: `0x${'22'.repeat(20)}`, registry: `0x${'33'.repeat(20)}` } as const;
const NOW = 1_800_000_000;

/** A node that answers as it likes. */
class PuppetNode {
  mined = 5;
  pending = 5;
  /** What it answers to a transaction: the hash that it says, or undefined where the connection breaks. */
  answer: Hex | undefined = `0x${'99'.repeat(32)}`;
  readonly taken: Hex[] = [];

  link(): ChainLink {
    const request = async ({ method, params }: { method: string; params?: unknown }) => {
      const [first, second] = (params ?? []) as readonly unknown[];
      switch (method) {
        case 'eth_chainId':
          return '0x7a69';
        case 'eth_getTransactionCount':
          return numberToHex(second === 'pending' ? this.pending : this.mined);
        case 'eth_estimateGas':
          return '0xffff';
        case 'eth_gasPrice':
        case 'eth_maxPriorityFeePerGas':
          return '0x10';
        case 'eth_getBlockByNumber':
          return { baseFeePerGas: '0x10', number: '0x1', transactions: [], timestamp: '0x1' };
        case 'eth_sendRawTransaction':
          this.taken.push(first as Hex);
          if (this.answer === undefined) throw new Error('broken');
          return this.answer;
        default:
          throw new Error(method);
      }
    };
    const transport = custom({ request }, { retryCount: 0 });
    const reader = createPublicClient({ transport, cacheTime: 0 });
    return {
      chainId: 31_337,
      rpcUrl: 'http://node.example/',
      transport: transport as never,
      reader: reader as never,
    };
  }
}

describe('sendCall', () => {
  let home: string;
  let notes: string[];
  let node: PuppetNode;
  let answers: boolean[];
  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), 'latchkey-send-'));
    notes = [];
    answers = [];
    node = new PuppetNode();
  });
  afterEach(() => rmSync(home, { recursive: true, force: true }));

  const asked: number[] = [];
  const CALL: RegistryCall = {
    kind: 'order',
    lock: PLACE,
    encode: (notAfterMin) => {
      asked.push(notAfterMin);
      return { data: '0x01', notAfterSeconds: Math.max(NOW, notAfterMin) };
    },
    describe: () => [],
  };
  const send = () => {
    const prompt = { confirm: async () => answers.shift() ?? assert.fail('asked') };
    const io = { nowUnixMs: () => NOW * 1_000, prompt };
    const output = { note: (text: string) => notes.push(text) };
    return sendCall({ home, io, output, flags: {} } as unknown as Tool, node.link(), ACCOUNT, CALL);
  };

  it('knows the hash of what it signed, whatever the node says', async () => {
    const { hash } = await send();
    assert.equal(hash, keccak256(node.taken[0] ?? '0x'));
  });

  it('remembers an order that the node would not say it took, so that the next of its nonce ends later', async () => {
    node.answer = undefined;
    await assert.rejects(send());
    assert.equal(lastSent(home, 31_337, ACCOUNT.address)?.hash, keccak256(node.taken[0] ?? '0x'));
    node.answer = '0x';
    asked.length = 0;
    const { nonce, notAfterSeconds } = await send();
    assert.deepEqual([nonce, notAfterSeconds, ...asked], [5, NOW + 1, NOW + 1]);
  });

  it('asks a person before it signs with a nonce that leaves all others behind', async () => {
    await send();
    node.mined = 1_000_000;
    node.pending = 1_000_000;
    answers = [false];
    await assert.rejects(send(), /says that this key has sent 999994 transactions/);
    assert.equal(node.taken.length, 1);
    answers = [true];
    assert.equal((await send()).nonce, 1_000_000);
  });
});
