import type { LoadHook, ResolveHook } from 'node:module';
import { applyEdits, type Edit } from './sabotage.js';

/** Marks modules of a world whose lock is sabotaged; each copy of the firmware has a mark of its own. */
const MARK = 'sabotaged';

let edits: readonly Edit[] = [];

/** Called once, with what `register` was given. */
export function initialize(data: { readonly edits: readonly Edit[] }): void {
  edits = data.edits;
}

/** The address of a module as it is loaded for a world with a sabotaged lock. */
export function markedUrl(url: URL): string {
  const marked = new URL(url);
  marked.searchParams.set(MARK, '1');
  return marked.href;
}

/**
 * Gives a marked world a copy of the firmware of its own. Only the lock is made of that copy: people, nodes and checkers
 * keep the true one, so that no sabotage blinds those who look for it.
 */
export const resolve: ResolveHook = async (specifier, context, next) => {
  const found = await next(specifier, context);
  const { parentURL } = context;
  if (parentURL === undefined || !isMarked(parentURL) || !found.url.startsWith('file:')) return found;
  const parent = pathOf(parentURL);
  const child = pathOf(found.url);
  const isWorlds = child.includes('/host-sim/');
  const isLocks =
    child.includes('/firmware/') && (parent.includes('/firmware/') || isLockBegun(parent, child));
  return isWorlds || isLocks ? { ...found, url: markedUrl(new URL(found.url)) } : found;
};

/** Makes the edits while a marked module is read. */
export const load: LoadHook = async (url, context, next) => {
  const loaded = await next(url, context);
  if (!isMarked(url)) return loaded;
  const path = pathOf(url);
  const own = edits.filter(({ file }) => path.endsWith(`/firmware/${file}`));
  if (own.length === 0) return loaded;
  return { ...loaded, source: applyEdits(Buffer.from(loaded.source as Uint8Array).toString('utf8'), own) };
};

/** Where a world reaches the lock: its machine, and the guard around its engine. */
function isLockBegun(parent: string, child: string): boolean {
  return (
    child.endsWith('/firmware/lock/device.js') ||
    (parent.endsWith('/counted-engine.js') && child.endsWith('/firmware/crypto/guarded-engine.js'))
  );
}

function isMarked(url: string): boolean {
  return url.startsWith('file:') && new URL(url).searchParams.has(MARK);
}

function pathOf(url: string): string {
  return new URL(url).pathname;
}
