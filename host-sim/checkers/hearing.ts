import type { SignedWord } from '../world/archive.js';
import type { Checker, Scene } from './checker.js';
import { RpcExchanges } from './rpc-exchange.js';

/** What was told so late need not have been asked for. */
const LATE_MS = 900_000;
/** An endpoint that shows something else so often may be given up. */
const ASKS_ENOUGH = 3;
const TOLD_ENOUGH = 3;

/** What a node has told of and is on the chain, the lock has asked for until somebody showed it truly. */
export function hearing(scene: Scene, fail: (found: string) => void): Checker {
  const exchanges = new RpcExchanges();
  const { moodsPerHour, isAllByzantine } = scene.weather.nodes;
  const toldEnough = moodsPerHour === 0 && !isAllByzantine ? 1 : TOLD_ENOUGH;
  /** How often each endpoint was asked for each transaction. */
  const asks = new Map<string, number>();
  /** When each was told of last that counts, and how often: a liar may tell once, of more than a round can ask for. */
  const told = new Map<SignedWord, { readonly atMs: number; readonly count: number }>();
  /** What each endpoint tells of in the round under way; one that is broken off has asked for what it could. */
  const telling = new Map<string, readonly SignedWord[]>();
  return {
    says: 'Whatever a node tells of is asked for, however much it is and whoever shows something else.',
    boot() {
      exchanges.boot();
      telling.clear();
    },
    output(output) {
      if (output.kind === 'notice' && output.notice.event === 'polled') {
        for (const word of telling.get(output.notice.url) ?? []) {
          const { atMs, count } = told.get(word) ?? { atMs: scene.nowMs, count: 0 };
          told.set(word, { atMs: count < toldEnough ? scene.nowMs : atMs, count: count + 1 });
        }
        telling.delete(output.notice.url);
      }
      const exchange = exchanges.ask(output);
      for (const { method, params } of exchange?.calls ?? []) {
        if (method !== 'eth_getTransactionByHash') continue;
        const key = `${exchange?.url} ${params[0]}`;
        asks.set(key, (asks.get(key) ?? 0) + 1);
      }
    },
    input(input) {
      const exchange = exchanges.answer(input);
      for (const { method, result } of exchange?.calls ?? []) {
        if (exchange === undefined || method !== 'eth_getLogs' || !Array.isArray(result)) continue;
        const logs = result as readonly { readonly transactionHash?: unknown }[];
        const words = logs.map(({ transactionHash }) => scene.archive.find(String(transactionHash)));
        telling.set(
          exchange.url,
          words.filter((word) => word !== undefined),
        );
      }
    },
    end() {
      for (const [word, { atMs, count }] of told) {
        if (
          count < toldEnough ||
          word.shownMs !== undefined ||
          scene.nowMs - atMs < LATE_MS ||
          !scene.isOnChain(word.hash)
        )
          continue;
        if ([...asks].some(([key, count]) => key.endsWith(word.hash) && count >= ASKS_ENOUGH)) continue;
        fail(`a node told of nonce ${word.nonce} of ${word.by}, and the lock has never seen it`);
        return;
      }
    },
  };
}
