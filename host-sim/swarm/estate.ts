import type { Output } from '../../firmware/lock/ports.js';
import { equalBytes, readUint } from '../../firmware/protocol/bytes.js';
import { type Report, readReport } from '../../firmware/protocol/report.js';
import type { Signer } from '../world/chain-signer.js';
import type { ChainTransaction } from '../world/chain-transaction.js';
import type { Prng } from '../world/prng.js';
import type { DoorPapers } from './door-papers.js';
import { PAIRING_SECRET16 } from './first-day.js';
import type { Neighbourhood } from './neighbour.js';
import type { PairingPort, Visit } from './pairing-port.js';

const HOLD_MS = 10_000;
const DEADLINE_SECONDS = 1_800;
const LOOK_MS = 20_000;
const HONEST = Object.freeze({ secret16: PAIRING_SECRET16, mischief: 'none' } as const);
/** Once people have tried for so long to set a lock right, they reset it. */
const PATIENCE_LOOKS = 12;

/** What becomes of the lock as a thing that is owned: sold without its knowledge, claimed, kept, reset and paired anew. */
export class Estate {
  readonly #parts: Neighbourhood;
  readonly #prng: Prng;
  readonly #port: PairingPort;
  readonly #papers: DoorPapers;
  readonly #payer: Signer;
  /** What the owner has decided of an adoption, by its challenge. */
  readonly #decisions = new Map<string, boolean>();
  #isHeld = false;
  #wasReset = false;
  #transfer: ChainTransaction | undefined;
  #looks = 0;

  constructor(
    neighbourhood: Neighbourhood,
    prng: Prng,
    port: PairingPort,
    papers: DoorPapers,
    payer: Signer,
  ) {
    this.#parts = neighbourhood;
    this.#prng = prng;
    this.#port = port;
    this.#papers = papers;
    this.#payer = payer;
  }

  /** Sees the lock's reports after a long press, for they may be another's. */
  output(output: Output): void {
    if (output.kind !== 'publish' || !this.#isHeld) return;
    this.#wasReset = !equalBytes(readReport(output.cose).lock20, this.#parts.archive.lock20);
  }

  /** The token goes to the next owner, and the lock is not told. */
  sell(): void {
    const { owner, owners, count, tell } = this.#parts;
    const told = owner.told;
    const seller = owner.signer;
    const buyer = owners[owners.indexOf(seller) + 1];
    // One thing after the other: two on the way would leave the lock to somebody whom the registry has forgotten.
    if (buyer === undefined || told?.epoch !== owner.chainEpoch || this.#wasReset) return;
    if (told.owner === undefined || !equalBytes(told.owner, seller.address20)) return;
    count('sale');
    tell('the token is sold, and the lock is not told');
    this.#transfer = this.#papers.transfer(seller, buyer.address20);
  }

  /** Who has bought the lock asks for it, with the seller's handover on paper or without. */
  claim(): void {
    const { owner, count } = this.#parts;
    const told = owner.told;
    if (told?.owner === undefined || this.#wasReset || equalBytes(told.owner, owner.signer.address20)) return;
    if (this.#port.begin(this.#claiming(told, this.#prng.chance(0.25)))) count('claim');
  }

  /** The owner has read of an adoption, and stops it where it is not the buyer's. */
  watch(): void {
    const { owner, archive, count, tell, weather } = this.#parts;
    const told = owner.told;
    const pinned = this.#signerOf(told?.owner);
    if (told?.adoption === undefined || pinned === undefined) return;
    const { challenge16 } = told.adoption;
    const isBuyers = equalBytes(told.adoption.owner, owner.signer.address20);
    const isUnwanted = !isBuyers || this.#prng.chance(weather.pairing?.regrets ?? 0);
    const decision = this.#decisions.get(challenge16.join()) ?? isUnwanted;
    this.#decisions.set(challenge16.join(), decision);
    if (!decision) return;
    const veto = this.#papers.refuse(pinned, archive.lock20, challenge16);
    tell('the owner refuses the adoption');
    if (this.#prng.chance(0.5)) {
      count('veto posted');
      this.#papers.post(this.#payer, archive.lock20, veto);
    } else if (this.#port.begin(this.#visit(() => veto))) count('veto at the lock');
  }

  /** Somebody leans on the inside button; who owns the lock may pair it anew some time after. */
  reset(): void {
    const { weather, count } = this.#parts;
    count('factory reset');
    this.#hold();
    if (weather.pairing?.isPairedAnew) this.#pairLater();
  }

  /** Nothing goes wrong any more: whoever has the token is to have the lock, before long. */
  settle(): void {
    const { owner, queue, weather } = this.#parts;
    queue.after(LOOK_MS * 3, () => this.settle());
    if (this.#transfer !== undefined) this.#papers.sendAgain(this.#transfer);
    if (this.#wasReset) {
      if (weather.pairing?.isPairedAnew) this.#pair();
      return;
    }
    const told = owner.told;
    const isHis = told?.owner !== undefined && equalBytes(told.owner, owner.signer.address20);
    if (told === undefined || (isHis && told.epoch === owner.chainEpoch)) {
      this.#looks = 0;
      return;
    }
    if (++this.#looks < 3) return;
    if (this.#looks > PATIENCE_LOOKS) {
      this.#looks = 0;
      this.#hold();
    } else this.#port.begin(this.#claiming(told, true));
  }

  #claiming(told: Report, isOnPaper: boolean): Visit {
    const { owner, nowSeconds } = this.#parts;
    const buyer = owner.signer;
    const epoch = owner.chainEpoch;
    const pinned = this.#signerOf(told.owner);
    const isBuyers = pinned === buyer;
    const notAfterSeconds = nowSeconds() + this.#prng.pick([-1_000, 86_400]);
    return this.#visit(({ lock20 }, answer) => {
      if (answer === undefined) return { kind: 'ask' };
      if (answer.kind !== 'challenge') return undefined;
      const { challenge16 } = answer;
      const paper = { epoch: told.epoch, newEpoch: epoch, notAfterSeconds };
      const isNamed = isOnPaper && pinned !== undefined && !isBuyers;
      const handover = isNamed ? this.#papers.handover(pinned, buyer.address20, paper) : undefined;
      return this.#papers.adopt(buyer, { lock20, epoch, challenge16 }, { handover });
    });
  }

  #hold(): void {
    const { lock, queue, tell } = this.#parts;
    const boot = lock.boots;
    tell('the inside button is held');
    lock.give({ kind: 'button-pressed' });
    queue.after(HOLD_MS, () => {
      if (lock.boots !== boot) return;
      this.#isHeld = true;
      lock.give({ kind: 'button-held' });
    });
  }

  #pairLater(): void {
    const { queue } = this.#parts;
    queue.after(this.#prng.between(60_000, 2_400_000), () => {
      if (!this.#wasReset) return;
      this.#pair();
      this.#pairLater();
    });
  }

  /** Whoever has the old token pairs the new lock, and registers it. */
  #pair(): void {
    const { owner, settings, nowSeconds } = this.#parts;
    const { signer } = owner;
    const deadlineSeconds = nowSeconds() + DEADLINE_SECONDS;
    const register = { kind: 'register', deadlineSeconds } as const;
    const isBegun = this.#port.begin(
      this.#visit(({ lock20, paired }, answer) => {
        if (equalBytes(lock20, this.#parts.archive.lock20)) return undefined;
        if (answer === undefined && !paired)
          return { kind: 'pair', owner: signer.address20, ownerUnixSeconds: nowSeconds(), settings };
        if (answer === undefined || answer.kind === 'paired') return register;
        if (answer.kind === 'registration') {
          const sent = this.#papers.register(signer, lock20, deadlineSeconds, answer.signature65);
          this.#moveIn(lock20, sent, DEADLINE_SECONDS * 1_000);
        }
        return undefined;
      }),
    );
    if (isBegun) this.#parts.count('paired anew');
  }

  /** The registration is taken for final once two blocks lie over it. */
  #moveIn(lock20: Uint8Array, sent: ChainTransaction, leftMs: number): void {
    const { queue, chain, movedIn } = this.#parts;
    if (leftMs <= 0 || !this.#wasReset) return;
    queue.after(LOOK_MS, () => {
      this.#papers.sendAgain(sent);
      const fate = chain.fateOf(sent.hash);
      if (fate?.kind === 'reverted') {
        // Somebody else was here first, and pinned themselves.
        this.#hold();
        return;
      }
      const isRegistered = chain.lockState(readUint(lock20)) !== 0n;
      if (fate?.kind !== 'mined' || !isRegistered || chain.head < fate.block + 2) {
        this.#moveIn(lock20, sent, leftMs - LOOK_MS);
        return;
      }
      this.#wasReset = false;
      this.#isHeld = false;
      movedIn(lock20, fate.block + 1);
    });
  }

  #visit(say: Visit['say']): Visit {
    return { ...HONEST, pressedSeconds: this.#prng.between(1, 20), say: once(say) };
  }

  #signerOf(address20: Uint8Array | undefined): Signer | undefined {
    return this.#parts.owners.find((signer) => equalBytes(signer.address20, address20 ?? NOBODY20));
  }
}

const NOBODY20 = new Uint8Array(20);

/** Leaves after what was refused, and after whatever ends a visit. */
function once(say: Visit['say']): Visit['say'] {
  return (greeting, answer) =>
    answer !== undefined && ['refused', 'stopped', 'adoption'].includes(answer.kind)
      ? undefined
      : say(greeting, answer);
}
