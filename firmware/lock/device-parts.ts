import type { CryptoEngine } from '../crypto/engine.js';
import { asciiBytes, concatBytes, equalBytes, readUint } from '../protocol/bytes.js';
import { ueidOf } from '../protocol/eat.js';
import { REORG_BLOCKS, VETO_POLL_FACTOR } from '../protocol/limits.js';
import { AdoptionDesk } from './adoption-desk.js';
import { AlarmDesk } from './alarm-desk.js';
import { Alarms } from './alarms.js';
import { BoltDesk } from './bolt-desk.js';
import { Challenge } from './challenge.js';
import { Clock } from './clock.js';
import { CommandDesk } from './command-desk.js';
import { Heartbeat } from './heartbeat.js';
import { Jitter } from './jitter.js';
import { Lease } from './lease.js';
import { Ledger } from './ledger.js';
import { Memory } from './memory.js';
import { Movements } from './movements.js';
import { PairingDesk } from './pairing-desk.js';
import { isPassageNow } from './passage.js';
import { Pinning } from './pinning.js';
import { PollInterval } from './poll-interval.js';
import { readPollSettings } from './poll-settings.js';
import { Poller } from './poller.js';
import type { RecordSource } from './ports.js';
import { relockTimesOf } from './relock.js';
import { ReportDesk } from './report-desk.js';
import { Reporter } from './reporter.js';
import { Startup } from './startup.js';
import type { Task } from './task.js';
import { type VetoSearch, VetoWatch } from './veto-watch.js';

const POLL_INTERVAL_MS_DEFAULT = 1_000;

export interface DeviceOptions {
  readonly engine: CryptoEngine;
  /** Flash, read while the parts are put together. */
  readonly records: RecordSource;
  /** Fresh randomness of this boot. */
  readonly entropy32: Uint8Array;
  /** Bound to the chip where the chip can. */
  readonly journalKey32: Uint8Array;
  /** Printed as a QR code that is not on the lock's body. */
  readonly pairingSecret16: Uint8Array;
  readonly firmwareVersion: string;
  /** When the firmware was built, Unix seconds; 0 where nobody knows. */
  readonly buildUnixSeconds: number;
  /** Between two polls while somebody is at the lock; given alone, between any two. */
  readonly pollIntervalMs?: number;
  /** Between two polls once nothing has happened for long, in place of the setting `idle-poll`. */
  readonly idlePollMs?: number;
  /** In place of the setting's. */
  readonly heartbeatMs?: number;
  /** In place of the setting's. */
  readonly relockMs?: number;
}

/** The machines of one boot, put together from what flash held. */
export interface DeviceParts {
  readonly memory: Memory<Task>;
  /** 20-byte address of the device key. */
  readonly lock20: Uint8Array;
  readonly clock: Clock;
  readonly pairing: PairingDesk;
  readonly commands: CommandDesk;
  readonly bolt: BoltDesk;
  readonly reports: ReportDesk;
  readonly ledger: Ledger;
  readonly pinning: Pinning;
  readonly alarms: Alarms;
  readonly alarmDesk: AlarmDesk;
  readonly movements: Movements;
  readonly adoption: AdoptionDesk;
  readonly startup: Startup;
}

/** Puts the machines of a lock together. Draws a device key where flash holds none; writes nothing yet. */
export function assemble(options: DeviceOptions): DeviceParts {
  const { engine, entropy32, firmwareVersion } = options;
  const memory = new Memory<Task>(engine, options.journalKey32, options.records, entropy32);
  const { state, identity } = memory;
  const { secretKey32 } = identity;
  const { publicKey33, lock20 } = memory;
  const bootCount = state.bootCount + 1;
  const clock = new Clock({
    floorSeconds: Math.max(options.buildUnixSeconds, state.floorSeconds),
    synchronisedBefore: state.synchronisedBefore,
  });
  const challenge = new Challenge(engine, 'order', secretKey32, bootCount, entropy32);
  const bolt = new BoltDesk({
    owedLock: state.owedLock,
    relockTimes: () => {
      const times = relockTimesOf(memory.identity.settings?.texts);
      return { ...times, relockMs: options.relockMs ?? times.relockMs };
    },
    isPassage: (uptimeMs) =>
      isPassageNow({
        modes: memory.durable.authority?.modes ?? 0,
        texts: memory.identity.settings?.texts,
        nowSeconds: clock.read(uptimeMs).nowSeconds,
      }),
  });
  const reporter = new Reporter({
    engine,
    entropy32,
    identity: { secretKey32, lock20, ueid: ueidOf(engine.sha256(publicKey33)) },
    firmwareVersion,
    bootCount,
    lastSeq: Math.max(state.headSeq, state.leasedSeq),
    lastHash16: state.headHash16,
  });
  const { machine } = bolt;
  const alarms = new Alarms({ bolt: machine, clock, memory, firmwareVersion });
  const reports = new ReportDesk({
    engine,
    reporter,
    memory,
    bolt: machine,
    alarms,
    clock,
    challenge,
    heartbeat: new Heartbeat(() => memory.identity.settings, options.heartbeatMs),
  });
  const nonce = new Challenge(engine, 'pairing', secretKey32, bootCount, entropy32);
  const secret16 = options.pairingSecret16;
  const pairing = new PairingDesk({ engine, secretKey32, publicKey33, lock20, memory, secret16, nonce });
  const jitter = new Jitter(jitterSeed(options, lock20));
  const lease = new Lease({ memory, clock });
  const ledger = new Ledger({
    memory,
    clock,
    reports,
    lease,
    createPoller: (firstId) => createPoller({ options, memory, clock, jitter, lock20 }, firstId),
  });
  const watch = new VetoWatch({
    engine,
    lock20,
    domain: () => pinnedDomain(memory),
    isBusy: () => ledger.poller !== undefined && ledger.poller.dueMs === undefined,
    createPoller: (search) => createVetoPoller({ options, memory, clock, jitter, lock20 }, search),
  });
  const { buildUnixSeconds } = options;
  const alarmDesk = new AlarmDesk({ alarms, memory, reports, ledger });
  return {
    memory,
    lock20,
    clock,
    bolt,
    pairing,
    reports,
    ledger,
    commands: new CommandDesk({ engine, lock20, clock, challenge, memory, reports, lease, alarms }),
    pinning: new Pinning({ memory, ledger, clock, pairing, reports, buildUnixSeconds }),
    alarms,
    alarmDesk,
    movements: new Movements({ memory, bolt, reports, ledger, alarms, alarmDesk }),
    adoption: new AdoptionDesk({ engine, lock20, memory, ledger, reports, alarms, pairing, watch }),
    startup: new Startup({ memory, ledger, alarms }),
  };
}

interface PollerParts {
  readonly options: DeviceOptions;
  readonly memory: Pick<Memory<never>, 'identity' | 'state'>;
  readonly clock: Clock;
  readonly jitter: Jitter;
  readonly lock20: Uint8Array;
}

function createPoller(parts: PollerParts, firstId: number): Poller | undefined {
  const { options, memory, clock, jitter, lock20 } = parts;
  const { settings } = memory.identity;
  if (settings === undefined || memory.state.authority === undefined) return undefined;
  const { pollIntervalMs, idlePollMs = pollIntervalMs } = options;
  const { idleMs, isExpected } = readPollSettings(settings.texts, clock);
  return new Poller({
    lock20,
    firstId,
    jitter,
    interval: new PollInterval({
      fastMs: pollIntervalMs ?? POLL_INTERVAL_MS_DEFAULT,
      idleMs: idlePollMs ?? idleMs,
      jitter,
      isExpected,
    }),
    registry20: settings.registry,
    startBlock: settings.startBlock,
    urls: settings.endpoints,
    cursors: memory.state.cursors,
    isJudged: (hash) => memory.state.judged.some((judged) => equalBytes(judged, hash)),
  });
}

/** Where the chain may be reorganised, a veto may move to a block before. */
function createVetoPoller(
  { options, memory, clock, jitter, lock20 }: PollerParts,
  { tag32, sinceBlock, firstId }: VetoSearch,
): Poller | undefined {
  const { settings } = memory.identity;
  if (settings === undefined) return undefined;
  const { pollIntervalMs, idlePollMs = pollIntervalMs } = options;
  const { idleMs, isExpected } = readPollSettings(settings.texts, clock);
  const rareMs = (pollIntervalMs ?? POLL_INTERVAL_MS_DEFAULT) * VETO_POLL_FACTOR;
  const slowMs = Math.max(rareMs, idlePollMs ?? idleMs);
  return new Poller({
    lock20,
    jitter,
    interval: new PollInterval({ fastMs: slowMs, idleMs: slowMs, jitter, isExpected }),
    firstId,
    tag32,
    registry20: settings.registry,
    startBlock: Math.max(settings.startBlock, sinceBlock - REORG_BLOCKS),
    urls: settings.endpoints,
    cursors: [],
    // Each is one curve operation, and judged again after a reboot alone.
    isJudged: () => false,
  });
}

function pinnedDomain({ identity }: Pick<Memory<never>, 'identity'>) {
  const { settings } = identity;
  return settings && { chainId: settings.chainId, registry20: settings.registry };
}

/** Hashed, because keys are drawn from the same entropy and everybody sees when a lock polls. */
function jitterSeed({ engine, entropy32 }: DeviceOptions, lock20: Uint8Array): number {
  const digest32 = engine.sha256(concatBytes(asciiBytes('latchkey jitter 1'), lock20, entropy32));
  return Number(readUint(digest32.subarray(0, 4)));
}
