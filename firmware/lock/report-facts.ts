import type { CryptoEngine } from '../crypto/engine.js';
import { domainDigest8 } from '../protocol/report-digests.js';
import { waitingAdoption, waitSecondsOf } from './adoption.js';
import type { BoltMachine } from './bolt.js';
import type { Identity } from './identity.js';
import type { LockState } from './lock-state.js';
import type { ReportFacts } from './reporter.js';

/** Where the facts of a report come from. */
export interface ReportSources {
  readonly engine: CryptoEngine;
  readonly memory: {
    readonly identity: Identity;
    readonly durable: LockState;
  };
  readonly bolt: BoltMachine;
  /** Authenticated Unix seconds, or undefined. */
  readonly nowSeconds: number | undefined;
  readonly challenge16: Uint8Array;
  readonly uptimeMs: number;
  readonly batteryMilliVolts: number | undefined;
  /** Highest block that a node told of. */
  readonly head: number;
  /** Bits of ALARM. */
  readonly alarms: number;
  readonly accessDigest16: Uint8Array;
}

/** Gathers what a report says of the lock right now. */
export function reportFacts(sources: ReportSources): ReportFacts {
  const { engine, memory, bolt, nowSeconds, batteryMilliVolts } = sources;
  // What flash has not taken is not so yet: a buyer pays on what a report says of the owner.
  const { authority } = memory.durable;
  const { settings } = memory.identity;
  const adoption = waitingAdoption(memory.durable);
  return {
    ...(nowSeconds === undefined ? {} : { issuedAtSeconds: nowSeconds }),
    nonce: sources.challenge16,
    uptimeSeconds: Math.floor(sources.uptimeMs / 1000),
    bolt: bolt.position,
    door: bolt.door,
    ...(batteryMilliVolts === undefined ? {} : { batteryMilliVolts }),
    blockHeight: sources.head,
    policyVersion: 0,
    alarms: sources.alarms,
    ...(authority === undefined ? {} : { owner: authority.owner }),
    epoch: authority?.epoch ?? 0,
    // Normal mode has one form: nothing is said of it.
    ...(authority === undefined || authority.modes === 0 ? {} : { modes: authority.modes }),
    ...(adoption === undefined
      ? {}
      : {
          adoption: {
            owner: adoption.owner,
            epoch: adoption.epoch,
            challenge16: adoption.challenge16,
            waitSeconds: waitSecondsOf(adoption),
          },
        }),
    accessDigest16: sources.accessDigest16,
    domainDigest8:
      settings === undefined
        ? new Uint8Array(8)
        : domainDigest8(engine.sha256, settings.chainId, settings.registry),
  };
}
