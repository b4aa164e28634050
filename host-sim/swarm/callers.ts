import type { LockSettings, PairingFrame } from '../../firmware/protocol/pairing.js';
import type { Signer } from '../world/chain-signer.js';
import type { Prng } from '../world/prng.js';
import type { DoorPapers } from './door-papers.js';
import { PAIRING_SECRET16 } from './first-day.js';
import type { Neighbourhood } from './neighbour.js';
import { MISCHIEFS, type PairingPort, type Visit } from './pairing-port.js';

const HONEST = Object.freeze({ secret16: PAIRING_SECRET16, mischief: 'none' } as const);
const WRONG_SECRET16 = new Uint8Array(16).fill(0x5f);
/** Nobody has this node: a lock that asks it was told so by somebody who may not. */
const THIEFS_NODE = 'http://thief.example/';

/** People who come to the pairing port and leave with what they came with: the owner, strangers, and a guest who knows the secret. */
export class Callers {
  readonly #parts: Neighbourhood;
  readonly #prng: Prng;
  readonly #port: PairingPort;
  readonly #papers: DoorPapers;

  constructor(neighbourhood: Neighbourhood, prng: Prng, port: PairingPort, papers: DoorPapers) {
    this.#parts = neighbourhood;
    this.#prng = prng;
    this.#port = port;
    this.#papers = papers;
  }

  /** The owner changes endpoints and texts, has the registration signed once more, or only looks. */
  owner(): void {
    const prng = this.#prng;
    const { count, nowSeconds } = this.#parts;
    const frames: readonly PairingFrame[] = [
      { kind: 'configure', settings: this.#settings() },
      { kind: 'register', deadlineSeconds: nowSeconds() + 1_800 },
      { kind: 'ask' },
    ];
    const asked = Array.from({ length: prng.between(0, 4) }, () => prng.pick(frames));
    const mischief = prng.chance(0.4) ? prng.pick(['pieces', 'tampered'] as const) : 'none';
    const cut = prng.chance(0.2) ? { cutAfter: prng.between(0, 3) } : {};
    const visit = {
      ...HONEST,
      mischief,
      ...cut,
      pressedSeconds: prng.between(1, 60),
      say: inTurn(asked),
    } as const;
    if (this.#port.begin(visit)) count('owner at the port');
  }

  /** Somebody without the secret, or without a hand at the button; or a cable that does what it likes. */
  stranger(): void {
    const prng = this.#prng;
    const { count } = this.#parts;
    const how = prng.pick(['wrong secret', 'guesses', 'no press', 'late', 'mischief', 'mischief'] as const);
    const say = inTurn(this.#wishes(this.#parts.thief));
    const press = prng.between(1, 60);
    const visits: Record<typeof how, Visit> = {
      'wrong secret': { ...HONEST, secret16: WRONG_SECRET16, pressedSeconds: press, say },
      guesses: { ...HONEST, secret16: prng.bytes(16), pressedSeconds: press, say },
      'no press': { ...HONEST, pressedSeconds: undefined, say },
      late: { ...HONEST, pressedSeconds: prng.between(120, 200), say },
      mischief: { ...HONEST, pressedSeconds: press, mischief: prng.pick(MISCHIEFS), say },
    };
    if (!this.#port.begin(visits[how])) return;
    count(`stranger at the port: ${how}`);
    if (how === 'guesses') this.#guessAgain(prng.between(4, 8));
  }

  /** A guest inside, with the secret and a hand at the button, who asks for what only the owner's signature gives. */
  insider(): void {
    const prng = this.#prng;
    const { guests, thief, count } = this.#parts;
    const who = guests.length > 0 ? prng.pick(guests) : thief;
    const how = prng.pick(['wishes', 'wishes', 'waits', 'forged', 'forged', 'no challenge'] as const);
    const visit: Visit = {
      ...HONEST,
      pressedSeconds: prng.between(1, 60),
      say: how === 'wishes' ? inTurn(this.#wishes(who)) : this.#adoption(who, how),
    };
    if (!this.#port.begin(visit)) return;
    count(`insider: ${how}`);
    if (how === 'waits' && prng.chance(0.4)) this.#silence(prng.between(4_000_000, 9_000_000));
  }

  /** Whoever hopes that nobody hears of it keeps the reports from being taken. */
  #silence(forMs: number): void {
    const { wire, queue, count } = this.#parts;
    count('sink blocked');
    wire.isSinkDown = true;
    queue.after(forMs, () => {
      wire.isSinkDown = false;
    });
  }

  #guessAgain(times: number): void {
    const { queue } = this.#parts;
    queue.after(5_000, () => {
      const say = inTurn([]);
      const visit: Visit = { ...HONEST, secret16: this.#prng.bytes(16), pressedSeconds: undefined, say };
      this.#port.begin(visit);
      if (times > 0) this.#guessAgain(times - 1);
    });
  }

  /** What would make the lock theirs, in any order. */
  #wishes({ address20 }: Signer): readonly PairingFrame[] {
    const prng = this.#prng;
    const { settings, nowSeconds } = this.#parts;
    const theirs = { ...settings, endpoints: [THIEFS_NODE] };
    const others: readonly LockSettings[] = [
      { ...theirs, chainId: settings.chainId + 1n },
      { ...theirs, registry: prng.bytes(20) },
      { ...theirs, startBlock: settings.startBlock + 1 },
    ];
    const ownerUnixSeconds = nowSeconds();
    const frames: readonly PairingFrame[] = [
      { kind: 'pair', owner: address20, ownerUnixSeconds, settings: prng.pick(others) },
      { kind: 'configure', settings: prng.pick(others) },
      { kind: 'register', deadlineSeconds: ownerUnixSeconds + 1_800 },
      { kind: 'ask' },
      { kind: 'configured' },
      { kind: 'refuse', challenge16: prng.bytes(16), signature65: prng.bytes(65) },
    ];
    return Array.from({ length: prng.between(1, 4) }, () => prng.pick(frames));
  }

  /** An adoption that waits as it should, or one that nothing should come of. */
  #adoption(who: Signer, how: 'waits' | 'forged' | 'no challenge'): Visit['say'] {
    const prng = this.#prng;
    const { owner, thief, owners } = this.#parts;
    const epoch = (owner.told?.epoch ?? 1) + prng.pick([1, 1, 1, 2]);
    const papers = this.#papers;
    const notAfterSeconds = this.#parts.nowSeconds() + prng.pick([-60, 86_400]);
    return ({ lock20 }, answer) => {
      if (answer === undefined && how !== 'no challenge') return { kind: 'ask' };
      const challenge16 = answer?.kind === 'challenge' ? answer.challenge16 : prng.bytes(16);
      if (answer !== undefined && answer.kind !== 'challenge') return undefined;
      const asking = { lock20, epoch, challenge16 };
      if (how !== 'forged') return papers.adopt(who, asking);
      const right = { epoch: epoch - 1, newEpoch: epoch, notAfterSeconds };
      switch (prng.pick(['owner', 'paper', 'other', 'epoch', 'low'] as const)) {
        case 'owner':
          return papers.adopt(thief, asking, { owner: who.address20 });
        case 'paper':
          return papers.adopt(who, asking, { handover: papers.handover(who, who.address20, right) });
        case 'other': {
          // The owner's own word, to somebody else.
          const next = owners.at(-1) ?? thief;
          return papers.adopt(who, asking, {
            handover: papers.handover(owner.signer, next.address20, right),
          });
        }
        case 'epoch': {
          const wrong = { ...right, epoch: epoch + 1, newEpoch: epoch + 2 };
          const handover = papers.handover(owner.signer, who.address20, wrong);
          return papers.adopt(who, asking, { handover });
        }
        case 'low':
          return papers.adopt(who, { ...asking, epoch: Math.max(0, epoch - 2) });
      }
    };
  }

  /** Other endpoints and texts that change nothing which anybody relies on. */
  #settings(): LockSettings {
    const prng = this.#prng;
    const { settings } = this.#parts;
    const texts = new Map(settings.texts);
    if (prng.chance(0.5)) texts.set('wifi-ssid', prng.pick(['home', 'garden']));
    const from = prng.between(0, settings.endpoints.length - 1);
    const turned = [...settings.endpoints.slice(from), ...settings.endpoints.slice(0, from)];
    return { ...settings, endpoints: prng.chance(0.2) ? turned.slice(0, 1) : turned, texts };
  }
}

/** Says one after the other, whatever is answered. */
function inTurn(frames: readonly PairingFrame[]): Visit['say'] {
  let said = 0;
  return () => frames[said++];
}
