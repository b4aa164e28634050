import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { hexToBytes } from 'viem';
import { handoverWord } from './words.js';
import { type Lock, type Sent, World } from './world.js';

/** Gas of one transaction on each chain's schedule. */
interface Gas {
  readonly ethereum: number;
  readonly iotex: number;
}

/** `LATCHKEY_UPDATE_GAS=1 npx mocha dist/tests/contracts/gas.test.js` writes the snapshot anew. */
const UPDATE = 'LATCHKEY_UPDATE_GAS';
const CHALLENGE = 0x9d_41_c7_e6;

describe('gas of LockRegistry', function () {
  this.timeout(60_000);
  const path = fileURLToPath(new URL('../../../contracts/snapshots/gas.json', import.meta.url));
  let measured: Record<string, Gas>;

  before(async () => {
    measured = await measure();
    if (process.env[UPDATE]) writeFileSync(path, `${JSON.stringify(measured, null, 2)}\n`);
  });

  it('is what the committed snapshot says', () => {
    assert.deepEqual(measured, JSON.parse(readFileSync(path, 'utf8')));
  });

  for (const [name, ethereumMax, iotexMax] of [
    ['command by the owner', 28_600, 20_700],
    ['command by the owner, with a challenge', 28_600, 20_700],
    ['grant, first', 51_000, Number.POSITIVE_INFINITY],
    ['commandMany of 100, each', 7_500, Number.POSITIVE_INFINITY],
  ] as const) {
    it(`${name}: at most ${ethereumMax}`, () => {
      const gas = measured[name];
      assert.ok(gas && gas.ethereum <= ethereumMax && gas.iotex <= iotexMax, JSON.stringify(gas));
    });
  }
});

async function measure(): Promise<Record<string, Gas>> {
  const world = await World.start();
  try {
    const { owner, guest, stranger } = world;
    const gas: Record<string, Gas> = {};
    const lock = world.newLock();
    const deadline = world.now + 600;
    const signature = await world.registration(lock.device, owner.address, deadline);
    gas['register'] = price(await world.send(owner, 'register', [lock.address, deadline, signature]));
    // The first order fills fields that were zero in a slot that was not; all of them cost the same.
    const order = { action: 3 };
    gas['command by the owner'] = price(await world.send(owner, 'command', [world.order(lock, order)]));
    gas['command by the owner, with a challenge'] = price(
      await world.send(owner, 'command', [world.order(lock, { ...order, challenge: CHALLENGE })]),
    );
    const terms = { rights: 3, notBefore: world.now, notAfter: world.now + 86_400 };
    gas['grant, first'] = price(
      await world.send(owner, 'grant', [lock.id, guest.address, world.terms(terms)]),
    );
    gas['grant, again'] = price(
      await world.send(owner, 'grant', [lock.id, guest.address, world.terms(terms)]),
    );
    gas['command by a guest'] = price(await world.send(guest, 'command', [world.order(lock, order)]));
    const locks: Lock[] = [];
    for (let i = 0; i < 100; i++) locks.push(await world.newRegisteredLock());
    locks.sort((a, b) => (a.id < b.id ? -1 : 1));
    const many = await world.send(owner, 'commandMany', [
      locks.map((each) => world.order(each, { challenge: CHALLENGE })),
    ]);
    const total = price(many);
    gas['commandMany of 100, each'] = {
      ethereum: Math.ceil(total.ethereum / 100),
      iotex: Math.ceil(total.iotex / 100),
    };
    gas['post of 256 bytes'] = price(
      await world.send(owner, 'post', [`0x${'c5'.repeat(32)}`, `0x${'a7'.repeat(256)}`]),
    );
    const word = handoverWord(1, 2, world.now + 30 * 86_400);
    gas['handover'] = price(await world.send(owner, 'handover', [lock.id, stranger.address, word]));
    return gas;
  } finally {
    await world.stop();
  }
}

/**
 * Ethereum counts no less than 21,000 + 10 a token of calldata, 4 tokens a byte that is not zero (EIP-7623); our node
 * runs the hard fork before that. IoTeX counts the larger of 10,000 + 100 a calldata byte + execution, and 10,000 +
 * 250 a byte; execution is what the receipt holds beyond 21,000 and 4 a token.
 */
function price({ receipt, data }: Sent): Gas {
  const bytes = hexToBytes(data);
  const tokens = bytes.reduce((sum, byte) => sum + (byte === 0 ? 1 : 4), 0);
  const used = Number(receipt.gasUsed);
  const execution = used - 21_000 - 4 * tokens;
  return {
    ethereum: Math.max(used, 21_000 + 10 * tokens),
    iotex: Math.max(10_000 + 100 * bytes.length + execution, 10_000 + 250 * bytes.length),
  };
}
