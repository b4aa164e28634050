import { encodeFunctionData } from 'viem';
import type { PrivateKeyAccount } from 'viem/accounts';
import { LOCK_REGISTRY_ABI } from '../../contracts/generated/lock-registry.js';
import { deployLockRegistry } from '../../contracts/script/deploy.js';
import { addressOf } from '../../firmware/crypto/address.js';
import { guardEngine } from '../../firmware/crypto/guarded-engine.js';
import { createNobleEngine } from '../../firmware/crypto/noble-engine.js';
import { toEvmSignature65 } from '../../firmware/crypto/signature.js';
import { compareBytes, readUint } from '../../firmware/protocol/bytes.js';
import {
  encodeCommandCall,
  encodeCommandManyCall,
  encodeGrantCall,
  encodeHandoverCall,
} from '../../firmware/protocol/command.js';
import { registrationDigest } from '../../firmware/protocol/eip712.js';
import { formatHex, parseHex } from '../../firmware/protocol/hex.js';
import { ACTION, type Order } from '../../firmware/protocol/order.js';
import { FOR_EVER_SECONDS, RIGHT, type Terms } from '../../firmware/protocol/terms.js';
import type { Closers } from './closers.js';
import { deployedAt, GasChain } from './gas-chain.js';
import type { Gas } from './gas-schedule.js';
import { NAIVE_ABI } from './naive-lock.js';
import type { Progress } from './progress.js';

export interface GasFigures {
  /** The rules of the node that the receipts come from. */
  readonly hardFork: string;
  readonly calls: Readonly<Record<string, Gas>>;
  readonly naive: Readonly<Record<string, Gas>>;
}

const LOCKS = 100;
const DAY_SECONDS = 86_400;
const CHALLENGE = Uint8Array.of(0x9d, 0x41, 0xc7, 0xe6);
const NO_CHALLENGE = new Uint8Array(4);

/**
 * Prices every call of the registry, and the naive lock's, from receipts. Keys and times are the same in each run.
 * @param naiveCode - the naive lock's creation code
 */
export async function measureGas(
  naiveCode: Uint8Array,
  closers: Closers,
  progress: Progress,
): Promise<GasFigures> {
  const chain = await GasChain.start();
  closers.add(() => chain.anvil.stop());
  const account = chain.person(9);
  const { address } = await deployLockRegistry({ rpcUrl: chain.anvil.rpcUrl, account, pollIntervalMs: 25 });
  const calls = await priceRegistry(new Registry(chain, parseHex(address.toLowerCase(), 20)), progress);
  const naive = await priceNaive(chain, naiveCode);
  return { hardFork: await chain.hardFork(), calls, naive };
}

async function priceRegistry(registry: Registry, progress: Progress): Promise<Record<string, Gas>> {
  const { chain, owner, guest, other } = registry;
  const gas: Record<string, Gas> = {};
  const lock = registry.newLock();
  gas['register'] = await registry.register(lock);
  const order = { action: ACTION.unlockThenRelock };
  // The first order fills fields that were zero in a slot that was not; all of them cost the same.
  gas['command by the owner'] = await registry.call(owner, registry.command(lock, order));
  gas['command by the owner, with a challenge'] = await registry.call(
    owner,
    registry.command(lock, { ...order, challenge4: CHALLENGE }),
  );
  const window = { notBeforeSeconds: chain.now, notAfterSeconds: chain.now + DAY_SECONDS };
  const grant = () => registry.grant(lock, { ...window, rights: RIGHT.lock | RIGHT.unlock });
  gas['grant, first'] = await registry.call(owner, grant());
  gas['grant, again'] = await registry.call(owner, grant());
  gas['command by a guest'] = await registry.call(guest, registry.command(lock, order));
  const locks: Device[] = [];
  for (let i = 1; i <= LOCKS; i++) {
    const each = registry.newLock();
    await registry.register(each);
    locks.push(each);
    progress.part(i, LOCKS, 'locks registered');
  }
  locks.sort((a, b) => compareBytes(a.address20, b.address20));
  const many = locks.map((each) => registry.order(each, { challenge4: CHALLENGE }));
  const total = await registry.call(owner, encodeCommandManyCall(many));
  gas['commandMany of 100, each'] = {
    ethereum: Math.ceil(total.ethereum / LOCKS),
    iotex: Math.ceil(total.iotex / LOCKS),
  };
  gas['post of 256 bytes'] = await registry.call(
    owner,
    abiCall('post', [`0x${'c5'.repeat(32)}`, `0x${'a7'.repeat(256)}`]),
  );
  gas['handover'] = await registry.call(
    owner,
    encodeHandoverCall(lock.address20, other20(other), {
      epoch: 1,
      newEpoch: 2,
      notAfterSeconds: chain.now + 30 * DAY_SECONDS,
    }),
  );
  const [first, second] = locks as [Device, Device];
  await registry.call(owner, registry.grant(first, { ...window, rights: RIGHT.unlock }));
  gas['grant of no rights (revocation)'] = await registry.call(
    owner,
    registry.grant(first, { notAfterSeconds: 0, rights: 0 }),
  );
  gas['transferFrom (ERC-721)'] = await registry.call(
    owner,
    abiCall('transferFrom', [owner.address, other.address, readUint(second.address20)]),
  );
  return gas;
}

async function priceNaive(chain: GasChain, code: Uint8Array): Promise<Record<string, Gas>> {
  const owner = chain.person(3);
  const deployment = await chain.send(owner, undefined, code);
  const lock20 = deployedAt(deployment);
  const set = (locked: boolean) =>
    parseHex(encodeFunctionData({ abi: NAIVE_ABI, functionName: 'setLocked', args: [locked] }));
  return {
    unlock: await chain.price(owner, lock20, set(false)),
    lock: await chain.price(owner, lock20, set(true)),
  };
}

interface Device {
  readonly secret32: Uint8Array;
  readonly address20: Uint8Array;
}

/** One registry and people who call it. */
class Registry {
  readonly chain: GasChain;
  readonly owner: PrivateKeyAccount;
  readonly guest: PrivateKeyAccount;
  readonly other: PrivateKeyAccount;
  readonly #registry20: Uint8Array;
  readonly #engine = guardEngine(createNobleEngine());
  #made = 0;

  constructor(chain: GasChain, registry20: Uint8Array) {
    this.chain = chain;
    this.#registry20 = registry20;
    this.owner = chain.person(0);
    this.guest = chain.person(1);
    this.other = chain.person(2);
  }

  call(from: PrivateKeyAccount, data: Uint8Array): Promise<Gas> {
    return this.chain.price(from, this.#registry20, data);
  }

  /** A device with the same key in each run, and no zero byte in its address. */
  newLock(): Device {
    for (;;) {
      const secret32 = this.#engine.keccak256(Uint8Array.of(++this.#made));
      const address20 = addressOf(this.#engine, this.#engine.publicKey(secret32));
      if (!address20.includes(0)) return { secret32, address20 };
    }
  }

  register({ secret32, address20 }: Device): Promise<Gas> {
    const deadline = this.chain.now + 600;
    const domain = { chainId: this.chain.anvil.chainId, registry20: this.#registry20 };
    const consent = { lock: address20, owner: other20(this.owner), deadline };
    const digest32 = registrationDigest(this.#engine.keccak256, domain, consent);
    const signature65 = toEvmSignature65(this.#engine.signRecoverable(digest32, secret32));
    const args = [formatHex(address20), BigInt(deadline), formatHex(signature65)];
    return this.call(this.owner, abiCall('register', args));
  }

  order({ address20 }: Device, fields: Partial<Order> = {}): Order {
    const notAfterSeconds = this.chain.now + 301;
    const order = { challenge4: NO_CHALLENGE, epoch: 1, notAfterSeconds, action: ACTION.lock };
    return { lock: address20, ...order, ...fields };
  }

  command(lock: Device, fields: Partial<Order>): Uint8Array {
    return encodeCommandCall(this.order(lock, fields));
  }

  grant({ address20 }: Device, fields: Partial<Terms> & Pick<Terms, 'rights'>): Uint8Array {
    return encodeGrantCall(address20, other20(this.guest), {
      notBeforeSeconds: 0,
      notAfterSeconds: FOR_EVER_SECONDS,
      weekdays: 0x7f,
      dayStartMinutes: 0,
      dayEndMinutes: 0,
      uses: 0,
      epoch: 1,
      serial: this.chain.now + 1,
      ...fields,
    });
  }
}

function other20(account: PrivateKeyAccount): Uint8Array {
  return parseHex(account.address.toLowerCase(), 20);
}

function abiCall(functionName: string, args: readonly unknown[]): Uint8Array {
  return parseHex(encodeFunctionData({ abi: LOCK_REGISTRY_ABI, functionName, args } as never));
}
