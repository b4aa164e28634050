import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { verify } from '@noble/secp256k1';
import {
  createPublicClient,
  createWalletClient,
  encodeFunctionData,
  type Hex,
  http,
  parseAbi,
  toFunctionSelector,
} from 'viem';
import { formatHex } from '../../firmware/protocol/hex.js';
import { ReportVerifier } from '../contracts/report-verifier.js';
import { withLock } from './fixture.js';
import { opensslVerifies, rawSigStructure, sign1Parts } from './report-oracle.js';
import { TestChain } from './test-chain.js';
import { LOCK, type TestLock, UNLOCK } from './test-lock.js';

/** All that a wallet has to know, typed in from a block explorer. */
const ABI = parseAbi(['function command(uint256 order)', 'function commandMany(uint256[] orders)']);

/** First 4 bytes of keccak256 of "command(uint256)". */
const COMMAND_SELECTOR = toFunctionSelector('command(uint256)').slice(2);

/** `lock:160 | challenge:32 | epoch:16 | notAfter:40 | action:8`, five minutes from now. */
function orderByHand(lock: Hex, action: number): bigint {
  const notAfter = BigInt(Math.floor(Date.now() / 1_000) + 300);
  return (BigInt(lock) << 96n) | (1n << 48n) | (notAfter << 8n) | BigInt(action);
}

describe('any wallet', () => {
  let chain: TestChain;
  before(async () => {
    chain = await TestChain.start();
  });
  after(() => chain.stop());

  const wallet = (lock: TestLock) =>
    createWalletClient({ account: lock.owner, transport: http(chain.anvil.rpcUrl) });

  /** The bolt is where it was sent, once, and the signed receipt says who sent it. */
  async function moved(lock: TestLock, hash: Hex, to: 'locked' | 'unlocked'): Promise<void> {
    const receipt = await lock.receiptOf(hash);
    assert.equal(receipt.bolt, to);
    assert.equal(lock.world.bolt, to);
    assert.equal(lock.world.moves, 1);
    assert.equal(formatHex(receipt.lastCommand?.by ?? assert.fail()), lock.owner.address.toLowerCase());
    assert.equal(receipt.lastCommand?.reason, 'none');
  }

  it('moves the lock by writeContract, and the report verifies by OpenSSL, by noble and on chain', () =>
    withLock({ chain }, async (lock) => {
      const hash = await wallet(lock).writeContract({
        address: chain.registry,
        abi: ABI,
        functionName: 'command',
        args: [orderByHand(lock.address, UNLOCK)],
        chain: null,
      });
      await moved(lock, hash, 'unlocked');
      const { cose } = lock.delivered.at(-1) ?? assert.fail();
      assert.ok(opensslVerifies(cose, lock.paired.publicKey33), 'OpenSSL');
      const parts = sign1Parts(cose);
      const digest32 = createHash('sha256').update(rawSigStructure(parts)).digest();
      assert.ok(verify(parts.signature64, digest32, lock.paired.publicKey33, { prehash: false }), 'noble');
      const answer = await new ReportVerifier(chain.anvil.rpcUrl).check(cose);
      assert.ok(answer !== 'refused', 'SHA-256 precompile and ecrecover');
      assert.equal(answer.lock, lock.address);
      console.log(`        a report of ${cose.length} bytes costs ${answer.gasUsed} gas to check on chain`);
      assert.ok(answer.gasUsed < 7_000, `${answer.gasUsed} gas`);
    }));

  it('moves the lock by sendTransaction with the calldata of a block explorer', () =>
    withLock({ chain }, async (lock) => {
      const word = orderByHand(lock.address, UNLOCK).toString(16).padStart(64, '0');
      const data: Hex = `0x${COMMAND_SELECTOR}${word}`;
      const hash = await wallet(lock).sendTransaction({ to: chain.registry, data, chain: null });
      await moved(lock, hash, 'unlocked');
    }));

  const fees = { maxFeePerGas: 4_000_000_000n, maxPriorityFeePerGas: 1_000_000_000n };
  for (const [name, type] of [
    ['0 (EIP-155)', { type: 'legacy', gasPrice: 4_000_000_000n }],
    ['1 (EIP-2930)', { type: 'eip2930', gasPrice: 4_000_000_000n, accessList: true }],
    ['2 (EIP-1559)', { type: 'eip1559', ...fees }],
    ['2 with an access list', { type: 'eip1559', ...fees, accessList: true }],
  ] as const) {
    it(`moves the lock by a signed raw transaction of type ${name}`, () =>
      withLock({ chain }, async (lock) => {
        const { accessList, ...fields } = { accessList: false, ...type };
        const args = [orderByHand(lock.address, UNLOCK)] as const;
        const serializedTransaction = await lock.owner.signTransaction({
          ...fields,
          chainId: chain.anvil.chainId,
          nonce: await chain.reader.getTransactionCount({ address: lock.owner.address }),
          to: chain.registry,
          gas: 100_000n,
          data: encodeFunctionData({ abi: ABI, functionName: 'command', args }),
          ...(accessList && {
            accessList: [{ address: chain.registry, storageKeys: [`0x${'00'.repeat(31)}01`] }],
          }),
        } as Parameters<typeof lock.owner.signTransaction>[0]);
        const reader = createPublicClient({ transport: http(chain.anvil.rpcUrl) });
        const hash = await reader.sendRawTransaction({ serializedTransaction });
        await moved(lock, hash, 'unlocked');
      }));
  }

  it('moves two locks of one owner by one commandMany, each by its own word', () =>
    withLock({ chain }, (one) =>
      withLock({ chain, owner: one.owner }, async (other) => {
        const [low, high] = one.id < other.id ? [one, other] : [other, one];
        await high.obey(UNLOCK);
        const hash = await wallet(one).writeContract({
          address: chain.registry,
          abi: ABI,
          functionName: 'commandMany',
          args: [[orderByHand(low.address, UNLOCK), orderByHand(high.address, LOCK)]],
          chain: null,
        });
        await moved(low, hash, 'unlocked');
        assert.equal((await high.receiptOf(hash)).bolt, 'locked');
        assert.equal(high.world.bolt, 'locked');
      }),
    ));

  it('leaves a lock alone by an order to another one of the same owner', () =>
    withLock({ chain }, (one) =>
      withLock({ chain, owner: one.owner }, async (other) => {
        await other.obey(UNLOCK);
        await one.pollsPass(2);
        assert.equal(one.world.moves, 0);
        assert.deepEqual(one.refusals, []);
      }),
    ));

  it('opens with the challenge of the last report, and not with another', () =>
    withLock({ chain }, async (lock) => {
      const challenge = () =>
        Number(`0x${formatHex(lock.reports.at(-1)?.nonce ?? assert.fail()).slice(2, 10)}`);
      const wrong = await lock.command(UNLOCK, lock.owner, { challenge: (challenge() ^ 1) >>> 0 });
      assert.equal(await lock.refusalOf(wrong), 'challenge');
      await lock.obey(UNLOCK, lock.owner, { challenge: challenge() });
      assert.equal(lock.world.moves, 1);
    }));
});
