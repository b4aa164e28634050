import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bytesToHex, encodeFunctionData, type Hex, hexToBytes } from 'viem';
import type { PrivateKeyAccount } from 'viem/accounts';
import { LOCK_REGISTRY_ABI } from '../../contracts/generated/lock-registry.js';
import { guardEngine } from '../../firmware/crypto/guarded-engine.js';
import { createNobleEngine } from '../../firmware/crypto/noble-engine.js';
import type { Notice } from '../../firmware/lock/ports.js';
import type { RefusalReason } from '../../firmware/protocol/refusal.js';
import type { Report } from '../../firmware/protocol/report.js';
import { LockHost, type LockHostOptions } from '../../host-sim/lock-host.js';
import { DoorWorld, PINS } from '../../host-sim/world/door-world.js';
import { type PairedLock, type PairingOptions, pairLock } from '../../tools/latchkey/owner/pairing-client.js';
import { ReportInbox } from '../../tools/latchkey/owner/report-inbox.js';
import { handoverWord, orderWord, type TermsFields, termsWord } from '../contracts/words.js';
import { patiently, until } from './patience.js';
import { opensslVerifies } from './report-oracle.js';
import type { Signed, TestChain } from './test-chain.js';

export const LOCK = 1;
export const UNLOCK = 2;

export interface TestLockOptions {
  readonly chain: TestChain;
  /** The chain's own node where absent. */
  readonly endpoints?: readonly string[];
  readonly owner?: PrivateKeyAccount;
  readonly host?: Partial<LockHostOptions>;
}

interface Delivered {
  readonly seq: number;
  readonly cose: Uint8Array;
}

interface OrderChange {
  readonly notAfter?: number;
  readonly epoch?: number;
  readonly challenge?: number;
}

/** One lock of an owner: the firmware on its host, and everything that it ever said. */
export class TestLock {
  readonly chain: TestChain;
  readonly world: DoorWorld;
  readonly host: LockHost;
  readonly owner: PrivateKeyAccount;
  readonly notices: Notice[] = [];
  readonly delivered: Delivered[] = [];
  /** Verified, in the chain's order. */
  readonly reports: Report[] = [];
  readonly problems: string[] = [];
  readonly #folder: string;
  #paired: PairedLock | undefined;
  #port = 0;
  #inbox: ReportInbox | undefined;
  #polls = 0;

  private constructor(options: TestLockOptions, owner: PrivateKeyAccount) {
    this.chain = options.chain;
    this.owner = owner;
    this.#folder = mkdtempSync(join(tmpdir(), 'latchkey-e2e-'));
    const { clock } = options.chain;
    this.world = new DoorWorld({ clock, travelMs: 40 });
    this.host = new LockHost({
      engine: guardEngine(createNobleEngine()),
      world: this.world,
      dataDirectory: this.#folder,
      clock,
      pollIntervalMs: 100,
      ...options.host,
    });
    this.host.on((event) => {
      if (event.kind === 'notice') this.#noticed(event.notice);
      else if (event.kind === 'delivered') this.#take(event.seq, event.cose);
      else if (event.kind === 'crashed') this.problems.push(`crashed: ${event.message}`);
    });
  }

  static async start(options: TestLockOptions): Promise<TestLock> {
    const lock = new TestLock(options, options.owner ?? (await options.chain.newPerson()));
    try {
      await lock.#setUp(options.endpoints ?? [options.chain.anvil.rpcUrl]);
      return lock;
    } catch (error) {
      lock.stop();
      throw error;
    }
  }

  stop(): void {
    this.host.stop();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  /** What no test may leave behind: a crash, a report that does not verify, one that is missing. */
  check(): void {
    assert.deepEqual(this.problems, []);
    const seqs = new Set(this.delivered.map(({ seq }) => seq));
    assert.equal(this.reports.length, seqs.size, 'every delivered report has its place in the chain');
    for (const { cose, seq } of this.delivered)
      assert.ok(opensslVerifies(cose, this.paired.publicKey33), `OpenSSL verifies report ${seq}`);
  }

  get paired(): PairedLock {
    return this.#paired ?? assert.fail('not paired yet');
  }

  get pairingPort(): number {
    return this.#port;
  }

  get address(): Hex {
    return bytesToHex(this.paired.lock20);
  }

  get id(): bigint {
    return BigInt(this.address);
  }

  /** Reasons of all refusals so far, in order. */
  get refusals(): readonly RefusalReason[] {
    return this.notices.flatMap((notice) => (notice.event === 'refused' ? [notice.reason] : []));
  }

  /** Reasons of the refusals after the first `count`, without those of transactions that were refused before. */
  refusalsSince(count: number): readonly RefusalReason[] {
    const refused = this.notices.filter((notice) => notice.event === 'refused');
    const before = new Set(refused.slice(0, count).map(({ tx }) => tx && bytesToHex(tx)));
    const news = refused.slice(count).filter(({ tx }) => tx === undefined || !before.has(bytesToHex(tx)));
    return news.map(({ reason }) => reason);
  }

  get polls(): number {
    return this.#polls;
  }

  // Words and calls, packed here and not by the tools under test

  order(action: number, change: OrderChange = {}): bigint {
    const { notAfter = this.chain.nowSeconds + 300, epoch = 1, challenge = 0 } = change;
    return orderWord({ lockId: this.id, epoch, notAfter, action, challenge });
  }

  orderCall(action: number, change: OrderChange = {}): Hex {
    const args = [this.order(action, change)] as const;
    return encodeFunctionData({ abi: LOCK_REGISTRY_ABI, functionName: 'command', args });
  }

  /** @returns the hash of the transaction, which is mined */
  command(action: number, from = this.owner, change: OrderChange = {}): Promise<Hex> {
    return this.chain.send(from, ['command', [this.order(action, change)]]);
  }

  /** Rights 3 for a day from now, unless told otherwise. */
  terms(fields: Partial<TermsFields> = {}): bigint {
    const { nowSeconds } = this.chain;
    return termsWord({ rights: 3, epoch: 1, serial: nowSeconds, notAfter: nowSeconds + 86_400, ...fields });
  }

  grant(guest: Hex, fields: Partial<TermsFields> = {}): Promise<Hex> {
    return this.chain.send(this.owner, ['grant', [this.id, guest, this.terms(fields)]]);
  }

  grantCall(guest: Hex, fields: Partial<TermsFields> = {}): Hex {
    const args = [this.id, guest, this.terms(fields)] as const;
    return encodeFunctionData({ abi: LOCK_REGISTRY_ABI, functionName: 'grant', args });
  }

  /** Signs a grant of the owner without sending it. */
  signGrant(guest: Hex, fields: Partial<TermsFields> = {}): Promise<Signed> {
    return this.chain.sign(this.owner, this.grantCall(guest, fields));
  }

  handover(from: PrivateKeyAccount, to: Hex, epoch: number, newEpoch = epoch + 1): Promise<Hex> {
    const word = handoverWord(epoch, newEpoch, this.chain.nowSeconds + 86_400);
    return this.chain.send(from, ['handover', [this.id, to, word]]);
  }

  // What became of them

  /** Waits for the verified receipt of an accepted command. */
  async receiptOf(hash: Hex): Promise<Report> {
    return until(`a receipt of ${hash}`, () => this.receipts(hash)[0]).catch((error) => {
      throw new Error(`${(error as Error).message}\n${this.#story()}`);
    });
  }

  /** The verified receipts of one transaction; more than one would be a fault. */
  receipts(hash: Hex): readonly Report[] {
    const seqs = this.notices.flatMap((notice) =>
      notice.event === 'signed' && notice.tx && bytesToHex(notice.tx) === hash ? [notice.seq] : [],
    );
    return this.reports.filter(({ seq }) => seqs.includes(seq));
  }

  /** Waits until a transaction was refused, and for two more polls. */
  async refusalOf(hash: Hex): Promise<RefusalReason> {
    const reason = await until(`a refusal of ${hash}`, () => this.#refusalOf(hash)).catch((error) => {
      throw new Error(`${(error as Error).message}\n${this.#story()}`);
    });
    await this.pollsPass(2);
    return reason;
  }

  /** Waits until the lock asked its nodes that often again and was done with each answer. */
  async pollsPass(count: number): Promise<void> {
    const enough = this.#polls + count;
    await until(`${count} polls`, () => this.#polls >= enough).catch((error) => {
      throw new Error(`${(error as Error).message}\n${this.#story()}`);
    });
  }

  /** Lets time pass for chain and locks alike, while no exchange is under way, so that none runs into its timeout. */
  async passTime(seconds: number): Promise<void> {
    await this.chain.rpc('evm_increaseTime', seconds);
    await this.chain.rpc('evm_mine');
    await new Promise<void>((resolve) => {
      const off = this.host.on((event) => {
        if (event.kind !== 'notice' || event.notice.event !== 'polled') return;
        off();
        this.chain.clock.advance(seconds * 1_000);
        resolve();
      });
    });
  }

  /** Signs an order without sending it. */
  signOrder(
    action: number,
    change: OrderChange & { nonce?: number; tip?: bigint; from?: PrivateKeyAccount } = {},
  ): Promise<Signed> {
    const { nonce, tip, from = this.owner, ...fields } = change;
    return this.chain.sign(from, this.orderCall(action, fields), nonce, tip);
  }

  /** Sends an order and waits for its receipt, which must say that the bolt is there. */
  async obey(action: number, from = this.owner, change: OrderChange = {}): Promise<Report> {
    const receipt = await this.receiptOf(await this.command(action, from, change));
    assert.equal(receipt.bolt, action === LOCK ? 'locked' : 'unlocked');
    assert.equal(this.world.bolt, receipt.bolt);
    return receipt;
  }

  async boot(): Promise<void> {
    const before = this.#polls;
    this.host.boot();
    await until('the first poll after the boot', () => this.#polls > before);
  }

  #refusalOf(hash: Hex): RefusalReason | undefined {
    for (const notice of this.notices) {
      if (notice.event === 'refused' && notice.tx && bytesToHex(notice.tx) === hash) return notice.reason;
    }
    return undefined;
  }

  async #setUp(endpoints: readonly string[]): Promise<void> {
    this.#port = await this.host.listen();
    this.host.boot();
    this.world.pressButton();
    const deadlineSeconds = this.chain.nowSeconds + 1_800;
    const startBlock = Number(await this.chain.reader.getBlockNumber());
    const options = { ...this.pairingOptions(this.owner.address), endpoints, deadlineSeconds, startBlock };
    // The button is debounced: a pairing that comes at once is too early.
    this.#paired = await patiently(/pairing-closed|closed the pairing/, () => pairLock(options));
    const signature = bytesToHex(this.paired.registrationSignature65);
    await this.chain.send(this.owner, ['register', [this.address, BigInt(deadlineSeconds), signature]]);
    await this.pollsPass(1);
    // Pairing before the finger was felt is refused, and no part of any test.
    this.notices.length = 0;
  }

  /** Presses the inside button, once the finger of a press before has been off it for a while. */
  async press(): Promise<void> {
    let offMs: number | undefined;
    await until('the button to be free', () => {
      const nowMs = performance.now();
      if (this.world.pins.level(PINS.button) === 0) offMs = undefined;
      else offMs ??= nowMs;
      return offMs !== undefined && nowMs > offMs + 60;
    });
    this.world.pressButton();
  }

  /** Everything that a pairing says but the lock's address. */
  pairingOptions(owner: Hex): Omit<PairingOptions, 'endpoints' | 'startBlock' | 'deadlineSeconds'> {
    return {
      port: this.#port,
      secret16: this.host.pairingSecret16,
      chainId: BigInt(this.chain.anvil.chainId),
      registry20: hexToBytes(this.chain.registry),
      owner20: hexToBytes(owner),
      ownerUnixSeconds: this.chain.nowSeconds,
    };
  }

  #noticed(notice: Notice): void {
    this.notices.push(notice);
    if (notice.event === 'polled') this.#polls++;
    if (notice.event !== 'booted') return;
    this.#inbox ??= new ReportInbox({
      engine: guardEngine(createNobleEngine()),
      lock20: notice.lock,
      onVerified: (report) => this.reports.push(report),
    });
  }

  #take(seq: number, cose: Uint8Array): void {
    this.delivered.push({ seq, cose });
    const receipt = this.#inbox?.receive(cose);
    if (receipt?.verdict === 'bad') this.problems.push(`report ${seq}: ${receipt.problem}`);
  }

  #story(): string {
    const lines = this.notices.slice(-40).map((notice) => {
      const fields = Object.entries(notice).map(([name, value]) =>
        value instanceof Uint8Array ? `${name}=${bytesToHex(value).slice(0, 14)}` : `${name}=${value}`,
      );
      return `  ${fields.join(' ')}`;
    });
    return `the lock said:\n${[...lines, ...this.problems].join('\n')}`;
  }
}
