import assert from 'node:assert/strict';
import {
  blockNumberRequest,
  logsRequest,
  transactionByHashRequest,
} from '../../../../firmware/protocol/ethereum-rpc.js';
import { formatHex, parseHex } from '../../../../firmware/protocol/hex.js';
import { encodeRpcCall, type RpcRequest } from '../../../../firmware/protocol/json-rpc.js';
import { Archive, type SignedWord } from '../../../../host-sim/world/archive.js';
import { Forger } from '../../../../host-sim/world/forger.js';
import { HOSTILE_MOODS, HostileNode } from '../../../../host-sim/world/hostile-node.js';
import { MemoryChain } from '../../../../host-sim/world/memory-chain.js';
import { Prng } from '../../../../host-sim/world/prng.js';
import { ENGINE, signer } from './people.js';

const REGISTRY20 = new Uint8Array(20).fill(0x11);
const LOCK20 = new Uint8Array(20).fill(0x4c);
const OWNER = signer(1);
const BLOCKS = 1_000;

function play(seed = 1) {
  const chain = new MemoryChain({
    chainId: 31_337n,
    registry20: REGISTRY20,
    startSeconds: 0,
    blockSeconds: 5,
    engine: ENGINE,
  });
  const archive = new Archive({ engine: ENGINE, chainId: 31_337n, registry20: REGISTRY20 });
  archive.lock20 = LOCK20;
  const prng = new Prng(seed, 'node');
  const shown: SignedWord[] = [];
  const node = new HostileNode({
    chain,
    archive,
    forger: new Forger(ENGINE, prng, signer(9)),
    prng,
    habits: { refusesBatches: false, takesFutureRanges: false },
    nowSeconds: () => BLOCKS * 5,
    target: () => ({
      chainId: 31_337n,
      registry20: REGISTRY20,
      lock20: LOCK20,
      owner20: OWNER.address20,
      epoch: 1,
    }),
    onShown: (word) => shown.push(word),
    count: () => {},
  });
  const word = archive.sign(
    OWNER,
    0n,
    {
      kind: 'order',
      order: { lock: LOCK20, challenge4: new Uint8Array(4), epoch: 1, notAfterSeconds: 300, action: 2 },
    },
    0,
  );
  /** The result of one call, or how the exchange went otherwise. */
  const ask = (request: RpcRequest): unknown => {
    const answer = node.ask(encodeRpcCall(1, request));
    if (answer.kind !== 'body') return answer.kind;
    if (answer.status !== 200) return answer.status;
    return JSON.parse(Buffer.from(answer.body).toString()).result;
  };
  const height = () => Number(ask(blockNumberRequest()));
  const hashes = () => {
    const topic1 = `0x${'00'.repeat(12)}${formatHex(LOCK20).slice(2)}`;
    const address = formatHex(REGISTRY20);
    const logs = ask(logsRequest({ address, topic1, fromBlock: BLOCKS - 100, toBlock: BLOCKS }));
    return (logs as { transactionHash: string }[]).map(({ transactionHash }) => transactionHash);
  };
  const transaction = () => ask(transactionByHashRequest(parseHex(word.hash, 32)));
  return { node, word, shown, height, hashes, transaction };
}

describe('HostileNode', () => {
  it('tells the chain’s height while it is honest, and shows what was signed to whoever has the hash', () => {
    const { height, hashes, transaction, shown, word } = play();
    assert.equal(height(), BLOCKS);
    assert.deepEqual(hashes(), []);
    assert.equal((transaction() as { hash: string }).hash, word.hash);
    assert.deepEqual(shown, [word]);
  });

  it('lies behind while it is stale', () => {
    const { node, height } = play();
    node.mood = 'stale';
    assert.ok(height() < BLOCKS && height() >= BLOCKS - 400);
  });

  it('tells, while it replays, of what was signed and never mined', () => {
    const { node, hashes, word } = play();
    node.mood = 'replaying';
    const told = new Set(Array.from({ length: 20 }, hashes).flat());
    assert.deepEqual([...told], [word.hash]);
  });

  it('answers mostly nothing while it fails, and nothing at all while it is away', () => {
    const { node, transaction, shown } = play();
    node.mood = 'failing';
    const answers = Array.from({ length: 40 }, transaction);
    assert.ok(answers.filter((answer) => typeof answer === 'number').length > 20);
    node.mood = 'honest';
    node.isAway = true;
    const before = shown.length;
    assert.equal(transaction(), 'cut');
    assert.equal(shown.length, before);
  });

  it('is honest again as soon as its mood is, whatever it was before', () => {
    for (const mood of HOSTILE_MOODS) {
      const { node, height } = play();
      node.mood = mood;
      for (let i = 0; i < 5; i++) node.ask(encodeRpcCall(1, blockNumberRequest()));
      node.mood = 'honest';
      assert.equal(height(), BLOCKS, mood);
    }
  });
});
