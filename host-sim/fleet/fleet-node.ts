import type { NodeAnswer } from '../world/hostile-node.js';
import type { MemoryChain } from '../world/memory-chain.js';
import { answerRpc } from '../world/memory-node.js';
import type { Meter } from './meter.js';

const METHOD = '"method":"';

export interface FleetNodeOptions {
  readonly chain: MemoryChain;
  /** Unix seconds of the true time. */
  readonly nowSeconds: () => number;
  readonly meter: Meter;
}

/** An honest JSON-RPC node of many locks, in memory, that counts what it carries. */
export class FleetNode {
  readonly #options: FleetNodeOptions;

  constructor(options: FleetNodeOptions) {
    this.#options = options;
  }

  /** Answers one exchange. */
  ask(body: Uint8Array): NodeAnswer {
    const { chain, nowSeconds, meter } = this.#options;
    const seconds = nowSeconds();
    chain.mine(seconds);
    const answer = answerRpc(chain, body);
    meter.exchange(seconds, methodsOf(body), body.length, answer.length);
    return { kind: 'body', status: 200, body: answer };
  }
}

/** The methods that a body calls, in its order. */
function methodsOf(body: Uint8Array): readonly string[] {
  const text = Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('latin1');
  const methods: string[] = [];
  for (let at = text.indexOf(METHOD); at >= 0; at = text.indexOf(METHOD, at)) {
    at += METHOD.length;
    methods.push(text.slice(at, text.indexOf('"', at)));
  }
  return methods;
}
