import type { Command } from 'commander';
import { ACTION } from '../../../firmware/protocol/order.js';
import { giveOrder, type OrderFlags } from '../give-order.js';
import { type AddCommand, examples, openTool } from '../tool.js';

/** `unlock` and `lock`. */
export const addBolt: AddCommand = (program, io) => {
  program
    .command('unlock')
    .description("opens, and waits for the lock's signed receipt")
    .option('--relock', "lock again by itself after the lock's own time")
    .option('--challenge', "name the challenge of the lock's last report: for a lock without a clock")
    .option('--wait <seconds>', 'how long to wait for the receipt')
    .addHelpText('after', examples('latchkey unlock --lock front-door', 'latchkey unlock --relock --json'))
    .action((flags: OrderFlags & { readonly relock?: boolean }, command: Command) =>
      giveOrder(openTool(io, command), flags.relock ? ACTION.unlockThenRelock : ACTION.unlock, flags),
    );
  program
    .command('lock')
    .description("locks, and waits for the lock's signed receipt")
    .option('--challenge', "name the challenge of the lock's last report")
    .option('--wait <seconds>', 'how long to wait for the receipt')
    .addHelpText('after', examples('latchkey lock --lock front-door'))
    .action((flags: OrderFlags, command: Command) => giveOrder(openTool(io, command), ACTION.lock, flags));
};
