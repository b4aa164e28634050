import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Address, type Hex, keccak256, numberToHex, parseTransaction } from 'viem';
import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts';
import { guardEngine } from '../../../firmware/crypto/guarded-engine.js';
import { createNobleEngine } from '../../../firmware/crypto/noble-engine.js';
import { recoverSender, transactionHash } from '../../../firmware/crypto/sender.js';
import { decodeCommand } from '../../../firmware/protocol/command.js';
import { DecodeError } from '../../../firmware/protocol/errors.js';
import { formatHex, parseHex } from '../../../firmware/protocol/hex.js';
import { refusalOf } from '../../../firmware/protocol/refusal.js';
import { transactionFromRpc } from '../../../firmware/protocol/transaction.js';
import { LIE_NAMES, LIES, type LieName } from '../../../host-sim/world/lies.js';
import { type LyingNode, startLyingNode } from '../../../host-sim/world/lying-node.js';
import { commandCall } from '../../../tools/latchkey/owner/registry-calls.js';

const engine = guardEngine(createNobleEngine());
const ownerKey = generatePrivateKey();
const owner = privateKeyToAccount(ownerKey);
const registry: Address = '0x00000000000000000000000000000000000000aa';
const lock: Address = '0x00000000000000000000000000000000000000bb';
const target = { chainId: 31_337, registry, lock, owner: owner.address, ownerKey, epoch: 1 };
const nowSeconds = 1_800_000_000;

type Json = Record<string, unknown>;

describe('startLyingNode', () => {
  let upstream: Server;
  let node: LyingNode;
  let real: Json;
  let logs: Json[];

  before(async () => {
    const fields = {
      chainId: 31_337,
      nonce: 3,
      gas: 50_000n,
      maxFeePerGas: 9n,
      maxPriorityFeePerGas: 1n,
      to: registry,
      data: commandCall({ lock, epoch: 1, notAfterSeconds: nowSeconds, action: 2 }),
    } as const;
    const bytes = await owner.signTransaction(fields);
    const { r, s, yParity } = parseTransaction(bytes);
    real = {
      type: '0x2',
      chainId: '0x7a69',
      nonce: '0x3',
      gas: '0xc350',
      maxFeePerGas: '0x9',
      maxPriorityFeePerGas: '0x1',
      to: registry,
      value: '0x0',
      accessList: [],
      input: fields.data,
      r: numberToHex(BigInt(r as Hex)),
      s: numberToHex(BigInt(s as Hex)),
      v: numberToHex(yParity as number),
      from: owner.address,
      hash: keccak256(bytes),
    };
    upstream = createServer(async (request, response) => {
      const parts: Buffer[] = [];
      for await (const part of request) parts.push(part as Buffer);
      const call = JSON.parse(Buffer.concat(parts).toString()) as Json | Json[];
      const answer = ({ id, method, params }: Json) => {
        const [first] = params as unknown[];
        if (method === 'eth_blockNumber') return { jsonrpc: '2.0', id, result: '0x10' };
        if (method === 'eth_getLogs') return { jsonrpc: '2.0', id, result: logs };
        return { jsonrpc: '2.0', id, result: first === real['hash'] ? real : null };
      };
      response.end(JSON.stringify(Array.isArray(call) ? call.map(answer) : answer(call)));
    });
    await new Promise<void>((resolve) => upstream.listen(0, '127.0.0.1', resolve));
  });
  beforeEach(async () => {
    logs = [{ transactionHash: real['hash'] }];
    const url = `http://127.0.0.1:${(upstream.address() as AddressInfo).port}`;
    node = await startLyingNode({ upstream: url, target, unixMs: () => nowSeconds * 1_000 });
  });
  afterEach(() => node.stop());
  after(() => {
    upstream.close();
  });

  async function post(body: unknown): Promise<string> {
    const response = await fetch(node.url, {
      method: 'POST',
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(2_000),
    });
    return response.status === 200 ? response.text() : `HTTP ${response.status}`;
  }
  const poll = (toBlock = 'latest') =>
    post([
      { jsonrpc: '2.0', id: 6, method: 'eth_blockNumber', params: [] },
      {
        jsonrpc: '2.0',
        id: 7,
        method: 'eth_getLogs',
        params: [{ address: registry, fromBlock: '0x1', toBlock, topics: [null] }],
      },
    ]);
  const fetchTransaction = async (hash: unknown) => {
    const body = await post({ jsonrpc: '2.0', id: 8, method: 'eth_getTransactionByHash', params: [hash] });
    return (JSON.parse(body) as Json)['result'];
  };
  async function forgedLog(toBlock?: string): Promise<Json> {
    const [, answer] = JSON.parse(await poll(toBlock)) as { result: Json[] }[];
    assert.equal(answer?.result.length, 2);
    return answer?.result[1] as Json;
  }

  it('is honest until told otherwise, and again after', async () => {
    const honest = await poll();
    await node.lie('stranger-order');
    assert.notEqual(await poll(), honest);
    await node.lie(null);
    assert.equal(await poll(), honest);
    assert.deepEqual(await fetchTransaction(real['hash']), real);
    assert.equal(node.traffic.requests, 4);
    assert.ok(node.traffic.bytesUp > 0 && node.traffic.bytesDown > honest.length);
  });

  it('tells of the forged order in a block that was asked for, each time by another hash', async () => {
    await node.lie('stranger-order');
    const first = await forgedLog();
    assert.equal(first['blockNumber'], '0x10');
    assert.equal((await forgedLog('0x9'))['blockNumber'], '0x9');
    await node.lie('stranger-order');
    assert.notEqual((await forgedLog())['transactionHash'], first['transactionHash']);
  });

  it('has nothing to show of the owner without what it needs', async () => {
    logs = [];
    await assert.rejects(node.lie('replay'), /replay/);
    node.aim({ chainId: 31_337, registry, lock });
    await assert.rejects(node.lie('expired'), /expired/);
  });

  /** What the firmware's own formats say of a transaction, where they refuse it before any question of who or when. */
  function reasonOf(transaction: unknown, askedHash: string): string {
    try {
      const read = transactionFromRpc(transaction);
      const hash32 = transactionHash(engine, read);
      if (formatHex(hash32) !== askedHash) return 'hash';
      if (formatHex(read.to) !== registry) return 'registry';
      if (read.chainId !== 31_337n) return 'chain-id';
      decodeCommand(read.data, parseHex(lock, 20));
      return formatHex(recoverSender(engine, read)) === owner.address.toLowerCase()
        ? 'owner'
        : 'unknown-sender';
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error;
      return refusalOf(error.code);
    }
  }

  for (const name of LIE_NAMES.filter((name) => LIES[name].kind === 'transaction')) {
    it(`${name}: the firmware's formats see what the table says`, async () => {
      await node.lie(name);
      const { transactionHash: hash } = await forgedLog();
      const transaction = await fetchTransaction(hash);
      if (name === 'vanishing-transaction') return assert.equal(transaction, null);
      const { reasons, needsOwnerKey } = LIES[name];
      const reason = reasonOf(transaction, hash as string);
      if (needsOwnerKey || name === 'replay') assert.equal(reason, 'owner');
      else assert.deepEqual([reason], reasons);
      return undefined;
    });
  }

  const answers: Partial<Record<LieName, (body: string) => void>> = {
    'not-json': (body) => assert.throws(() => JSON.parse(body)),
    'truncated-body': (body) => assert.throws(() => JSON.parse(body)),
    'deep-nesting': (body) => assert.ok(body.startsWith('['.repeat(100)) && body.length === 4_000),
    'big-body': (body) => assert.ok(body.length > 1_000_000),
    'log-flood': (body) => assert.ok(body.length > 32_768),
    'wrong-ids': (body) =>
      assert.deepEqual(
        (JSON.parse(body) as Json[]).map(({ id }) => id),
        [1_006, 1_007],
      ),
    'rpc-error': (body) =>
      assert.ok((JSON.parse(body) as Json[]).every((answer) => 'error' in answer && !('result' in answer))),
    'http-500': (body) => assert.equal(body, 'HTTP 500'),
    'odd-height': (body) => assert.equal((JSON.parse(body) as Json[])[0]?.['result'], '0x000a'),
    'odd-log': (body) => assert.ok(body.includes('"0x1234"')),
    'absurd-height': (body) => assert.equal((JSON.parse(body) as Json[])[0]?.['result'], '0x7fffffffffff'),
    withhold: (body) => assert.deepEqual((JSON.parse(body) as Json[])[1]?.['result'], []),
  };
  for (const [name, check] of Object.entries(answers)) {
    it(`${name}: answers so`, async () => {
      await node.lie(name as LieName);
      check(await poll());
    });
  }

  it('hang and cut-connection: give no whole answer', async () => {
    await node.lie('cut-connection');
    await assert.rejects(poll());
    await node.lie('hang');
    const late = await Promise.race([
      poll(),
      new Promise((resolve) => setTimeout(() => resolve('late'), 100)),
    ]).catch(() => 'error');
    assert.equal(late, 'late');
  });

  it('tests every lie of the table', () => {
    const tested = new Set([...Object.keys(answers), 'hang', 'cut-connection']);
    const rest = LIE_NAMES.filter((name) => LIES[name].kind === 'answer' && !tested.has(name));
    assert.deepEqual(rest, []);
  });
});
