import assert from 'node:assert/strict';
import type { LogsFilter, RpcLog } from '../../../host-sim/world/log-index.js';
import { answerRpc, type NodeHabits } from '../../../host-sim/world/memory-node.js';

const HASH = `0x${'ab'.repeat(32)}`;

/** A chain that remembers what it was asked. */
class FakeView {
  readonly head = 5_000;
  readonly chainId = 4_689n;
  readonly asked: LogsFilter[] = [];

  logs(filter: LogsFilter): readonly RpcLog[] {
    this.asked.push(filter);
    return [];
  }

  transactionByHash(hash: string) {
    return hash === HASH ? { hash } : null;
  }
}

describe('answerRpc', () => {
  // Against anvil: tests/conformance/registry-model.test.ts.
  it('gives each call of a batch its own answer', () => {
    const calls = [
      { jsonrpc: '2.0', id: 'x', method: 'eth_blockNumber' },
      { jsonrpc: '2.0', id: 2, method: 'eth_chainId', params: [] },
      {
        jsonrpc: '2.0',
        id: 3,
        method: 'eth_getTransactionByHash',
        params: [HASH.toUpperCase().replace('X', 'x')],
      },
      { id: 4, method: 'eth_blockNumber' },
    ];
    assert.deepEqual(ask(calls), [
      { jsonrpc: '2.0', id: 'x', result: '0x1388' },
      { jsonrpc: '2.0', id: 2, result: '0x1251' },
      { jsonrpc: '2.0', id: 3, result: { hash: HASH } },
      { jsonrpc: '2.0', id: 4, error: { code: -32600, message: 'Invalid request' } },
    ]);
  });

  it('asks for one topic or several, and for the range in numbers', () => {
    const view = new FakeView();
    const address = `0x${'AA'.repeat(20)}`;
    const topics = [null, HASH, [HASH, HASH], []];
    ask(logsCall({ address, topics, fromBlock: '0x10', toBlock: '0x20' }), {}, view);
    ask(logsCall({ fromBlock: 'earliest' }), {}, view);
    ask(logsCall({ fromBlock: '0x0', toBlock: '0xffffff' }), {}, view);
    assert.deepEqual(view.asked, [
      {
        addresses: [address.toLowerCase()],
        topics: [null, [HASH], [HASH, HASH], null],
        fromBlock: 16,
        toBlock: 32,
      },
      { topics: [], fromBlock: 0, toBlock: 5_000 },
      { topics: [], fromBlock: 0, toBlock: 5_000 },
    ]);
  });

  it('refuses topics, addresses and ranges that are none', () => {
    for (const filter of [
      { topics: ['0x12'] },
      { topics: HASH },
      { topics: Array.from({ length: 5 }, () => null) },
      { address: HASH },
      { fromBlock: 7 },
      { fromBlock: `0x${'1'.repeat(20)}` },
    ]) {
      const answer = ask(logsCall(filter)) as { error?: { code: number } };
      assert.equal(answer.error?.code, -32602, JSON.stringify(filter));
    }
  });

  it('has the habits of other nodes', () => {
    const future = logsCall({ fromBlock: '0x1389' });
    assert.equal((ask(future) as { error: { code: number } }).error.code, -32602);
    assert.deepEqual((ask(future, { takesFutureRanges: true }) as { result: unknown }).result, []);
    const habits = { logRangeBlocksMax: 2_000 };
    const range = (toBlock: string) => ask(logsCall({ fromBlock: '0x1', toBlock }), habits);
    assert.deepEqual((range('0x7d0') as { result: unknown }).result, []);
    assert.equal((range('0x7d1') as { error: { code: number } }).error.code, -32000);
    const refusal = { jsonrpc: '2.0', id: null, error: { code: -32600, message: 'Invalid request' } };
    assert.deepEqual(ask([future], { refusesBatches: true }), refusal);
  });

  it('answers any bytes', () => {
    for (const body of [Uint8Array.of(), Uint8Array.of(0xff, 0xfe), new TextEncoder().encode('null')]) {
      const answer = JSON.parse(new TextDecoder().decode(answerRpc(new FakeView(), body))) as {
        error?: unknown;
      };
      assert.ok(answer.error);
    }
  });
});

function logsCall(filter: object) {
  return { jsonrpc: '2.0', id: 1, method: 'eth_getLogs', params: [filter] };
}

function ask(call: unknown, habits: NodeHabits = {}, view = new FakeView()): unknown {
  const body = new TextEncoder().encode(JSON.stringify(call));
  return JSON.parse(new TextDecoder().decode(answerRpc(view, body, habits)));
}
