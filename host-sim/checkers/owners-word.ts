import { formatHex } from '../../firmware/protocol/hex.js';
import { isOpening } from '../../firmware/protocol/order.js';
import type { SignedWord } from '../world/archive.js';
import type { Checker, Scene } from './checker.js';
import { isClockTrue } from './freshness.js';
import { RpcExchanges } from './rpc-exchange.js';

/**
 * What the owner says counts before what a guest wishes: of all that a node names together with a guest's opening, the
 * lock has asked for the owner's words when it accepts that. Not asked for where a time that waited for the owner lets
 * the lock judge again what another node has shown.
 */
export function ownersWord(scene: Scene, fail: (found: string) => void): Checker {
  const exchanges = new RpcExchanges();
  /** What each endpoint has named in its last answer. */
  const named = new Map<string, readonly SignedWord[]>();
  /** Transactions that each endpoint was asked for in this boot. */
  const asked = new Set<string>();
  let answering: string | undefined;
  const isTimeSure = () => isClockTrue(scene) && scene.weather.flash.rollbacksPerHour === 0;

  const note = (url: string, result: readonly unknown[]) => {
    const logs = result as readonly { readonly transactionHash?: unknown }[];
    const words = logs.map(({ transactionHash }) => scene.archive.find(String(transactionHash)));
    named.set(
      url,
      words.filter((word) => word !== undefined),
    );
  };
  const isUnread = (word: SignedWord) =>
    word.command.kind !== 'order' &&
    word.shownMs === undefined &&
    scene.witness.isOwners(word) &&
    !asked.has(`${answering} ${word.hash}`);

  return {
    says: 'No guest opens before all that the owner has said, as far as the node tells that shows it, was read.',
    boot() {
      exchanges.boot();
      named.clear();
      asked.clear();
    },
    input(input) {
      const exchange = exchanges.answer(input);
      answering = exchange?.url;
      for (const { method, result } of exchange?.calls ?? [])
        if (exchange !== undefined && method === 'eth_getLogs' && Array.isArray(result))
          note(exchange.url, result);
    },
    output(output) {
      const exchange = exchanges.ask(output);
      for (const { method, params } of exchange?.calls ?? [])
        if (method === 'eth_getTransactionByHash') asked.add(`${exchange?.url} ${params[0]}`);
      if (output.kind !== 'notice' || output.notice.event !== 'verified') return;
      if (!isTimeSure() || answering === undefined) return;
      const word = scene.archive.find(formatHex(output.notice.tx));
      if (word?.command.kind !== 'order' || !isOpening(word.command.order.action)) return;
      const together = named.get(answering) ?? [];
      if (scene.witness.isOwners(word) || !together.includes(word)) return;
      const unread = together.find(isUnread);
      if (unread !== undefined)
        fail(
          `an opening of ${word.by} is accepted, and ${answering} has told of the owner's nonce ${unread.nonce}, which is not read`,
        );
    },
  };
}
