import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { encodeEventTopics, type Hex, numberToHex, pad } from 'viem';
import { LOCK_REGISTRY_ABI } from '../../contracts/generated/lock-registry.js';
import { type Forgery, forgeTransaction, type RpcTransaction, type Target } from './forged-transaction.js';
import { LIES, type LieName } from './lies.js';

export interface LyingNodeOptions {
  /** URL of the honest node behind it. */
  readonly upstream: string;
  /** 0 or absent picks a free one. */
  readonly port?: number;
  /** May also be named later, by `aim`. */
  readonly target?: Target;
  /** The forger's wall clock; this computer's where absent. */
  readonly unixMs?: () => number;
}

export interface LyingNode {
  readonly url: string;
  /** What passed since the start, bodies only. */
  readonly traffic: { readonly requests: number; readonly bytesUp: number; readonly bytesDown: number };
  /** Whom the forged orders are for. */
  aim(target: Target): void;
  /**
   * Lies from the next request on; `null` is honesty. Each call forges anew, under another transaction hash.
   * @throws Error where the lie needs an owner's key or a real order that is not there
   */
  lie(name: LieName | null): Promise<void>;
  stop(): Promise<void>;
}

/** Starts a JSON-RPC proxy on loopback that is honest until told otherwise. */
export async function startLyingNode(options: LyingNodeOptions): Promise<LyingNode> {
  const proxy = new LyingProxy(options);
  const url = await proxy.listen(options.port ?? 0);
  return {
    url,
    traffic: proxy.traffic,
    aim: (target) => proxy.aim(target),
    lie: (name) => proxy.lie(name),
    stop: () => proxy.stop(),
  };
}

type Json = Record<string, unknown>;

const BIG_BODY_BYTES = 1_048_576;
const NESTING = 2_000;
const FLOOD_LOGS = 200;

class LyingProxy {
  readonly traffic = { requests: 0, bytesUp: 0, bytesDown: 0 };
  readonly #options: LyingNodeOptions;
  readonly #server: Server;
  #target: Target | undefined;
  #lie: LieName | null = null;
  #forgery: Forgery | undefined;
  /** Forged ones stay known: a lock may ask for a transaction after the lie has ended. */
  readonly #forgeries = new Map<string, RpcTransaction | null>();

  constructor(options: LyingNodeOptions) {
    this.#options = options;
    this.#target = options.target;
    this.#server = createServer((request, response) => {
      this.#serve(request, response).catch(() => response.destroy());
    });
  }

  listen(port: number): Promise<string> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(port, '127.0.0.1', () => {
        const address = this.#server.address();
        resolve(`http://127.0.0.1:${typeof address === 'object' && address ? address.port : port}`);
      });
    });
  }

  aim(target: Target): void {
    this.#target = target;
  }

  async lie(name: LieName | null): Promise<void> {
    const forgery = name && this.#target ? await this.#forge(name, this.#target) : undefined;
    if (name && !forgery && LIES[name].kind === 'transaction')
      throw new Error(`the lie ${name} has nothing to work with yet`);
    this.#forgery = forgery;
    if (forgery) this.#forgeries.set(forgery.hash, forgery.transaction);
    this.#lie = name;
  }

  stop(): Promise<void> {
    this.#server.closeAllConnections();
    return new Promise((resolve) => this.#server.close(() => resolve()));
  }

  async #forge(name: LieName, target: Target): Promise<Forgery | undefined> {
    const nowSeconds = Math.floor((this.#options.unixMs?.() ?? Date.now()) / 1_000);
    const real = name === 'high-s' || name === 'replay' ? await this.#realOrder(target) : undefined;
    return forgeTransaction(name, target, nowSeconds, real);
  }

  /** The newest order of this lock that is on the chain. */
  async #realOrder(target: Target): Promise<RpcTransaction | undefined> {
    const filter = {
      address: target.registry,
      fromBlock: '0x0',
      toBlock: 'latest',
      topics: topicsOf(target),
    };
    const logs = (await this.#ask('eth_getLogs', [filter])) as { transactionHash: Hex }[];
    const newest = logs.at(-1);
    if (!newest) return undefined;
    const real = (await this.#ask('eth_getTransactionByHash', [newest.transactionHash])) as RpcTransaction;
    return real['type'] === '0x2' ? real : undefined;
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const asked = await readBody(request);
    this.traffic.requests++;
    this.traffic.bytesUp += asked.length;
    const lie = this.#lie;
    if (lie === 'hang') return;
    if (lie === 'http-500') return this.#send(response, 'Internal Server Error', 500);
    if (lie === 'not-json') return this.#send(response, '<!doctype html><title>Just a moment</title>');
    if (lie === 'deep-nesting') return this.#send(response, '['.repeat(NESTING) + ']'.repeat(NESTING));
    if (lie === 'big-body') return this.#send(response, `"${'0'.repeat(BIG_BODY_BYTES)}"`);
    const body = await this.#forward(asked);
    if (body === undefined) return this.#send(response, 'Bad Gateway', 502);
    if (lie === 'cut-connection') {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': body.length });
      response.write(body.slice(0, body.length >> 1));
      setTimeout(() => response.destroy(), 20);
      return;
    }
    if (lie === 'truncated-body') return this.#send(response, body.slice(0, body.length >> 1));
    this.#send(response, await this.#bend(lie, asked, body));
  }

  #send(response: ServerResponse, body: string, status = 200): void {
    this.traffic.bytesDown += Buffer.byteLength(body);
    response.writeHead(status, { 'content-type': 'application/json' }).end(body);
  }

  /** Changes the answers one by one; what is no JSON-RPC passes as it is. */
  async #bend(lie: LieName | null, asked: Buffer, body: string): Promise<string> {
    let calls: Json | Json[];
    let answers: Json | Json[];
    try {
      calls = JSON.parse(asked.toString()) as Json | Json[];
      answers = JSON.parse(body) as Json | Json[];
    } catch {
      return body;
    }
    const byId = new Map(([] as Json[]).concat(calls).map((call) => [call['id'], call]));
    const bent: Json[] = [];
    for (const answer of ([] as Json[]).concat(answers)) {
      bent.push(await this.#bendAnswer(lie, byId.get(answer['id']), answer));
    }
    return JSON.stringify(Array.isArray(answers) ? bent : bent[0]);
  }

  async #bendAnswer(lie: LieName | null, call: Json | undefined, answer: Json): Promise<Json> {
    const params = (call?.['params'] ?? []) as unknown[];
    if (call?.['method'] === 'eth_getTransactionByHash') {
      const forged = this.#forgeries.get(String(params[0]));
      if (forged !== undefined) return { ...answer, result: forged };
    }
    if (lie === 'wrong-ids') return { ...answer, id: Number(answer['id']) + 1_000 };
    if (lie === 'rpc-error') {
      return { jsonrpc: '2.0', id: answer['id'], error: { code: -32000, message: 'header not found' } };
    }
    if (call?.['method'] === 'eth_blockNumber') {
      if (lie === 'odd-height') return { ...answer, result: '0x000a' };
      if (lie === 'absurd-height') return { ...answer, result: '0x7fffffffffff' };
    }
    if (call?.['method'] === 'eth_getLogs' && lie && Array.isArray(answer['result'])) {
      return { ...answer, result: await this.#bendLogs(lie, params[0] as Json, answer['result']) };
    }
    return answer;
  }

  async #bendLogs(lie: LieName, filter: Json, logs: unknown[]): Promise<unknown[]> {
    if (lie === 'withhold') return [];
    const target = this.#target;
    if (!target) return logs;
    const block = await this.#blockFor(filter);
    const flood = lie === 'log-flood' ? FLOOD_LOGS : 1;
    if (!this.#forgery && lie !== 'log-flood' && lie !== 'odd-log') return logs;
    const forged = Array.from({ length: flood }, (_, index) => {
      const log = forgeLog(target, this.#forgery?.hash ?? randomHash(), block, index);
      return lie === 'odd-log' ? { ...log, data: '0x1234' } : log;
    });
    return [...logs, ...forged];
  }

  /** A block inside the range that was asked for. */
  async #blockFor(filter: Json): Promise<Hex> {
    const head = (await this.#ask('eth_blockNumber', [])) as Hex;
    const to = filter['toBlock'];
    if (typeof to !== 'string' || !to.startsWith('0x')) return head;
    return BigInt(to) < BigInt(head) ? (to as Hex) : head;
  }

  async #ask(method: string, params: readonly unknown[]): Promise<unknown> {
    const body = await this.#forward(Buffer.from(JSON.stringify({ jsonrpc: '2.0', id: 1, method, params })));
    if (body === undefined) throw new Error(`no node answers at ${this.#options.upstream}`);
    return (JSON.parse(body) as Json)['result'];
  }

  async #forward(body: Buffer): Promise<string | undefined> {
    try {
      const answer = await fetch(this.#options.upstream, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: new Uint8Array(body),
        signal: AbortSignal.timeout(8_000),
      });
      return await answer.text();
    } catch {
      return undefined;
    }
  }
}

function topicsOf(target: Target): Hex[] {
  const topics = encodeEventTopics({
    abi: LOCK_REGISTRY_ABI,
    eventName: 'Commanded',
    args: { lockId: BigInt(target.lock) },
  });
  return topics as Hex[];
}

function forgeLog(target: Target, transactionHash: Hex, blockNumber: Hex, index: number): Json {
  const by = (target.owner ?? target.registry).slice(2).toLowerCase();
  return {
    address: target.registry,
    topics: topicsOf(target),
    // by:160 | seq:32 | epoch:16 | notAfter:40 | action:8
    data: `0x${by}00000001000100ffffffff02`,
    blockNumber,
    blockHash: pad(transactionHash),
    transactionHash,
    transactionIndex: numberToHex(index),
    logIndex: numberToHex(index),
    removed: false,
  };
}

function randomHash(): Hex {
  return `0x${Array.from({ length: 64 }, () => Math.floor(Math.random() * 16).toString(16)).join('')}`;
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts);
}
