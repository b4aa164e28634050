import { addConfig } from './commands/config.js';
import { addKeys } from './commands/keys.js';
import type { AddCommand } from './tool.js';

/** Every command, in the order of the help; each has a file of its own. */
export const COMMANDS: readonly AddCommand[] = Object.freeze([addKeys, addConfig]);
