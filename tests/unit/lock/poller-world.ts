import assert from 'node:assert/strict';
import { Jitter } from '../../../firmware/lock/jitter.js';
import { PollInterval } from '../../../firmware/lock/poll-interval.js';
import { Poller, type PollerStep } from '../../../firmware/lock/poller.js';
import type { HttpFailure } from '../../../firmware/lock/ports.js';
import { concatBytes } from '../../../firmware/protocol/bytes.js';
import { formatHex, formatQuantity } from '../../../firmware/protocol/hex.js';
import { TOPIC } from '../../../firmware/protocol/lock-registry.js';

const LOCK = new Uint8Array(20).fill(0xaa);
const REGISTRY = new Uint8Array(20).fill(0x11);

/** An event on the fake chain; transactions are told apart by a number. */
export interface Log {
  readonly tx: number;
  readonly block: number;
  readonly index?: number;
  readonly logIndex?: number;
  readonly name?: keyof typeof TOPIC;
  readonly removed?: boolean;
}

/** A node's answer to one call, or to the whole exchange. */
export type NodeAnswer =
  | { readonly result: unknown }
  | { readonly error: string }
  | { readonly status: number; readonly body: string; readonly retryAfterSeconds?: number }
  | { readonly failure: HttpFailure };

interface Call {
  readonly id: number;
  readonly method: string;
  readonly params: readonly unknown[];
}

interface PollerWorldOptions {
  readonly cursors?: readonly number[];
  readonly judged?: readonly number[];
  readonly fastMs?: number;
  readonly idleMs?: number;
  readonly isExpected?: boolean;
}

/** A poller among nodes that all show the same chain, unless one is told to lie. */
export class PollerWorld {
  readonly poller: Poller;
  readonly logs: Log[] = [];
  readonly calls: { url: string; isBatch: boolean; bytes: number; atMs: number }[] = [];
  readonly methods: string[] = [];
  readonly ranges: { from: number; to: number | undefined }[] = [];
  readonly handedOver: number[] = [];
  readonly refusals: string[] = [];
  /** Transactions whose bytes are not those that were asked for. */
  readonly doubtful = new Set<number>();
  head = 10;
  rounds = 0;
  roundsOver = 0;
  uptimeMs = 0;
  /** How long a node takes to answer; none while undefined. */
  delayMs: ((url: string) => number) | undefined;
  /** Called after each round of `run`. */
  beforeNext: (() => void) | undefined;
  refuseBatches: string | undefined;
  lie: ((url: string, method: string, params: readonly unknown[]) => NodeAnswer | undefined) | undefined;

  constructor(urls: readonly string[], options: PollerWorldOptions = {}) {
    const jitter = new Jitter(1);
    this.poller = new Poller({
      lock20: LOCK,
      registry20: REGISTRY,
      startBlock: 1,
      urls,
      cursors: options.cursors ?? [],
      interval: new PollInterval({
        fastMs: options.fastMs ?? 1_000,
        idleMs: options.idleMs ?? options.fastMs ?? 1_000,
        jitter,
        isExpected: () => options.isExpected ?? false,
      }),
      jitter,
      firstId: 0,
      isJudged: (hash) => (options.judged ?? []).some((tx) => hashOf(tx) === formatHex(hash)),
    });
  }

  /** Lets a tick pass each second. */
  poll(seconds: number): void {
    for (let i = 0; i < seconds; i++) {
      const steps = this.poller.tick(this.uptimeMs);
      if (steps.length > 0) this.rounds++;
      this.#follow(steps);
      this.uptimeMs += 1_000;
    }
  }

  /** Lets time pass from poll to poll, as a device wakes. */
  run(ms: number): void {
    const endMs = this.uptimeMs + ms;
    for (;;) {
      const dueMs = this.poller.dueMs ?? assert.fail('an exchange hangs');
      if (dueMs > endMs) break;
      this.uptimeMs = Math.max(this.uptimeMs, dueMs);
      const steps = this.poller.tick(this.uptimeMs);
      if (steps.length > 0) this.rounds++;
      this.#follow(steps);
      this.beforeNext?.();
    }
    this.uptimeMs = endMs;
  }

  log({ tx, block, index = 0, logIndex = 0, name = 'commanded', removed = false }: Log): unknown {
    const words = name === 'granted' || name === 'handedOver' ? 2 : 1;
    return {
      address: formatHex(REGISTRY),
      topics: [TOPIC[name], formatHex(concatBytes(new Uint8Array(12), LOCK))],
      data: formatHex(new Uint8Array(32 * words)),
      blockHash: formatHex(new Uint8Array(32)),
      blockNumber: formatQuantity(block),
      transactionHash: hashOf(tx),
      transactionIndex: formatQuantity(index),
      logIndex: formatQuantity(logIndex),
      removed,
    };
  }

  #follow(steps: readonly PollerStep[]): void {
    for (const step of steps) {
      if (step.kind === 'refused') this.refusals.push(step.refusal.reason);
      if (step.kind === 'round-over') this.roundsOver++;
      if (step.kind === 'transaction') {
        const tx = Number(formatHex(step.hash));
        this.handedOver.push(tx);
        this.#follow(this.poller.heard(!this.doubtful.has(tx), this.uptimeMs));
      }
      if (step.kind === 'output' && step.output.kind === 'http-post') this.#exchange(step.output);
    }
  }

  #exchange(post: {
    readonly id: number;
    readonly url: string;
    readonly body: Uint8Array;
    readonly bodyBytesMax: number;
  }) {
    const askedMs = this.uptimeMs;
    this.uptimeMs += this.delayMs?.(post.url) ?? 0;
    const text = new TextDecoder().decode(post.body);
    const request = JSON.parse(text) as Call | Call[];
    const isBatch = Array.isArray(request);
    this.calls.push({ url: post.url, isBatch, bytes: text.length, atMs: askedMs });
    const answers = (isBatch ? request : [request]).map((call) => this.#answer(post.url, call));
    const whole = answers.find((answer) => 'failure' in answer || 'status' in answer);
    if (whole !== undefined && 'failure' in whole) {
      this.#follow(this.poller.failed(post.id, whole.failure, this.uptimeMs));
      return;
    }
    const told =
      isBatch && this.refuseBatches !== undefined
        ? this.refuseBatches
        : JSON.stringify(isBatch ? answers : answers[0]);
    const body = new TextEncoder().encode(whole !== undefined && 'status' in whole ? whole.body : told);
    const status = whole !== undefined && 'status' in whole ? whole.status : 200;
    const { retryAfterSeconds } = { retryAfterSeconds: undefined, ...whole };
    this.#follow(
      body.length > post.bodyBytesMax
        ? this.poller.failed(post.id, 'too-large', this.uptimeMs)
        : this.poller.done(post.id, status, body, this.uptimeMs, retryAfterSeconds),
    );
  }

  #answer(url: string, { id, method, params }: Call): NodeAnswer & { readonly id?: number } {
    this.methods.push(method);
    const lie = this.lie?.(url, method, params);
    if (lie !== undefined && ('failure' in lie || 'status' in lie)) return lie;
    const jsonrpc = '2.0';
    if (lie !== undefined && 'error' in lie) {
      return Object.assign(
        { jsonrpc, id },
        { error: { code: -32000, message: lie.error } as unknown as string },
      );
    }
    return Object.assign(
      { jsonrpc, id },
      { result: lie === undefined ? this.#honest(method, params) : lie.result },
    );
  }

  #honest(method: string, params: readonly unknown[]): unknown {
    if (method === 'eth_blockNumber') return formatQuantity(this.head);
    if (method === 'eth_getTransactionByHash') return { hash: params[0] };
    const { fromBlock, toBlock, topics } = params[0] as {
      fromBlock: string;
      toBlock?: string;
      topics: [string[] | null, string];
    };
    const from = Number(fromBlock);
    const to = toBlock === undefined || toBlock === 'latest' ? undefined : Number(toBlock);
    this.ranges.push({ from, to });
    return this.logs
      .filter(({ block, name = 'commanded' }) => {
        if (block < from || block > (to ?? this.head)) return false;
        return topics[0] === null || topics[0].includes(TOPIC[name]);
      })
      .map((log) => this.log(log));
  }
}

/** The hash of the transaction with this number. */
export function hashOf(tx: number): string {
  return `0x${tx.toString(16).padStart(64, '0')}`;
}
