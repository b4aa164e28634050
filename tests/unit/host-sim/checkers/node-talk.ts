import type { HttpFailure, Output } from '../../../../firmware/lock/ports.js';
import { asciiBytes } from '../../../../firmware/protocol/bytes.js';
import { formatQuantity } from '../../../../firmware/protocol/hex.js';
import type { HandMadeScene } from './scene.js';

export const NODE_A = 'http://node-a.example/';
export const NODE_B = 'http://node-b.example/';

export interface Call {
  readonly method: string;
  readonly params: readonly unknown[];
}

/** What the lock asks of nodes in a scene, and what they answer: a test plays both. */
export class NodeTalk {
  readonly #scene: HandMadeScene;
  #lastId = 0;

  constructor(scene: HandMadeScene) {
    this.#scene = scene;
  }

  /** @returns the number of the exchange */
  ask(calls: readonly Call[], url = NODE_A): number {
    this.#scene.output(postOf(++this.#lastId, url, calls));
    return this.#lastId;
  }

  /** @param results - of each call, in order; undefined is an error of the node */
  answer(id: number, results: readonly unknown[], status = 200): this {
    this.#scene.input({ kind: 'http-done', id, status, body: answerOf(results) });
    return this;
  }

  fail(id: number, reason: HttpFailure = 'connection'): this {
    this.#scene.input({ kind: 'http-failed', id, reason });
    return this;
  }
}

export const HEAD: Call = Object.freeze({ method: 'eth_blockNumber', params: [] });

/** The question for the events of a range; without `to` up to the newest. */
export function logsOf(from: number, to?: number, topic0: readonly string[] | null = null): Call {
  const range = { fromBlock: formatQuantity(from), topics: [topic0, '0x4c'] };
  return {
    method: 'eth_getLogs',
    params: [to === undefined ? range : { ...range, toBlock: formatQuantity(to) }],
  };
}

export function postOf(
  id: number,
  url: string,
  calls: readonly Call[],
): Extract<Output, { kind: 'http-post' }> {
  const body = asciiBytes(JSON.stringify(calls.map((call, i) => ({ jsonrpc: '2.0', id: i + 1, ...call }))));
  return {
    kind: 'http-post',
    id,
    url,
    body,
    contentType: 'application/json',
    timeoutMs: 10_000,
    bodyBytesMax: 65_536,
  };
}

export function answerOf(results: readonly unknown[]): Uint8Array {
  const answers = results.map((result, i) =>
    result === undefined ? { id: i + 1, error: { code: -32_000 } } : { id: i + 1, result },
  );
  return asciiBytes(JSON.stringify(answers));
}
