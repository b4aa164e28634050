import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Address } from 'viem';
import { parseAddress, shortAddress } from './address-text.js';
import { parseChain } from './chains.js';
import type { LockRecord } from './config.js';
import { EXIT_CODES, Failure } from './owner/failure.js';
import { absoluteSource, SINK_FILE } from './report-source.js';
import type { Tool } from './tool.js';

/** The lock that a command is about. */
export interface ChosenLock {
  /** What people call it: its name, or its short address. */
  readonly name: string;
  readonly address: Address;
  readonly registry: Address;
  /** Absent where a lock is named by its address alone, and no chain is. */
  readonly chainId?: number;
  readonly startBlock: number;
  readonly rpc?: string;
  readonly reports?: string;
  /** What the configuration holds of it, if it does. */
  readonly record?: LockRecord;
}

/** --lock by name or address, else the one of latchkey.json, else the only one. @throws Failure */
export function chosenLock({ flags, config, io, home }: Tool): ChosenLock {
  const { content } = config;
  const locks = Object.entries(content.locks ?? {});
  const wanted = flags.lock ?? io.env['LATCHKEY_LOCK'] ?? content.lock;
  const found =
    wanted === undefined
      ? only(locks)
      : locks.find(([name, { address }]) => name === wanted || address === wanted.toLowerCase());
  const registry = flags.registry === undefined ? undefined : parseAddress(flags.registry, 'registry');
  const reports = reportsOf(flags.reports, found?.[1].reports, io.cwd, home);
  if (found) {
    const [name, record] = found;
    return {
      name,
      ...record,
      record,
      ...(registry && { registry }),
      ...(reports !== undefined && { reports }),
    };
  }
  if (wanted === undefined || !wanted.startsWith('0x'))
    throw unknown(
      wanted,
      locks.map(([name]) => name),
      config.path,
    );
  const address = parseAddress(wanted, 'lock');
  const place = registry ?? content.registry;
  if (place === undefined)
    throw new Failure(EXIT_CODES.usage, 'no registry is known: say --registry ADDRESS');
  return {
    name: shortAddress(address),
    address,
    registry: place,
    ...(content.chain !== undefined && { chainId: parseChain(flags.chain ?? content.chain) }),
    startBlock: content.registryBlock ?? 0,
    ...(reports !== undefined && { reports }),
  };
}

/** --reports, else what the lock's record says, else the file that a sink of ours writes. */
function reportsOf(
  said: string | undefined,
  kept: string | undefined,
  cwd: string,
  home: string,
): string | undefined {
  if (said !== undefined) return absoluteSource(said, cwd);
  const ofSink = join(home, SINK_FILE);
  return kept ?? (existsSync(ofSink) ? ofSink : undefined);
}

function only(locks: readonly (readonly [string, LockRecord])[]) {
  return locks.length === 1 ? locks[0] : undefined;
}

function unknown(wanted: string | undefined, names: readonly string[], path: string): Failure {
  const known =
    names.length === 0 ? `${path} knows none: latchkey pair names one` : `${path} knows ${names.join(', ')}`;
  return new Failure(
    EXIT_CODES.usage,
    wanted === undefined
      ? `say which lock is meant by --lock: ${known}`
      : `there is no lock "${wanted}": ${known}`,
  );
}
