import type { Target } from './target.js';
import { accessDigestTarget } from './targets/access-digest.js';
import { cborTarget } from './targets/cbor.js';
import { commandTarget } from './targets/command.js';
import { coseTarget } from './targets/cose.js';
import { bootTarget, deviceTarget } from './targets/device.js';
import { identityTarget, journalTarget, lockStateTarget } from './targets/flash.js';
import { hexTarget } from './targets/hex.js';
import { jsonRpcTarget } from './targets/json-rpc.js';
import { logsTarget } from './targets/logs.js';
import { pairingFrameTarget, pairingStreamTarget } from './targets/pairing.js';
import { reportTarget } from './targets/report.js';
import { rlpTarget } from './targets/rlp.js';
import { settingTarget, timeZoneTarget, weeklyHoursTarget } from './targets/setting.js';
import { signatureTarget } from './targets/signature.js';
import { transactionTarget } from './targets/transaction.js';
import { utf8Target } from './targets/utf8.js';
import { wordsTarget } from './targets/words.js';

/** Everything that takes bytes from outside. */
export const TARGETS: readonly Target[] = Object.freeze([
  hexTarget,
  utf8Target,
  cborTarget,
  coseTarget,
  reportTarget,
  accessDigestTarget,
  rlpTarget,
  transactionTarget,
  jsonRpcTarget,
  logsTarget,
  commandTarget,
  wordsTarget,
  pairingFrameTarget,
  pairingStreamTarget,
  settingTarget,
  timeZoneTarget,
  weeklyHoursTarget,
  journalTarget,
  lockStateTarget,
  identityTarget,
  signatureTarget,
  bootTarget,
  deviceTarget,
]);
