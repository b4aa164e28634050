import assert from 'node:assert/strict';
import { parseHex } from '../../../../firmware/protocol/hex.js';
import { ACTION } from '../../../../firmware/protocol/order.js';
import { ownersWord } from '../../../../host-sim/checkers/owners-word.js';
import type { SignedWord } from '../../../../host-sim/world/archive.js';
import type { Signer } from '../../../../host-sim/world/chain-signer.js';
import { logsOf, NodeTalk } from './node-talk.js';
import { GUEST, HandMadeScene, NEXT_OWNER, OWNER, type WeatherChange } from './scene.js';

/** A guest who may open, an opening, and a word of the owner that the lock has not seen. */
function play({ by = GUEST, change = {} }: { by?: Signer; change?: WeatherChange } = {}) {
  const scene = new HandMadeScene(ownersWord, change);
  const talk = new NodeTalk(scene);
  scene.grant();
  const notAfterSeconds = scene.nowSeconds + 86_400;
  const handover = {
    kind: 'handover',
    to: NEXT_OWNER.address20,
    epoch: 1,
    newEpoch: 2,
    notAfterSeconds,
  } as const;
  return {
    opening: scene.signOrder(by, ACTION.unlock),
    word: scene.sign(OWNER, handover),
    tell: (...words: readonly SignedWord[]) =>
      talk.answer(talk.ask([logsOf(1)]), [words.map(({ hash }) => ({ transactionHash: hash }))]),
    fetch: (word: SignedWord) => {
      talk.answer(talk.ask([{ method: 'eth_getTransactionByHash', params: [word.hash] }]), [{}]);
      scene.show(word);
    },
    verify: ({ hash, by: sender }: SignedWord) => {
      const tx = parseHex(hash, 32);
      const notice = { event: 'verified', tx, by: parseHex(sender, 20), command: 'order' } as const;
      return scene.output({ kind: 'notice', notice }).found;
    },
  };
}

describe('ownersWord', () => {
  it('lets a guest open once the owner’s words beside the opening were asked for', () => {
    const { opening, word, tell, fetch, verify } = play();
    tell(opening, word);
    fetch(opening);
    fetch(word);
    assert.deepEqual(verify(opening), []);
  });

  it('lets a guest open where a node tells of words that were read before', () => {
    const { opening, word, tell, fetch, verify } = play();
    tell(word);
    fetch(word);
    tell(word, opening);
    fetch(opening);
    assert.deepEqual(verify(opening), []);
  });

  it('finds a guest’s opening that is accepted before the owner’s word beside it was read', () => {
    const { opening, word, tell, fetch, verify } = play();
    tell(opening, word);
    fetch(opening);
    assert.match(verify(opening).join(), /told of the owner's nonce 1, which is not read/);
  });

  it('asks nothing of the owner’s openings, nor where the time may have waited for the owner', () => {
    for (const choice of [{ by: OWNER }, { change: { clock: { kind: 'jumping' } } }] as const) {
      const { opening, word, tell, fetch, verify } = play(choice);
      tell(opening, word);
      fetch(opening);
      assert.deepEqual(verify(opening), []);
    }
  });
});
