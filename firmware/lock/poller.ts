import { concatBytes } from '../protocol/bytes.js';
import { DecodeError } from '../protocol/errors.js';
import { blockNumberRequest, parseBlockNumber, transactionByHashRequest } from '../protocol/ethereum-rpc.js';
import { formatHex } from '../protocol/hex.js';
import { decodeRpcAnswer, decodeRpcBatchAnswer, type RpcRequest } from '../protocol/json-rpc.js';
import { HTTP_BODY_BYTES_MAX, ROUND_MS_MAX, TRANSACTIONS_PER_ROUND_MAX } from '../protocol/limits.js';
import { type RefusalReason, refusalOf } from '../protocol/refusal.js';
import type { RegistryEvent } from '../protocol/registry-event.js';
import { type BlockRange, Endpoint, isOwners } from './endpoint.js';
import { type Fault, SLOW_MS } from './health.js';
import type { Jitter } from './jitter.js';
import type { PollInterval } from './poll-interval.js';
import { PollPace } from './poll-pace.js';
import { logsOf, postOf, RPC_ID } from './poll-post.js';
import type { HttpAnswer, HttpFailure, Notice, Output } from './ports.js';
import { readNews } from './registry-news.js';
import { isStale } from './stale-head.js';

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
  readonly interval: PollInterval;
  readonly jitter: Jitter;
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

interface Exchange {
  readonly id: number;
  readonly endpoint: Endpoint;
  readonly ask: Ask;
  readonly sinceMs: number;
}

/**
 * Asks the RPC endpoints in turn for this lock's events and fetches their transactions.
 * Believes nothing of it: what it hands over is to be rebuilt and judged. Does not check any signature.
 */
export class Poller {
  readonly #options: PollerOptions;
  readonly #endpoints: readonly Endpoint[];
  readonly #topic1: string;
  readonly #registry: string;
  readonly #pace: PollPace;
  #exchange: Exchange | undefined;
  /** A transaction was handed over, and how it was heard is to be told. */
  #pending: { readonly endpoint: Endpoint; readonly ask: TransactionAsk } | undefined;
  #exchangeCount: number;

  constructor(options: PollerOptions) {
    this.#options = options;
    this.#exchangeCount = options.firstId;
    this.#topic1 = formatHex(options.tag32 ?? concatBytes(new Uint8Array(12), options.lock20));
    this.#registry = formatHex(options.registry20);
    this.#endpoints = options.urls.map(
      (url, i) => new Endpoint(url, options.startBlock, options.cursors[i] ?? 0),
    );
    this.#pace = new PollPace(this.#endpoints, options.interval);
  }

  /** The uptime of the next poll, or undefined while one is under way. */
  get dueMs(): number | undefined {
    return this.#exchange === undefined ? this.#pace.dueMs : undefined;
  }

  /** The number of the last exchange. */
  get lastId(): number {
    return this.#exchangeCount;
  }

  get cursors(): readonly number[] {
    return this.#endpoints.map(({ cursor }) => cursor);
  }

  /** How far this endpoint was read, 0 where it is none of ours. */
  cursorOf(url: string): number {
    return this.#endpoints.find((endpoint) => endpoint.url === url)?.cursor ?? 0;
  }

  get pace(): Pick<PollPace, 'wake' | 'outruns' | 'noteWritten'> {
    return this.#pace;
  }

  /** The highest block that any endpoint tells of; believed for nothing. */
  get head(): number {
    return this.#endpoints.reduce((highest, { head }) => Math.max(highest, head ?? 0), 0);
  }

  tick(uptimeMs: number): readonly PollerStep[] {
    if (this.#exchange !== undefined) return [];
    const endpoint = this.#pace.begin(uptimeMs);
    if (endpoint === undefined) return [];
    return endpoint.takesBatches && endpoint.isHeadFresh(uptimeMs)
      ? this.#askLogs(endpoint, true, uptimeMs)
      : [this.#send(endpoint, { kind: 'head' }, [blockNumberRequest()], uptimeMs)];
  }

  /**
   * An HTTP exchange ended with an answer; one that is late or not ours changes nothing.
   * @param retryAfterSeconds - how long a node that refuses asks to be left alone; it silences itself alone
   */
  done(
    id: number,
    status: number,
    body: Uint8Array,
    uptimeMs: number,
    retryAfterSeconds = 0,
  ): readonly PollerStep[] {
    const exchange = this.#take(id);
    if (exchange === undefined) return [];
    const { endpoint } = exchange;
    if (status !== 200) {
      const fault = { fault: 'error', retryAfterSeconds } as const;
      return this.#abort(endpoint, 'rpc-error', `HTTP status ${status}`, uptimeMs, fault);
    }
    if (uptimeMs - exchange.sinceMs >= SLOW_MS) endpoint.health.fault('slow', uptimeMs);
    try {
      return this.#answered(exchange, body, uptimeMs);
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error;
      return this.#abort(endpoint, refusalOf(error.code), error.message, uptimeMs);
    }
  }

  /** An HTTP exchange has ended, in one way or the other. */
  ended(input: HttpAnswer, uptimeMs: number): readonly PollerStep[] {
    if (input.kind === 'http-failed') return this.failed(input.id, input.reason, uptimeMs);
    return this.done(input.id, input.status, input.body, uptimeMs, input.retryAfterSeconds);
  }

  failed(id: number, reason: HttpFailure, uptimeMs: number): readonly PollerStep[] {
    const exchange = this.#take(id);
    if (exchange === undefined) return [];
    const { ask, endpoint } = exchange;
    if (reason === 'too-large' && ask.kind === 'logs') return this.#overflowed(endpoint, ask.range, uptimeMs);
    if (reason === 'too-large' && ask.kind === 'transaction') {
      return this.#doubtful(endpoint, ask, 'too-large', uptimeMs);
    }
    const code = reason === 'too-large' ? 'too-large' : 'rpc-error';
    return this.#abort(endpoint, code, reason, uptimeMs, { fault: 'silent' });
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
        this.#sawHead(endpoint, parseBlockNumber(answer.result), uptimeMs);
        return this.#askLogs(endpoint, false, uptimeMs);
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
      return [this.#send(endpoint, { kind: 'head' }, [blockNumberRequest()], uptimeMs)];
    }
    const [head, logs] = batch.answers;
    if (head === undefined || logs === undefined) throw new DecodeError('rpc-id', 'expected two answers');
    if (!head.ok) return this.#abort(endpoint, 'rpc-error', head.error.message, uptimeMs);
    this.#sawHead(endpoint, parseBlockNumber(head.result), uptimeMs);
    if (logs.ok) return this.#logsAnswered(range, endpoint, logs.result, uptimeMs);
    // A node behind the others answers an error for blocks that it does not have yet.
    if ((endpoint.head ?? 0) < range.from) return this.#finish(endpoint, uptimeMs);
    return this.#logsRefused(endpoint, range, uptimeMs);
  }

  #logsAnswered(
    range: BlockRange,
    endpoint: Endpoint,
    result: unknown,
    uptimeMs: number,
  ): readonly PollerStep[] {
    let reached = endpoint.reached(range);
    const events = readNews(
      result,
      range.from,
      (hash, hash32) => endpoint.isNews(hash) && !this.#options.isJudged(hash32),
    );
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
    if (event === undefined) return this.#finish(endpoint, uptimeMs);
    if (result === null) return this.#doubtful(endpoint, ask, 'malformed', uptimeMs);
    this.#pending = { endpoint, ask };
    const isCaughtUp = endpoint.isCaughtUp(ask.range, ask.reached) && !ask.queue.slice(1).some(isOwners);
    const told = { json: result, url: endpoint.url, isCaughtUp };
    return [{ kind: 'transaction', hash: event.transactionHash32, ...told }];
  }

  /**
   * Tells how the transaction that was handed over last was heard, and goes on.
   * @param isTrue - its bytes are those that were asked for: it is skipped from now on, whatever became of it
   * @param isAhead - it was signed for an epoch that is still to come: a handover may have been hidden
   */
  heard(isTrue: boolean, uptimeMs: number, isAhead = false): readonly PollerStep[] {
    const pending = this.#pending;
    this.#pending = undefined;
    if (pending === undefined) return [];
    const { endpoint, ask } = pending;
    const [event, ...queue] = ask.queue;
    if (event === undefined) return this.#finish(endpoint, uptimeMs);
    const hash = formatHex(event.transactionHash32);
    if (isAhead) endpoint.searchOwners(hash, uptimeMs);
    if (isTrue) endpoint.settle(hash);
    else this.#doubt(endpoint, event, uptimeMs);
    return this.#fetchNext(endpoint, { ...ask, queue }, uptimeMs);
  }

  #fetchNext(endpoint: Endpoint, ask: TransactionAsk, uptimeMs: number): readonly PollerStep[] {
    const [event] = ask.queue;
    if (event === undefined) {
      endpoint.advance(ask.range, ask.reached);
      return this.#finish(endpoint, uptimeMs, endpoint.isCaughtUp(ask.range, ask.reached));
    }
    if (uptimeMs - this.#pace.roundMs >= ROUND_MS_MAX) {
      return this.#abort(endpoint, 'rpc-error', 'the node is too slow', uptimeMs);
    }
    return [
      { kind: 'notice', notice: { event: 'seen', tx: event.transactionHash32, url: endpoint.url } },
      this.#send(endpoint, ask, [transactionByHashRequest(event.transactionHash32)], uptimeMs),
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
    if (event === undefined) return this.#finish(endpoint, uptimeMs);
    const { transactionHash32: tx } = event;
    this.#doubt(endpoint, event, uptimeMs);
    return [
      { kind: 'refused', refusal: { reason, url: endpoint.url, detail: 'transaction', tx } },
      ...this.#fetchNext(endpoint, { ...ask, queue }, uptimeMs),
    ];
  }

  #doubt(endpoint: Endpoint, event: RegistryEvent, uptimeMs: number): void {
    endpoint.doubt(event, uptimeMs);
    endpoint.health.fault('lie', uptimeMs);
  }

  #sawHead(endpoint: Endpoint, head: number, uptimeMs: number): void {
    endpoint.sawHead(head, uptimeMs);
    if (isStale(endpoint, this.#endpoints, uptimeMs)) endpoint.health.fault('stale', uptimeMs);
  }

  #askLogs(endpoint: Endpoint, withHead: boolean, uptimeMs: number): readonly PollerStep[] {
    const range = endpoint.nextRange(uptimeMs);
    if (range === undefined) {
      return withHead
        ? [this.#send(endpoint, { kind: 'head' }, [blockNumberRequest()], uptimeMs)]
        : this.#finish(endpoint, uptimeMs);
    }
    const logs = logsOf(this.#registry, this.#topic1, range);
    const requests = withHead ? [blockNumberRequest(), logs] : [logs];
    return [this.#send(endpoint, { kind: 'logs', range, withHead }, requests, uptimeMs)];
  }

  /** Much has happened; that is no fault of the node, and a flood must not slow the lock down. */
  #overflowed(endpoint: Endpoint, range: BlockRange, uptimeMs: number): readonly PollerStep[] {
    if (!endpoint.overflowed(range)) return this.#askLogs(endpoint, endpoint.takesBatches, uptimeMs);
    this.#pace.over(uptimeMs);
    const refusal = { reason: 'too-large', url: endpoint.url, detail: blocksOf(range) } as const;
    return [{ kind: 'refused', refusal }, roundOver(endpoint, false)];
  }

  /** The range may be too wide for this node; whatever it is, what was not answered is not passed over. */
  #logsRefused(endpoint: Endpoint, range: BlockRange, uptimeMs: number): readonly PollerStep[] {
    const detail = blocksOf(range);
    if (!endpoint.refused(range, uptimeMs)) return this.#abort(endpoint, 'rpc-error', detail, uptimeMs);
    this.#pace.over(uptimeMs);
    const refusal = { reason: 'rpc-error', url: endpoint.url, detail } as const;
    return [{ kind: 'refused', refusal }, roundOver(endpoint, false)];
  }

  #abort(
    endpoint: Endpoint,
    reason: RefusalReason,
    detail: string,
    uptimeMs: number,
    { fault, retryAfterSeconds = 0 }: Failing = { fault: 'error' },
  ): readonly PollerStep[] {
    endpoint.fail(fault, uptimeMs, this.#options.jitter, retryAfterSeconds);
    this.#pace.failed(uptimeMs);
    const refusal = { reason, url: endpoint.url, detail };
    return [{ kind: 'refused', refusal }, roundOver(endpoint, false)];
  }

  #finish(endpoint: Endpoint, uptimeMs: number, isCaughtUp = false): readonly PollerStep[] {
    endpoint.succeed();
    this.#pace.over(uptimeMs);
    return [
      { kind: 'notice', notice: { event: 'polled', url: endpoint.url, head: endpoint.head ?? 0 } },
      roundOver(endpoint, isCaughtUp),
    ];
  }

  #send(endpoint: Endpoint, ask: Ask, requests: readonly RpcRequest[], uptimeMs: number): PollerStep {
    const id = ++this.#exchangeCount;
    this.#exchange = { id, endpoint, ask, sinceMs: uptimeMs };
    return { kind: 'output', output: postOf(id, endpoint.url, requests) };
  }

  #take(id: number): Exchange | undefined {
    const exchange = this.#exchange;
    if (exchange === undefined || exchange.id !== id) return undefined;
    this.#exchange = undefined;
    return exchange;
  }
}

/** How an endpoint failed. */
interface Failing {
  readonly fault: Fault;
  readonly retryAfterSeconds?: number;
}

function roundOver({ url }: Endpoint, isCaughtUp: boolean): PollerStep {
  return { kind: 'round-over', url, isCaughtUp };
}

function blocksOf({ from, to }: BlockRange): string {
  return `blocks ${from} to ${to ?? 'latest'}`;
}
