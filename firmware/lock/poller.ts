import { concatBytes } from '../protocol/bytes.js';
import { DecodeError } from '../protocol/errors.js';
import {
  blockNumberRequest,
  logsRequest,
  parseBlockNumber,
  parseLogs,
  transactionByHashRequest,
} from '../protocol/ethereum-rpc.js';
import { formatHex } from '../protocol/hex.js';
import {
  decodeRpcAnswer,
  decodeRpcBatchAnswer,
  encodeRpcBatch,
  encodeRpcCall,
  type RpcRequest,
} from '../protocol/json-rpc.js';
import {
  HTTP_BODY_BYTES_MAX,
  HTTP_TIMEOUT_MS,
  ROUND_MS_MAX,
  TRANSACTIONS_PER_ROUND_MAX,
} from '../protocol/limits.js';
import { TOPIC } from '../protocol/lock-registry.js';
import { type RefusalReason, refusalOf } from '../protocol/refusal.js';
import type { RegistryEvent } from '../protocol/registry-event.js';
import { type BlockRange, Endpoint, isOwners } from './endpoint.js';
import type { HttpFailure, Notice, Output } from './ports.js';

export type PollerStep =
  | { readonly kind: 'output'; readonly output: Output }
  | { readonly kind: 'notice'; readonly notice: Extract<Notice, { event: 'seen' | 'polled' }> }
  | { readonly kind: 'refused'; readonly refusal: PollRefusal }
  /** A transaction as the node gave it, in the chain's order within a round; answered by `heard`. */
  | (Told & { readonly kind: 'transaction'; readonly hash: Uint8Array; readonly json: unknown })
  /** All that this round brings has been handed over. */
  | (Told & { readonly kind: 'round-over' });

interface Told {
  readonly url: string;
  /** Up to the head that this endpoint tells of, nothing that only the owner can cause is still to come. */
  readonly isCaughtUp: boolean;
}

export interface PollRefusal {
  readonly reason: RefusalReason;
  readonly url: string;
  readonly detail: string;
  readonly tx?: Uint8Array;
}

export interface PollerOptions {
  readonly lock20: Uint8Array;
  readonly registry20: Uint8Array;
  readonly startBlock: number;
  readonly urls: readonly string[];
  /** The last block read from each endpoint, in the order of `urls`; missing ones start at `startBlock`. */
  readonly cursors: readonly number[];
  readonly intervalMs: number;
  /** Exchanges are numbered above this, so that no late answer to an earlier poller is taken for one to this. */
  readonly firstId: number;
  /** Asks for what was posted under this tag, in place of what happened under the lockId. */
  readonly tag32?: Uint8Array;
  /** Whether a transaction was judged before, so that it need not be fetched again. */
  readonly isJudged: (hash: Uint8Array) => boolean;
}

/** What the exchange under way asks; one at a time, because each costs a connection's buffers. */
type Ask =
  | { readonly kind: 'head' }
  | { readonly kind: 'logs'; readonly range: BlockRange; readonly withHead: boolean }
  | TransactionAsk;

interface TransactionAsk {
  readonly kind: 'transaction';
  readonly queue: readonly RegistryEvent[];
  readonly range: BlockRange;
  readonly reached: number;
}

/** Events whose transactions can carry a command or, under a tag, a veto. */
const COMMANDING = Object.freeze<RegistryEvent['name'][]>(['commanded', 'granted', 'handedOver', 'posted']);

interface Exchange {
  readonly id: number;
  readonly endpoint: Endpoint;
  readonly ask: Ask;
}

/** Each exchange is a connection's question and answer, so its calls are numbered from 1: short, and the same length. */
const RPC_ID = 1;

/** Events that only the owner can cause: a guest's flood cannot hide them. */
const OWNERS_TOPICS = Object.freeze([TOPIC.granted, TOPIC.handedOver]);

/**
 * Asks the RPC endpoints in turn for this lock's events and fetches their transactions.
 * Believes nothing of it: what it hands over is to be rebuilt and judged. Does not check any signature.
 */
export class Poller {
  readonly #options: PollerOptions;
  readonly #endpoints: readonly Endpoint[];
  readonly #topic1: Uint8Array;
  #turn = 0;
  #exchange: Exchange | undefined;
  /** A transaction was handed over, and how it was heard is to be told. */
  #pending: { readonly endpoint: Endpoint; readonly ask: TransactionAsk } | undefined;
  #exchangeCount: number;
  #roundMs = 0;
  #dueMs = 0;

  constructor(options: PollerOptions) {
    this.#options = options;
    this.#exchangeCount = options.firstId;
    this.#topic1 = options.tag32 ?? concatBytes(new Uint8Array(12), options.lock20);
    this.#endpoints = options.urls.map(
      (url, i) => new Endpoint(url, options.startBlock, options.cursors[i] ?? 0),
    );
  }

  /** The uptime of the next poll, or undefined while one is under way. */
  get dueMs(): number | undefined {
    return this.#exchange === undefined ? this.#dueMs : undefined;
  }

  /** The number of the last exchange. */
  get lastId(): number {
    return this.#exchangeCount;
  }

  get cursors(): readonly number[] {
    return this.#endpoints.map(({ cursor }) => cursor);
  }

  /** The highest block that any endpoint tells of; believed for nothing. */
  get head(): number {
    return this.#endpoints.reduce((highest, { head }) => Math.max(highest, head ?? 0), 0);
  }

  tick(uptimeMs: number): readonly PollerStep[] {
    if (this.#exchange !== undefined || uptimeMs < this.#dueMs) return [];
    const endpoint = this.#nextEndpoint(uptimeMs);
    if (endpoint === undefined) return [];
    this.#dueMs = uptimeMs + this.#options.intervalMs;
    this.#roundMs = uptimeMs;
    return endpoint.takesBatches && endpoint.head !== undefined
      ? this.#askLogs(endpoint, true)
      : [this.#send(endpoint, { kind: 'head' }, [blockNumberRequest()])];
  }

  /** An HTTP exchange ended with an answer; one that is late or not ours changes nothing. */
  done(id: number, status: number, body: Uint8Array, uptimeMs: number): readonly PollerStep[] {
    const exchange = this.#take(id);
    if (exchange === undefined) return [];
    const { endpoint } = exchange;
    if (status !== 200) return this.#abort(endpoint, 'rpc-error', `HTTP status ${status}`, uptimeMs);
    try {
      return this.#answered(exchange, body, uptimeMs);
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error;
      return this.#abort(endpoint, refusalOf(error.code), error.message, uptimeMs);
    }
  }

  failed(id: number, reason: HttpFailure, uptimeMs: number): readonly PollerStep[] {
    const exchange = this.#take(id);
    if (exchange === undefined) return [];
    const { ask, endpoint } = exchange;
    if (reason === 'too-large' && ask.kind === 'logs') return this.#overflowed(endpoint, ask.range);
    if (reason === 'too-large' && ask.kind === 'transaction') {
      return this.#doubtful(endpoint, ask, 'too-large', uptimeMs);
    }
    return this.#abort(endpoint, reason === 'too-large' ? 'too-large' : 'rpc-error', reason, uptimeMs);
  }

  #answered({ ask, endpoint }: Exchange, body: Uint8Array, uptimeMs: number): readonly PollerStep[] {
    if (ask.kind === 'logs' && ask.withHead) return this.#batchAnswered(ask.range, endpoint, body, uptimeMs);
    const answer = decodeRpcAnswer(body, RPC_ID, HTTP_BODY_BYTES_MAX);
    if (!answer.ok) {
      if (ask.kind === 'logs') return this.#logsRefused(endpoint, ask.range, uptimeMs);
      return this.#abort(endpoint, 'rpc-error', answer.error.message, uptimeMs);
    }
    switch (ask.kind) {
      case 'head':
        endpoint.sawHead(parseBlockNumber(answer.result));
        return this.#askLogs(endpoint, false);
      case 'logs':
        return this.#logsAnswered(ask.range, endpoint, answer.result, uptimeMs);
      case 'transaction':
        return this.#transactionAnswered(ask, endpoint, answer.result, uptimeMs);
    }
  }

  #batchAnswered(
    range: BlockRange,
    endpoint: Endpoint,
    body: Uint8Array,
    uptimeMs: number,
  ): readonly PollerStep[] {
    const batch = decodeRpcBatchAnswer(body, RPC_ID, 2, HTTP_BODY_BYTES_MAX);
    if (batch.kind === 'batch-refused') {
      endpoint.takesBatches = false;
      return [this.#send(endpoint, { kind: 'head' }, [blockNumberRequest()])];
    }
    const [head, logs] = batch.answers;
    if (head === undefined || logs === undefined) throw new DecodeError('rpc-id', 'expected two answers');
    if (!head.ok) return this.#abort(endpoint, 'rpc-error', head.error.message, uptimeMs);
    endpoint.sawHead(parseBlockNumber(head.result));
    if (logs.ok) return this.#logsAnswered(range, endpoint, logs.result, uptimeMs);
    // A node behind the others answers an error for blocks that it does not have yet.
    if ((endpoint.head ?? 0) < range.from) return this.#finish(endpoint);
    return this.#logsRefused(endpoint, range, uptimeMs);
  }

  #logsAnswered(
    range: BlockRange,
    endpoint: Endpoint,
    result: unknown,
    uptimeMs: number,
  ): readonly PollerStep[] {
    let reached = endpoint.reached(range);
    const wanted = new Map<string, RegistryEvent>();
    for (const event of parseLogs(result)) {
      if (event.removed || !COMMANDING.includes(event.name)) continue;
      if (event.blockNumber < range.from) throw new DecodeError('range', 'an event outside the range');
      const hash = formatHex(event.transactionHash32);
      if (!endpoint.isNews(hash) || this.#options.isJudged(event.transactionHash32)) continue;
      const other = wanted.get(hash);
      if (other === undefined || compareEvents(event, other) < 0) wanted.set(hash, event);
    }
    const events = [...wanted.values()].sort(compareEvents);
    const tooMany = events[TRANSACTIONS_PER_ROUND_MAX - endpoint.dueDoubts(uptimeMs).length];
    // The rest is read again from its block on; what is judged by then is skipped.
    if (tooMany !== undefined) reached = Math.min(reached, tooMany.blockNumber - 1);
    // What is in doubt is older than what is new.
    const queue = [...endpoint.dueDoubts(uptimeMs), ...events].slice(0, TRANSACTIONS_PER_ROUND_MAX);
    return this.#fetchNext(endpoint, { kind: 'transaction', queue, range, reached }, uptimeMs);
  }

  #transactionAnswered(
    ask: TransactionAsk,
    endpoint: Endpoint,
    result: unknown,
    uptimeMs: number,
  ): readonly PollerStep[] {
    const [event] = ask.queue;
    if (event === undefined) return this.#finish(endpoint);
    if (result === null) return this.#doubtful(endpoint, ask, 'malformed', uptimeMs);
    this.#pending = { endpoint, ask };
    const isCaughtUp = endpoint.isCaughtUp(ask.range, ask.reached) && !ask.queue.slice(1).some(isOwners);
    const told = { json: result, url: endpoint.url, isCaughtUp };
    return [{ kind: 'transaction', hash: event.transactionHash32, ...told }];
  }

  /**
   * Tells how the transaction that was handed over last was heard, and goes on.
   * @param isTrue - its bytes are those that were asked for: it is skipped from now on, whatever became of it
   */
  heard(isTrue: boolean, uptimeMs: number): readonly PollerStep[] {
    const pending = this.#pending;
    this.#pending = undefined;
    if (pending === undefined) return [];
    const { endpoint, ask } = pending;
    const [event, ...queue] = ask.queue;
    if (event === undefined) return this.#finish(endpoint);
    if (isTrue) endpoint.settle(formatHex(event.transactionHash32));
    else endpoint.doubt(event, uptimeMs);
    return this.#fetchNext(endpoint, { ...ask, queue }, uptimeMs);
  }

  #fetchNext(endpoint: Endpoint, ask: TransactionAsk, uptimeMs: number): readonly PollerStep[] {
    const [event] = ask.queue;
    if (event === undefined) {
      endpoint.advance(ask.range, ask.reached);
      return this.#finish(endpoint, endpoint.isCaughtUp(ask.range, ask.reached));
    }
    if (uptimeMs - this.#roundMs >= ROUND_MS_MAX) {
      return this.#abort(endpoint, 'rpc-error', 'the node is too slow', uptimeMs);
    }
    return [
      { kind: 'notice', notice: { event: 'seen', tx: event.transactionHash32, url: endpoint.url } },
      this.#send(endpoint, ask, [transactionByHashRequest(event.transactionHash32)]),
    ];
  }

  /** One transaction is larger than any that commands a lock, or not there: go on, and come back to it. */
  #doubtful(
    endpoint: Endpoint,
    ask: TransactionAsk,
    reason: RefusalReason,
    uptimeMs: number,
  ): readonly PollerStep[] {
    const [event, ...queue] = ask.queue;
    if (event === undefined) return this.#finish(endpoint);
    const { transactionHash32: tx } = event;
    endpoint.doubt(event, uptimeMs);
    return [
      { kind: 'refused', refusal: { reason, url: endpoint.url, detail: 'transaction', tx } },
      ...this.#fetchNext(endpoint, { ...ask, queue }, uptimeMs),
    ];
  }

  #askLogs(endpoint: Endpoint, withHead: boolean): readonly PollerStep[] {
    const range = endpoint.nextRange();
    if (range === undefined) {
      return withHead
        ? [this.#send(endpoint, { kind: 'head' }, [blockNumberRequest()])]
        : this.#finish(endpoint);
    }
    const logs = logsRequest({
      address: this.#options.registry20,
      topic1: this.#topic1,
      fromBlock: range.from,
      toBlock: range.to ?? 'latest',
      ...(range.ownersOnly ? { topics0: OWNERS_TOPICS } : {}),
    });
    const requests = withHead ? [blockNumberRequest(), logs] : [logs];
    return [this.#send(endpoint, { kind: 'logs', range, withHead }, requests)];
  }

  /** Much has happened; that is no fault of the node, and a flood must not slow the lock down. */
  #overflowed(endpoint: Endpoint, range: BlockRange): readonly PollerStep[] {
    if (!endpoint.overflowed(range)) return this.#askLogs(endpoint, endpoint.takesBatches);
    const refusal = { reason: 'too-large', url: endpoint.url, detail: blocksOf(range) } as const;
    return [{ kind: 'refused', refusal }, roundOver(endpoint, false)];
  }

  /** The range may be too wide for this node; whatever it is, what was not answered is not passed over. */
  #logsRefused(endpoint: Endpoint, range: BlockRange, uptimeMs: number): readonly PollerStep[] {
    endpoint.shrink(range);
    return this.#abort(endpoint, 'rpc-error', blocksOf(range), uptimeMs);
  }

  #abort(endpoint: Endpoint, reason: RefusalReason, detail: string, uptimeMs: number): readonly PollerStep[] {
    endpoint.fail(uptimeMs);
    const refusal = { reason, url: endpoint.url, detail };
    return [{ kind: 'refused', refusal }, roundOver(endpoint, false)];
  }

  #finish(endpoint: Endpoint, isCaughtUp = false): readonly PollerStep[] {
    return [
      { kind: 'notice', notice: { event: 'polled', url: endpoint.url, head: endpoint.head ?? 0 } },
      roundOver(endpoint, isCaughtUp),
    ];
  }

  #send(endpoint: Endpoint, ask: Ask, requests: readonly RpcRequest[]): PollerStep {
    const id = ++this.#exchangeCount;
    this.#exchange = { id, endpoint, ask };
    const [only] = requests;
    const body =
      requests.length === 1 && only !== undefined
        ? encodeRpcCall(RPC_ID, only)
        : encodeRpcBatch(RPC_ID, requests);
    return {
      kind: 'output',
      output: {
        kind: 'http-post',
        id,
        url: endpoint.url,
        body,
        contentType: 'application/json',
        timeoutMs: HTTP_TIMEOUT_MS,
        bodyBytesMax: HTTP_BODY_BYTES_MAX,
      },
    };
  }

  #take(id: number): Exchange | undefined {
    const exchange = this.#exchange;
    if (exchange === undefined || exchange.id !== id) return undefined;
    this.#exchange = undefined;
    return exchange;
  }

  /** The next endpoint in turn that is not backing off; without one, the poll waits for the first that may be asked. */
  #nextEndpoint(uptimeMs: number): Endpoint | undefined {
    const count = this.#endpoints.length;
    for (let i = 0; i < count; i++) {
      const endpoint = this.#endpoints[(this.#turn + i) % count];
      if (endpoint === undefined || endpoint.readyMs > uptimeMs) continue;
      this.#turn = (this.#turn + i + 1) % count;
      return endpoint;
    }
    this.#dueMs = Math.min(...this.#endpoints.map(({ readyMs }) => readyMs));
    return undefined;
  }
}

function roundOver({ url }: Endpoint, isCaughtUp: boolean): PollerStep {
  return { kind: 'round-over', url, isCaughtUp };
}

function blocksOf({ from, to }: BlockRange): string {
  return `blocks ${from} to ${to ?? 'latest'}`;
}

function compareEvents(a: RegistryEvent, b: RegistryEvent): number {
  return a.blockNumber - b.blockNumber || a.transactionIndex - b.transactionIndex || a.logIndex - b.logIndex;
}
