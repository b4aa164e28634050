import type { Command } from '../../firmware/protocol/command.js';
import type { SignedWord } from '../world/archive.js';
import type { Signer } from '../world/chain-signer.js';
import type { HostileNode, Rumour } from '../world/hostile-node.js';
import { PoolRefusal } from '../world/mempool.js';
import type { Neighbourhood } from './neighbour.js';

/** Signs words of any content for this lock, and brings them to the chain or to a node's ear. */
export class Pen {
  readonly #parts: Neighbourhood;

  constructor(neighbourhood: Neighbourhood) {
    this.#parts = neighbourhood;
  }

  /** The nonce that this signer's wallet takes next. */
  nextNonce({ address20 }: Signer): bigint {
    const { chain, nowSeconds } = this.#parts;
    chain.mine(nowSeconds());
    return chain.nextNonce(address20);
  }

  sign(signer: Signer, command: Command, nonce = this.nextNonce(signer)): SignedWord {
    const { archive, queue } = this.#parts;
    // Each offers more than all before, so that it may take the place of any.
    const fee = 2_000_000_000n + BigInt(archive.all.length) * 1_000_000_000n;
    return archive.sign(signer, nonce, command, queue.nowMs, {
      maxFeePerGas: fee,
      maxPriorityFeePerGas: fee / 2n,
    });
  }

  /** To the chain; where a node would not take it, it is only signed. */
  send(word: SignedWord): void {
    const { chain, nowSeconds } = this.#parts;
    chain.mine(nowSeconds());
    try {
      chain.submit(word.sent);
    } catch (error) {
      if (!(error instanceof PoolRefusal)) throw error;
    }
  }

  /** One node tells of it for a while. */
  whisper(node: HostileNode, rumour: Rumour, forMs: number): void {
    node.whisper(rumour);
    this.#parts.queue.after(forMs, () => node.hush(rumour.hash));
  }
}
