import assert from 'node:assert/strict';
import { type Abi, decodeErrorResult, encodeFunctionData, type Hex } from 'viem';
import { LOCK_REGISTRY_ABI } from '../../contracts/generated/lock-registry.js';
import { addressOf } from '../../firmware/crypto/address.js';
import { guardEngine } from '../../firmware/crypto/guarded-engine.js';
import { readUint, writeUint } from '../../firmware/protocol/bytes.js';
import {
  blockNumberRequest,
  logsRequest,
  transactionByHashRequest,
} from '../../firmware/protocol/ethereum-rpc.js';
import { formatHex, formatQuantity, parseHex } from '../../firmware/protocol/hex.js';
import { encodeRpcBatch, encodeRpcCall, type RpcRequest } from '../../firmware/protocol/json-rpc.js';
import { TOPIC } from '../../firmware/protocol/lock-registry.js';
import { chooseHostEngine } from '../../host-sim/engines/host-engine.js';
import { rawTransaction, type Signer, signTransaction } from '../../host-sim/world/chain-signer.js';
import type { Hash } from '../../host-sim/world/chain-transaction.js';
import { MemoryChain } from '../../host-sim/world/memory-chain.js';
import { answerRpc } from '../../host-sim/world/memory-node.js';
import { applyCall } from '../../host-sim/world/registry-model.js';
import { lockKey } from '../../host-sim/world/registry-storage.js';
import { orderWord, stateWord } from '../contracts/words.js';
import { World } from '../contracts/world.js';
import { CallMaker } from './registry-calls.js';

const SEED = 0x1a7c4;
const BLOCKS = 150;
const CALLS_A_BLOCK = 20;
const LOCKS = 8;
const PEOPLE = 7;
const BASE_FEE = 1_000_000_000n;
const ABI = LOCK_REGISTRY_ABI as Abi;
const engine = guardEngine(chooseHostEngine());

interface Reply {
  readonly result?: unknown;
  readonly error?: { readonly code: number; readonly message: string; readonly data?: Hex };
}

/** The same transactions in the same blocks: on anvil with the compiled contract, and in memory. */
class Pair {
  readonly world: World;
  readonly chain: MemoryChain;
  readonly people: readonly Signer[];
  readonly devices: readonly Signer[];
  readonly hashes: Hash[] = [];
  readonly maker: CallMaker;

  constructor(world: World) {
    this.world = world;
    this.people = world.anvil.accounts
      .slice(0, PEOPLE)
      .map(({ privateKey }) => signerOf(parseHex(privateKey)));
    this.devices = Array.from({ length: LOCKS }, (_, i) => signerOf(new Uint8Array(32).fill(0x40 + i)));
    const registry20 = parseHex(world.registry);
    const chainId = BigInt(world.anvil.chainId);
    this.chain = new MemoryChain({ chainId, registry20, startSeconds: 0, engine, baseFeePerGas: BASE_FEE });
    const { chain, people, devices } = this;
    this.maker = new CallMaker(
      {
        engine,
        chainId,
        registry20,
        people,
        devices,
        lockState: (lockId) => chain.lockState(lockId),
        guestTerms: (lockId, guest) => chain.guestTerms(lockId, guest),
      },
      SEED,
    );
  }

  async play(): Promise<void> {
    await this.world.rpc('evm_setAutomine', [false]);
    const { chain, world, maker } = this;
    while (chain.head < Number(await world.rpc('eth_blockNumber', []))) chain.mine(0);
    let now = world.now;
    for (let block = 0; block < BLOCKS; block++) {
      // Steps that lead over the ends of orders, windows and deadlines.
      now += [1, 1, 2, 1, 1, 300, 1, 1, 901, 3_600][block % 10] as number;
      const raws: Hex[] = [];
      for (let i = 0; i < CALLS_A_BLOCK; i++) {
        const call = maker.next(now);
        const sent = signTransaction(engine, call.by, {
          chainId: chain.chainId,
          to20: parseHex(world.registry),
          data: call.data,
          value: call.value,
          nonce: chain.nextNonce(call.by.address20),
          type: ((block + i) % 3) as 0 | 1 | 2,
          gasLimit: 1_500_000n,
          maxFeePerGas: 2n * BASE_FEE,
          maxPriorityFeePerGas: BASE_FEE,
        });
        raws.push(formatHex(rawTransaction(sent)) as Hex);
        this.hashes.push(chain.submit(rawTransaction(sent)));
      }
      await this.ask([
        ...raws.map((raw) => ['eth_sendRawTransaction', [raw]] as const),
        ['anvil_setNextBlockBaseFeePerGas', [formatQuantity(BASE_FEE)]],
        ['evm_setNextBlockTimestamp', [now]],
        ['evm_mine', []],
      ]);
      chain.mine(now);
    }
  }

  /** Asks anvil. @throws AssertionError where it answers an error */
  async ask(calls: readonly (readonly [method: string, params: readonly unknown[]])[]): Promise<unknown[]> {
    const body = calls.map(([method, params], id) => ({ jsonrpc: '2.0', id, method, params }));
    const replies = JSON.parse(await this.post(JSON.stringify(body))) as (Reply & { id: number })[];
    return replies
      .sort((a, b) => a.id - b.id)
      .map(({ result, error }, i) => {
        assert.equal(error, undefined, `${calls[i]?.[0]}: ${error?.message}`);
        return result;
      });
  }

  async post(body: string | Uint8Array): Promise<string> {
    const response = await fetch(this.world.anvil.rpcUrl, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: typeof body === 'string' ? body : new TextDecoder().decode(body),
    });
    return response.text();
  }

  /** Reads the contract on anvil. */
  async read(
    calls: readonly (readonly [functionName: string, args: readonly unknown[]])[],
  ): Promise<bigint[]> {
    const answers = await this.ask(
      calls.map(([functionName, args]) => {
        const data = encodeFunctionData({ abi: ABI, functionName, args });
        return ['eth_call', [{ to: this.world.registry, data }, 'latest']];
      }),
    );
    return answers.map((answer) => BigInt(answer as string));
  }
}

describe('a chain in memory beside anvil with the compiled contract', function () {
  this.timeout(120_000);
  let pair: Pair;

  before(async () => {
    pair = new Pair(await World.start());
    await pair.play();
  });

  after(() => pair.world.stop());

  describe('applyCall', () => {
    it('refuses the same calls by the same names', async () => {
      const named = new Map<string, number>();
      for (let at = 0; at < pair.hashes.length; at += 200) {
        const hashes = pair.hashes.slice(at, at + 200);
        const traces = await pair.ask(
          hashes.map((hash) => ['debug_traceTransaction', [hash, { tracer: 'callTracer' }]]),
        );
        hashes.forEach((hash, i) => {
          const expected = outcomeOf(traces[i] as { error?: string; output?: Hex });
          const fate = pair.chain.fateOf(hash);
          assert.equal(fate?.kind === 'reverted' ? `refused ${fate.error}` : fate?.kind, expected, hash);
          named.set(expected, (named.get(expected) ?? 0) + 1);
        });
      }
      assert.equal(pair.hashes.length, BLOCKS * CALLS_A_BLOCK);
      const errors = LOCK_REGISTRY_ABI.filter(({ type }) => type === 'error').map(
        ({ name }) => name as string,
      );
      const missing = errors.filter((name) => !named.has(`refused ${name}`)).sort();
      assert.deepEqual(missing, [...NEVER_PLAYED].sort());
      assert.ok((named.get('mined') ?? 0) > 1_000, 'over a third of the calls go through');
    });

    it('leaves the same words', async () => {
      const ids = pair.devices.map(({ address20 }) => readUint(address20));
      const words = await pair.read(ids.map((id) => ['lockState', [id]]));
      assert.deepEqual(
        ids.map((id) => pair.chain.lockState(id)),
        words,
      );
      const pairs = ids.flatMap((id) => pair.people.map(({ address20 }) => [id, address20] as const));
      const terms = await pair.read(pairs.map(([id, guest]) => ['guestTerms', [id, formatHex(guest)]]));
      assert.deepEqual(
        pairs.map(([id, guest]) => pair.chain.guestTerms(id, readUint(guest))),
        terms,
      );
      assert.ok(terms.some((word) => word !== 0n));
    });

    it('ends the count of orders and of epochs as the contract does', async () => {
      const [device] = pair.devices as [Signer];
      const [by, other] = pair.people as [Signer, Signer];
      const lockId = readUint(device.address20);
      const owner = readUint(by.address20);
      const at = pair.world.now + 1_000_000;
      const full = { epoch: 65_535, seq: 0xffff_ffff, notAfter: 0, action: 0, owner };
      const from = formatHex(by.address20);
      const to = formatHex(other.address20);
      const order = orderWord({ lockId, epoch: 65_535, notAfter: at + 1, action: 1 });
      for (const [name, args] of [
        ['command', [order]],
        ['transferFrom', [from, to, lockId]],
        ['handover', [lockId, to, 0n]],
      ] as const) {
        const word = stateWord(full);
        const expected = await pair.world.refusal(from as Hex, name, args, { at, words: [[lockId, word]] });
        const calldata = parseHex(encodeFunctionData({ abi: ABI, functionName: name, args }));
        const outcome = applyCall(
          new Map([[lockKey(lockId), word]]),
          { from20: by.address20, calldata, timestamp: at },
          { chainId: 31_337n, registry20: parseHex(pair.world.registry), engine },
        );
        assert.ok(!outcome.ok);
        assert.deepEqual([outcome.error, ...outcome.args], expected);
      }
    });
  });

  describe('answerRpc', () => {
    it('shows every log as anvil does, but for the hashes of blocks', async () => {
      const body = JSON.stringify({
        jsonrpc: '2.0',
        id: 1,
        method: 'eth_getLogs',
        params: [{ address: pair.world.registry, fromBlock: '0x0', toBlock: 'latest' }],
      });
      const [theirs, ours] = await answers(pair, new TextEncoder().encode(body));
      assert.deepEqual(ours, theirs);
      assert.ok((ours as { result: unknown[] }).result.length > 1_000);
    });

    it('shows every transaction as anvil does, but for the hashes of blocks', async () => {
      for (let at = 0; at < pair.hashes.length; at += 100) {
        const requests = pair.hashes
          .slice(at, at + 100)
          .map((hash) => transactionByHashRequest(parseHex(hash)));
        const [theirs, ours] = await answers(pair, encodeRpcBatch(1, requests));
        assert.deepEqual(ours, theirs);
      }
    });

    it("answers a lock's polls as anvil does", async () => {
      const { head } = pair.chain;
      const address = pair.world.registry.toLowerCase();
      const topics0 = [TOPIC.granted, TOPIC.handedOver];
      let found = 0;
      for (const { address20 } of pair.devices) {
        const topic1 = formatHex(writeUint(readUint(address20), 32));
        for (const [fromBlock, toBlock] of [
          [0, 'latest'],
          [head - 64, 'latest'],
          [head, head],
          [head - 70, head - 7],
          [head - 5, head + 2_000],
          [40, 20],
        ] as const) {
          const filters = [
            { address, topic1, fromBlock, toBlock },
            { address, topic1, topics0, fromBlock, toBlock },
          ];
          const [theirs, ours] = await answers(
            pair,
            encodeRpcBatch(7, [blockNumberRequest(), ...filters.map(logsRequest)]),
          );
          assert.deepEqual(ours, theirs);
          found += (ours as { result: unknown[] }[])[2]?.result.length ?? 0;
        }
      }
      assert.ok(found > 100);
    });

    it('finds the logs of several topics in the order of the chain', async () => {
      const tags = pair.devices.map(
        ({ address20 }) => `0x${formatHex(address20).slice(2).padStart(64, '0')}`,
      );
      const topics = [Object.values(TOPIC), [...tags, tags[0]]];
      const request = { method: 'eth_getLogs', params: [{ fromBlock: '0x1', toBlock: '0x60', topics }] };
      const [theirs, ours] = await answers(pair, encodeRpcCall(1, request));
      assert.deepEqual(ours, theirs);
      assert.ok((ours as { result: unknown[] }).result.length > 300);
    });

    it('answers what it does not take with the errors of anvil', async () => {
      const calls: readonly RpcRequest[] = [
        { method: 'eth_nope', params: [] },
        { method: 'eth_getTransactionByHash', params: ['0x12'] },
        { method: 'eth_getTransactionByHash', params: [] },
        { method: 'eth_getTransactionByHash', params: [`0x${'00'.repeat(32)}`] },
        { method: 'eth_getLogs', params: [] },
        { method: 'eth_getLogs', params: [{ fromBlock: formatQuantity(pair.chain.head + 1) }] },
        { method: 'eth_getLogs', params: [{ fromBlock: 'zz' }] },
      ];
      const bodies = [
        ...['nonsense', '[]', '{"jsonrpc":"2.0","id":1}', '[1]', '{"a":1}'].map((text) =>
          new TextEncoder().encode(text),
        ),
        ...calls.map((request) => encodeRpcCall(1, request)),
      ];
      for (const body of bodies) {
        const [theirs, ours] = await answers(pair, body);
        assert.deepEqual(ours, theirs, new TextDecoder().decode(body));
      }
    });
  });
});

/** Errors of views, of balances past 2^32, and of counters that only years fill. */
const NEVER_PLAYED: readonly string[] = [
  'AccountBalanceOverflow',
  'BalanceQueryForZeroAddress',
  'EpochExhausted',
  'SeqExhausted',
];

/** @returns what both nodes say to one body, without the hashes of blocks */
async function answers(pair: Pair, body: Uint8Array): Promise<readonly [theirs: unknown, ours: unknown]> {
  const plain = (text: string) =>
    JSON.parse(text, (name, value: unknown) => (name === 'blockHash' ? 'a block' : value)) as unknown;
  const [theirs, ours] = [await pair.post(body), new TextDecoder().decode(answerRpc(pair.chain, body))];
  return [plain(theirs), plain(ours)];
}

function outcomeOf({ error, output = '0x' }: { error?: string; output?: Hex }): string {
  if (error === undefined) return 'mined';
  return output === '0x' ? 'refused ' : `refused ${decodeErrorResult({ abi: ABI, data: output }).errorName}`;
}

function signerOf(key32: Uint8Array): Signer {
  return { key32, address20: addressOf(engine, engine.publicKey(key32)) };
}
