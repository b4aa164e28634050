import type { Command } from 'commander';
import { guardEngine } from '../../../firmware/crypto/guarded-engine.js';
import { createNobleEngine } from '../../../firmware/crypto/noble-engine.js';
import { nameOf } from '../address-book.js';
import { openChain } from '../chain-link.js';
import { chosenLock } from '../chosen-lock.js';
import { summarizeTerms } from '../grant-terms.js';
import { type Guest, progressWords, readGuests } from '../guest-list.js';
import { LockReports } from '../lock-reports.js';
import { lockZone } from '../lock-zone.js';
import { refusalWords } from '../refusal-words.js';
import { expectLockState } from '../registry-state.js';
import { tableLines } from '../table.js';
import { type AddCommand, examples, openTool, type Tool } from '../tool.js';
import type { Zone } from '../zone.js';

/** `guests`: who may open, by signatures, and what of it the lock's report proves. */
export const addGuests: AddCommand = (program, io) => {
  program
    .command('guests')
    .description(
      "lists guests by the owner's verified grants, and what the lock's last report proves of them",
    )
    .option('--all', 'also those that were revoked')
    .addHelpText('after', examples('latchkey guests --lock front-door', 'latchkey guests --all --json'))
    .action((flags: { readonly all?: boolean }, command: Command) =>
      listGuests(openTool(io, command), flags.all === true),
    );
};

async function listGuests(tool: Tool, isAll: boolean): Promise<void> {
  const { io, output } = tool;
  const lock = chosenLock(tool);
  const zone = lockZone(tool, lock);
  const chain = await openChain(tool, lock);
  const state = await expectLockState(chain, lock);
  const reports = LockReports.of(lock);
  await reports?.refresh();
  const report = reports?.last;
  const engine = guardEngine(createNobleEngine());
  const list = await readGuests(tool, engine, chain, lock, state, report);
  const nowSeconds = Math.floor(io.nowUnixMs() / 1_000);
  const shown = list.guests.filter(({ entry }) => isAll || entry.terms.rights !== 0);
  const named = shown.map((guest) => ({ guest, name: nameOf(tool, guest.address) }));
  const lines = tableLines(named.map(({ guest, name }) => rowOf(guest, name, zone, nowSeconds)));
  named.forEach(({ guest: { address, entry, isProven }, name }, i) => {
    const object = { event: 'guest', address, name: name ?? null, ...entry.terms, proven: isProven };
    output.item(object, lines[i] ?? address);
  });
  for (const { tx, reason } of list.unreadable)
    output.note(`left out: ${tx}, which the lock cannot read either: ${refusalWords(reason)}`);
  output.result(
    {
      event: 'guests',
      lock: lock.address,
      count: shown.length,
      progress: list.progress?.kind ?? 'unknown',
      seq: report?.seq ?? null,
    },
    [...(shown.length === 0 ? [`${lock.name} has no guests`] : []), progressWords(list.progress, report)],
  );
}

function rowOf(
  { address, entry, isProven }: Guest,
  name: string | undefined,
  zone: Zone,
  nowSeconds: number,
): readonly string[] {
  const mark = isProven ? 'proven' : 'not proven';
  const terms = summarizeTerms(entry.terms, zone, nowSeconds);
  return [name ?? '-', address, mark, terms];
}
