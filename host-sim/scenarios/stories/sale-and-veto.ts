import { ACTION } from '../../../firmware/protocol/order.js';
import type { PairingFrame } from '../../../firmware/protocol/pairing.js';
import { DoorPapers } from '../../swarm/door-papers.js';
import type { SignedWord } from '../../world/archive.js';
import type { Signer } from '../../world/chain-signer.js';
import type { People } from '../people.js';
import { type Play, type Scenario, stillWith } from '../scenario.js';

/** Covers: an adoption that waits, its alarm, a veto from the mailbox, and a new owner and epoch by one at once. */
export const SALE_AND_VETO: Scenario = Object.freeze<Scenario>({
  name: 'sale-and-veto',
  says: 'Somebody inside asks for the lock and is stopped by its owner; then a buyer with a handover gets it at once.',
  weather: stillWith({ 'idle-poll': '5' }),
  pollIntervalMs: 3_000,
  *play(people) {
    const { parts } = people;
    const { owner, guests, archive } = parts;
    const papers = new DoorPapers(parts);
    const seller = owner.signer;
    const [guest] = guests as readonly [Signer];
    const heir = parts.owners[1] as Signer;

    const waits = yield* asked(people, papers, guest, undefined);
    people.expect(
      waits?.kind === 'adoption' && waits.waitSeconds > 0,
      `an adoption was answered ${waits?.kind}`,
    );
    yield* people.see('the owner is told of it', () => people.lastReport?.adoption !== undefined);
    const challenge16 = people.lastReport?.adoption?.challenge16 ?? new Uint8Array(16);
    papers.post(guest, archive.lock20, papers.refuse(seller, archive.lock20, challenge16));
    // Its own report, or that of the boot after a cut: none names the adoption any more.
    const isStopped = () => people.lastReport?.adoption === undefined;
    yield* people.see('the veto has stopped it', isStopped, 180_000);
    people.expectLast({ owner: seller, epoch: 1 });

    const notAfterSeconds = parts.nowSeconds() + 86_400;
    const handover = papers.handover(seller, heir.address20, { epoch: 1, newEpoch: 2, notAfterSeconds });
    papers.transfer(seller, heir.address20);
    yield* people.pause(10_000);
    const taken = yield* asked(people, papers, heir, handover);
    // Who asks again after an answer that got lost is refused: it is theirs already, as the reports say.
    const isTaken = taken?.kind === 'adoption' ? taken.waitSeconds === 0 : taken?.kind === 'refused';
    people.expect(isTaken, `the buyer was answered ${taken?.kind}`);
    const isHeirs = () => people.lastReport?.epoch === 2;
    yield* people.see('a report names the buyer', isHeirs);
    yield* people.wish(heir, ACTION.unlock);
    yield* people.wish(heir, ACTION.lock);
    people.expectLast({ bolt: 'locked', owner: heir, epoch: 2 });
  },
});

/** Press, secret, challenge and signature. @returns the lock's last answer */
function* asked(
  { tool }: People,
  papers: DoorPapers,
  signer: Signer,
  handover: SignedWord | undefined,
): Play<PairingFrame | undefined> {
  return yield* tool.session((answer, { lock20 }) => {
    if (answer === undefined) return { kind: 'ask' };
    if (answer.kind !== 'challenge') return undefined;
    return papers.adopt(signer, { lock20, epoch: 2, challenge16: answer.challenge16 }, { handover });
  });
}
