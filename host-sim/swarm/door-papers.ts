import type { CryptoEngine } from '../../firmware/crypto/engine.js';
import { toEvmSignature65 } from '../../firmware/crypto/signature.js';
import { encodeAddressWord, encodeUintWord } from '../../firmware/protocol/abi.js';
import { asciiBytes, concatBytes, readUint } from '../../firmware/protocol/bytes.js';
import { adoptDigest, refuseDigest } from '../../firmware/protocol/eip712.js';
import { formatHex, parseHex } from '../../firmware/protocol/hex.js';
import { SELECTOR } from '../../firmware/protocol/lock-registry.js';
import type { PairingFrame } from '../../firmware/protocol/pairing.js';
import { encodePostCall } from '../../firmware/protocol/post.js';
import { vetoTag } from '../../firmware/protocol/veto-tag.js';
import type { Archive, SignedWord } from '../world/archive.js';
import { type Signer, signTransaction } from '../world/chain-signer.js';
import type { ChainTransaction } from '../world/chain-transaction.js';
import { PoolRefusal } from '../world/mempool.js';
import { ERC721_SELECTOR } from '../world/registry-model.js';
import type { Neighbourhood } from './neighbour.js';

type Adopt = Extract<PairingFrame, { kind: 'adopt' }>;
type Refuse = Extract<PairingFrame, { kind: 'refuse' }>;

/** Offers enough for any block, whatever else waits. */
const FEES = Object.freeze({ maxFeePerGas: 10n ** 31n, maxPriorityFeePerGas: 10n ** 12n });

/** What people who come to the door with a tool bring along, signed. */
export class DoorPapers {
  readonly #parts: Neighbourhood;

  constructor(neighbourhood: Neighbourhood) {
    this.#parts = neighbourhood;
  }

  /** Asks for a lock. @param handover - the owner's word that names them */
  adopt(
    signer: Signer,
    { lock20: lock, epoch, challenge16 }: Asking,
    { owner = signer.address20, handover }: { owner?: Uint8Array; handover?: SignedWord | undefined } = {},
  ): Adopt {
    const digest32 = adoptDigest(this.#engine.keccak256, this.#domain, { lock, owner, epoch, challenge16 });
    const signature65 = this.#sign(signer, digest32);
    const bytes = handover && asciiBytes(JSON.stringify(this.#archive.recall(handover)));
    return { kind: 'adopt', owner, epoch, signature65, handover: bytes };
  }

  refuse(signer: Signer, lock: Uint8Array, challenge16: Uint8Array): Refuse {
    const digest32 = refuseDigest(this.#engine.keccak256, this.#domain, { lock, challenge16 });
    return { kind: 'refuse', challenge16, signature65: this.#sign(signer, digest32) };
  }

  /** A handover on paper: signed, and never sent. */
  handover(
    signer: Signer,
    to: Uint8Array,
    { epoch, newEpoch, notAfterSeconds }: Record<'epoch' | 'newEpoch' | 'notAfterSeconds', number>,
  ): SignedWord {
    const nonce = this.#parts.chain.nextNonce(signer.address20);
    const command = { kind: 'handover', to, epoch, newEpoch, notAfterSeconds } as const;
    return this.#archive.sign(signer, nonce, command, this.#parts.queue.nowMs, FEES);
  }

  /** Leaves a veto in the mailbox; anybody may pay for it. */
  post(payer: Signer, lock20: Uint8Array, { challenge16, signature65: envelope }: Refuse): ChainTransaction {
    const tag32 = vetoTag(this.#engine.sha256, lock20, challenge16);
    this.#archive.vetoes.add(formatHex(challenge16));
    return this.#send(payer, encodePostCall({ tag32, envelope }));
  }

  /** Gives the token away without a word to the lock. */
  transfer(from: Signer, to: Uint8Array): ChainTransaction {
    const words = [from.address20, to, this.#archive.lock20].map((address20) => encodeAddressWord(address20));
    return this.#send(from, concatBytes(parseHex(ERC721_SELECTOR.transferFrom, 4), ...words));
  }

  /** Registers a lock to its owner by the lock's own consent. */
  register(
    owner: Signer,
    lock20: Uint8Array,
    deadlineSeconds: number,
    signature65: Uint8Array,
  ): ChainTransaction {
    const words = [readUint(lock20), BigInt(deadlineSeconds), 96n, 65n].map((word) => encodeUintWord(word));
    const data = concatBytes(parseHex(SELECTOR.register, 4), ...words, signature65, new Uint8Array(31));
    return this.#send(owner, data);
  }

  /** Sends a transaction again that may have been forgotten. */
  sendAgain(sent: ChainTransaction): void {
    const { chain, nowSeconds } = this.#parts;
    chain.mine(nowSeconds());
    if (['mined', 'reverted'].includes(chain.fateOf(sent.hash)?.kind ?? '')) return;
    try {
      chain.submit(sent);
    } catch (error) {
      if (!(error instanceof PoolRefusal)) throw error;
    }
  }

  #send(signer: Signer, data: Uint8Array): ChainTransaction {
    const { chain, settings } = this.#parts;
    const nonce = chain.nextNonce(signer.address20);
    const { chainId, registry: to20 } = settings;
    const sent = signTransaction(this.#engine, signer, { chainId, to20, data, nonce, ...FEES });
    this.sendAgain(sent);
    return sent;
  }

  #sign({ key32 }: Signer, digest32: Uint8Array): Uint8Array {
    return toEvmSignature65(this.#engine.signRecoverable(digest32, key32));
  }

  get #engine(): CryptoEngine {
    return this.#parts.engine;
  }

  get #archive(): Archive {
    return this.#parts.archive;
  }

  get #domain() {
    const { chainId, registry: registry20 } = this.#parts.settings;
    return { chainId, registry20 };
  }
}

/** What an adoption names. */
export interface Asking {
  readonly lock20: Uint8Array;
  readonly epoch: number;
  readonly challenge16: Uint8Array;
}
