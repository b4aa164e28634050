import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type Hex, numberToHex, pad, parseTransaction } from 'viem';
import { TOPIC } from '../../firmware/protocol/lock-registry.js';
import type { Signed } from './test-chain.js';

type Json = Record<string, unknown>;

/** A JSON-RPC proxy that hides what is on the chain and shows what is not, as a test pulls its strings. */
export class PuppetNode {
  readonly #upstream: string;
  readonly #registry: Hex;
  readonly #server: Server;
  readonly #hidden = new Set<string>();
  readonly #bent = new Map<string, Json>();
  readonly #shown = new Map<string, { readonly lock: Hex; readonly transaction: Json }>();
  #url = '';

  private constructor(upstream: string, registry: Hex) {
    this.#upstream = upstream;
    this.#registry = registry;
    this.#server = createServer((request, response) => {
      this.#serve(request, response).catch(() => response.destroy());
    });
  }

  static async start(upstream: string, registry: Hex): Promise<PuppetNode> {
    const puppet = new PuppetNode(upstream, registry);
    await new Promise<void>((resolve) => puppet.#server.listen(0, '127.0.0.1', resolve));
    const address = puppet.#server.address();
    puppet.#url = `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`;
    return puppet;
  }

  get url(): string {
    return this.#url;
  }

  /** Keeps a transaction's events back. */
  hide(hash: Hex): void {
    this.#hidden.add(hash);
  }

  /** Answers for a real transaction with some of its fields changed, or with none at all. */
  bend(hash: Hex, change: Json | null): void {
    this.#bent.set(hash, change ?? { hash: null });
  }

  /** Is honest about a transaction again. */
  release(hash: Hex): void {
    this.#hidden.delete(hash);
    this.#bent.delete(hash);
  }

  /** Pretends that a signed transaction is in the newest block, whether or not it is mined. */
  show({ hash, serialized }: Signed, lock: Hex): void {
    this.#shown.set(hash, { lock, transaction: rpcTransactionOf(serialized, hash) });
  }

  stop(): Promise<void> {
    this.#server.closeAllConnections();
    return new Promise((resolve) => this.#server.close(() => resolve()));
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    const asked = JSON.parse(Buffer.concat(parts).toString()) as Json | Json[];
    const answers = (await this.#forward(asked)) as Json | Json[];
    const calls = new Map(([] as Json[]).concat(asked).map((call) => [call['id'], call]));
    const head = await this.#head();
    const bent = ([] as Json[])
      .concat(answers)
      .map((answer) => this.#bend(calls.get(answer['id']), answer, head));
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify(Array.isArray(answers) ? bent : bent[0]));
  }

  #bend(call: Json | undefined, answer: Json, head: Hex): Json {
    const [first] = (call?.['params'] ?? []) as unknown[];
    if (call?.['method'] === 'eth_getTransactionByHash') {
      const change = this.#bent.get(String(first));
      if (change) {
        const result = change['hash'] === null ? null : { ...(answer['result'] as Json), ...change };
        return { ...answer, result };
      }
      const shown = this.#shown.get(String(first));
      return shown === undefined ? answer : { ...answer, result: shown.transaction };
    }
    const logs = answer['result'];
    if (call?.['method'] !== 'eth_getLogs' || !Array.isArray(logs)) return answer;
    const topic1 = String(((first as Json)['topics'] as unknown[])[1]);
    const real = (logs as Json[]).filter((log) => !this.#hidden.has(String(log['transactionHash'])));
    const known = new Set(real.map((log) => log['transactionHash']));
    const forged = [...this.#shown]
      .filter(([hash, { lock }]) => !known.has(hash) && topic1 === pad(lock).toLowerCase())
      .map(([hash], index) => this.#forgeLog(hash as Hex, topic1, head, index));
    return { ...answer, result: [...real, ...forged] };
  }

  #forgeLog(transactionHash: Hex, topic1: string, blockNumber: Hex, index: number): Json {
    return {
      address: this.#registry,
      topics: [TOPIC.commanded, topic1],
      data: numberToHex(1, { size: 32 }),
      blockNumber,
      blockHash: transactionHash,
      transactionHash,
      transactionIndex: numberToHex(1_000 + index),
      logIndex: numberToHex(1_000 + index),
      removed: false,
    };
  }

  async #head(): Promise<Hex> {
    const call = { jsonrpc: '2.0', id: 1, method: 'eth_blockNumber', params: [] };
    return ((await this.#forward(call)) as Json)['result'] as Hex;
  }

  async #forward(body: unknown): Promise<unknown> {
    const answer = await fetch(this.#upstream, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(8_000),
    });
    return answer.json();
  }
}

/** Signed bytes as `eth_getTransactionByHash` answers them. */
function rpcTransactionOf(serialized: Hex, hash: Hex): Json {
  const parsed = parseTransaction(serialized);
  const quantity = (value: bigint | number | undefined) => numberToHex(value ?? 0);
  const parity = quantity(parsed.yParity);
  return {
    hash,
    type: '0x2',
    chainId: quantity(parsed.chainId),
    nonce: quantity(parsed.nonce),
    gas: quantity(parsed.gas),
    maxFeePerGas: quantity(parsed.maxFeePerGas),
    maxPriorityFeePerGas: quantity(parsed.maxPriorityFeePerGas),
    to: parsed.to,
    value: quantity(parsed.value),
    accessList: parsed.accessList ?? [],
    input: parsed.data ?? '0x',
    r: quantity(BigInt(parsed.r ?? 0)),
    s: quantity(BigInt(parsed.s ?? 0)),
    yParity: parity,
    v: parity,
  };
}
