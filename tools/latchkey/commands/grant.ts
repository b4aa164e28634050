import type { Command } from 'commander';
import { findPerson, rememberPerson } from '../address-book.js';
import { chosenLock } from '../chosen-lock.js';
import { giveGrant, REVOKED } from '../give-grant.js';
import { type GrantFlags, parseTerms } from '../grant-terms.js';
import { lockZone } from '../lock-zone.js';
import { type AddCommand, examples, openTool } from '../tool.js';
import { parseWait } from '../wait-option.js';

/** `grant` and `revoke`. */
export const addGrant: AddCommand = (program, io) => {
  program
    .command('grant')
    .description("lets a guest in, within limits; times are the lock's, and what is not said is no limit")
    .argument('<who>', 'address of the guest, or a name given before')
    .requiredOption('--until <time>', 'last moment: "2026-12-04 11:00", 2026-12-04, +3d, +2h, or forever')
    .option('--from <time>', 'first moment; now unless said')
    .option('--days <days>', 'mon-fri, or tue,thu')
    .option('--hours <hours>', '9-17, 9:30-12:00, or 22-6 over midnight')
    .option('--uses <n>', 'how often the guest may open')
    .option('--rights <rights>', 'lock, unlock, history; lock,unlock unless said')
    .option('--name <name>', 'what this computer calls the guest')
    .option('--wait <seconds>', 'how long to wait for the receipt')
    .addHelpText(
      'after',
      examples(
        'latchkey grant 0x7099…79C8 --name anna --from "2026-12-01 10:00" --until +3d',
        'latchkey grant anna --until 2026-12-31 --days tue --hours 9-12',
        'latchkey grant courier --until +2h --uses 1 --rights unlock',
      ),
    )
    .action(async (who: string, flags: GrantFlags & { name?: string; wait?: string }, command: Command) => {
      const tool = openTool(io, command);
      const guest = findPerson(tool, who);
      const zone = lockZone(tool, chosenLock(tool));
      const terms = parseTerms(flags, zone, Math.floor(io.nowUnixMs() / 1_000));
      const waitSeconds = parseWait(flags.wait);
      if (flags.name !== undefined) rememberPerson(tool, flags.name, guest);
      await giveGrant(tool, guest, terms, waitSeconds);
    });
  program
    .command('revoke')
    .description('takes all rights from a guest: a signed grant is never cancelled, only revoked')
    .argument('<who>', 'address of the guest, or a name')
    .option('--wait <seconds>', 'how long to wait for the receipt')
    .addHelpText('after', examples('latchkey revoke anna'))
    .action(async (who: string, flags: { wait?: string }, command: Command) => {
      const tool = openTool(io, command);
      await giveGrant(tool, findPerson(tool, who), REVOKED, parseWait(flags.wait));
    });
};
