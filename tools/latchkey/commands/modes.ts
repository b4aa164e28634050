import { Argument, type Command } from 'commander';
import { ACTION } from '../../../firmware/protocol/order.js';
import { giveOrder, type OrderFlags } from '../give-order.js';
import { type AddCommand, examples, openTool } from '../tool.js';

const MODES = Object.freeze([
  ['privacy', 'nobody opens from outside until you end it', ACTION.privacyOn, ACTION.privacyOff],
  ['vacation', 'guests do not open while you are away', ACTION.vacationOn, ACTION.vacationOff],
  [
    'passage',
    'what is opened in the passage hours stays open until they end',
    ACTION.passageOn,
    ACTION.passageOff,
  ],
] as const);

/** `privacy`, `vacation` and `passage`, each on or off: the owner's alone. */
export const addModes: AddCommand = (program, io) => {
  for (const [name, description, on, off] of MODES) {
    program
      .command(name)
      .description(description)
      .addArgument(new Argument('<state>').choices(['on', 'off']))
      .option('--challenge', "name the challenge of the lock's last report")
      .option('--wait <seconds>', 'how long to wait for the receipt')
      .addHelpText('after', examples(`latchkey ${name} on`))
      .action((state: 'on' | 'off', flags: OrderFlags, command: Command) =>
        giveOrder(openTool(io, command), state === 'on' ? on : off, flags),
      );
  }
};
