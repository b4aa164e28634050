import { addAdopt } from './commands/adopt.js';
import { addBolt } from './commands/bolt.js';
import { addCode } from './commands/code.js';
import { addConfig } from './commands/config.js';
import { addConfigure } from './commands/configure.js';
import { addDeploy } from './commands/deploy.js';
import { addExplain } from './commands/explain.js';
import { addGrant } from './commands/grant.js';
import { addGuests } from './commands/guests.js';
import { addHandover } from './commands/handover.js';
import { addKeys } from './commands/keys.js';
import { addLog } from './commands/log.js';
import { addModes } from './commands/modes.js';
import { addPair } from './commands/pair.js';
import { addRefuse } from './commands/refuse.js';
import { addRegister } from './commands/register.js';
import { addSink } from './commands/sink.js';
import { addStatus } from './commands/status.js';
import { addVerify } from './commands/verify.js';
import { addWatch } from './commands/watch.js';
import type { AddCommand } from './tool.js';

/** Every command, in the order of the help; each has a file of its own. */
export const COMMANDS: readonly AddCommand[] = Object.freeze([
  addKeys,
  addConfig,
  addDeploy,
  addCode,
  addPair,
  addRegister,
  addConfigure,
  addBolt,
  addModes,
  addGrant,
  addGuests,
  addHandover,
  addAdopt,
  addRefuse,
  addLog,
  addVerify,
  addExplain,
  addStatus,
  addWatch,
  addSink,
]);
