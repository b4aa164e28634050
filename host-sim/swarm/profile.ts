import { type Profiler, Session } from 'node:inspector';

/** Of the time that something took, how much went into one part of a world, 0 to 1. */
export interface Share {
  readonly part: string;
  readonly share: number;
}

type Call = Profiler.ProfileNode;

/** What runs below this is the lock's own doing. */
const LOCK = 'firmware/lock/device.js';
const SAMPLE_MICROSECONDS = 200;
/** Helpers count for whom they help. */
const HELPERS = /firmware\/protocol\/(bytes|hex|errors|limits)/;
const CURVE =
  /node_modules\/secp256k1|engines\/libsecp256k1|firmware\/crypto\/(guarded-engine|curve|point|sender)/;
const HASHES = /keccak|sha256|node:internal\/crypto/;

type PartTable = readonly (readonly [part: string, files: RegExp])[];

/** By the files in which it lies; the first that fits counts, and where none does, the part of the caller. */
const LOCK_PARTS: PartTable = Object.freeze([
  ['lock: hashes', HASHES],
  ['lock: curve', CURVE],
  ['lock: JSON of nodes', /protocol\/(json-|utf8|ethereum-rpc|registry-event)|registry-news|poll-post/],
  ['lock: polling', /lock\/(poll|endpoint|stale|turns|health|catch-up|backoff|jitter)/],
  [
    'lock: commands',
    /protocol\/(rlp|transaction|abi|command|order|terms)|lock\/(examiner|authorizer|command-desk|round|access-list)/,
  ],
  [
    'lock: reports and records',
    /protocol\/(cbor|report|cose|eat)|lock\/(report|journal|memory|lock-state|ledger|outbox|delivery)|crypto\/report/,
  ],
  ['lock: the rest', /firmware\//],
]);
const WORLD_PARTS: PartTable = Object.freeze([
  ['world: curve', CURVE],
  ['checkers', /host-sim\/checkers/],
  ['world: reading of reports', /swarm\/report-reader|firmware\/(protocol|crypto)\/report/],
  ['world: forged transactions', /world\/forge/],
  ['world: answers of nodes', /world\/(hostile-node|memory-|log-index|mempool|registry-|chain-transaction)/],
  ['world: people', /world\/(archive|chain-signer)|swarm\/(owner|household|flooding-guest|misfortunes)/],
  ['world: network, flash, room, time', /world\/(wire|faulty-flash|room|event-queue|prng)|swarm\/rhythm/],
  ['world: stage and trace', /swarm\/(stage|trace|sim-world|lock-body)/],
  ['world: the rest', /host-sim\//],
]);

/**
 * Runs something, and looks 5,000 times a second at what runs in this thread.
 * @returns the shares of all parts, the greatest first
 */
export function profileOf(run: () => void): readonly Share[] {
  const session = new Session();
  session.connect();
  try {
    session.post('Profiler.enable');
    session.post('Profiler.setSamplingInterval', { interval: SAMPLE_MICROSECONDS });
    session.post('Profiler.start');
    run();
    let shares: readonly Share[] = [];
    session.post('Profiler.stop', (error, result) => {
      if (error !== null) throw error;
      shares = sharesOf(result.profile);
    });
    return shares;
  } finally {
    session.disconnect();
  }
}

/** @returns the shares of all parts, the greatest first */
export function sharesOf({ nodes, samples = [], timeDeltas = [] }: Profiler.Profile): readonly Share[] {
  const parts = partsOf(nodes);
  const spent = new Map<string, number>();
  let total = 0;
  samples.forEach((id, i) => {
    const part = parts.get(id);
    const micros = Math.max(0, timeDeltas[i] ?? 0);
    if (part === undefined) return;
    total += micros;
    spent.set(part, (spent.get(part) ?? 0) + micros);
  });
  const shares = [...spent].map(([part, micros]) => ({ part, share: micros / Math.max(1, total) }));
  return shares.sort((one, other) => other.share - one.share);
}

/** @returns the part of each node of the tree of calls; none where nothing ran */
function partsOf(nodes: readonly Call[]): ReadonlyMap<number, string> {
  const parts = new Map<number, string>();
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const visit = (node: Call, above: string, isLocks: boolean) => {
    const { functionName, url } = node.callFrame;
    if (functionName === '(idle)' || functionName === '(program)') return;
    const isLocksOwn = isLocks || url.endsWith(LOCK);
    const part =
      functionName === '(garbage collector)' ? 'garbage collection' : partOf(url, isLocksOwn, above);
    parts.set(node.id, part);
    for (const id of node.children ?? []) {
      const child = byId.get(id);
      if (child !== undefined) visit(child, part, isLocksOwn);
    }
  };
  const [root] = nodes;
  if (root !== undefined) visit(root, 'starting', false);
  return parts;
}

function partOf(url: string, isLocks: boolean, above: string): string {
  if (HELPERS.test(url)) return above;
  const [part] = (isLocks ? LOCK_PARTS : WORLD_PARTS).find(([, files]) => files.test(url)) ?? [above];
  return part;
}
