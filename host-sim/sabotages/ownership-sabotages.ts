import { type Sabotage, sabotage } from './sabotage.js';

const ADOPTION = 'lock/adoption.js';
const DESK = 'lock/adoption-desk.js';
const SESSION = 'lock/pairing-session.js';
const PAIRING = 'lock/pairing-desk.js';

/** Of who owns a lock: the pairing port, adoption and its veto, and a factory reset. */
export const OWNERSHIP_SABOTAGES: readonly Sabotage[] = Object.freeze([
  sabotage('adopt-at-once', 'Who presses the button with the secret owns the lock at once.', ADOPTION, [
    "if (waiting === undefined)\n        return { ok: true, when: 'later' };",
    "if (waiting === undefined)\n        return { ok: true, when: 'now' };",
  ]),
  sabotage('adopt-unsigned', 'An adoption needs no signature of the new owner.', ADOPTION, [
    'if (!isSignedBy(engine, digest32, signature65, owner))',
    'if (false)',
  ]),
  sabotage('veto-ignored', "The owner's veto stops no adoption.", DESK, [
    'return isVeto(engine, domain, adoption, signature65, owner);',
    'return false;',
  ]),
  sabotage('veto-forgets-nothing', 'A veto is answered, and the adoption waits on.', DESK, [
    'isSame(now, task.adoption) ? { adoption: undefined } : {}',
    '({})',
  ]),
  sabotage('adopt-after-an-hour', 'One hour is enough for an adoption.', DESK, [
    'if (adoption.hours + 1 >= ADOPTION_HOURS)',
    'if (true)',
  ]),
  sabotage('silent-hours-count', 'Hours count in which nobody has taken a report.', ADOPTION, [
    'const counts = this.#isAcknowledged;',
    'const counts = true;',
  ]),
  sabotage('paper-of-anybody', 'At an adoption anybody may have signed the handover.', ADOPTION, [
    'if (!equalBytes(by, authority.owner))',
    'if (false)',
  ]),
  sabotage('paper-for-another', 'At an adoption a handover to somebody else will do.', ADOPTION, [
    ' || !equalBytes(command.to, owner))',
    ')',
  ]),
  sabotage('paper-of-another-epoch', 'At an adoption a handover of another epoch will do.', ADOPTION, [
    'if (command.epoch !== authority.epoch)',
    'if (false)',
  ]),
  sabotage('any-secret', 'The printed secret need not be proved.', SESSION, [
    "if (!equalBytes(frame.mac32, pairingProof(hmacSha256, this.#key, 'tool')))",
    'if (false)',
  ]),
  sabotage('seal-ignored', 'What a proven tool asks may be altered on the way.', SESSION, [
    'if (!equalBytes(frame.tag16, tag))',
    'if (false)',
  ]),
  sabotage('no-press', 'The pairing port is open to whom nobody has let in.', PAIRING, [
    'if (uptimeMs >= this.#openUntilMs)',
    'if (false)',
  ]),
  sabotage('endless-guesses', 'Wrong secrets may be tried for as long as the port is open.', PAIRING, [
    '++this.#wrongSecrets >= WRONG_SECRETS_MAX',
    'false',
  ]),
  sabotage('paired-again', 'Who knows the secret pairs a lock that has an owner.', PAIRING, [
    "if (state.authority !== undefined)\n                    return { ok: false, reason: 'pairing-closed' };",
    '',
  ]),
  sabotage('pin-moved', 'Another registry can be configured.', PAIRING, [
    'if (!isSamePin(identity.settings, request.settings))',
    'if (false)',
  ]),
  sabotage('registered-to-anybody', 'The lock signs a registration for another than its owner.', PAIRING, [
    '            owner,\n            deadline',
    // Not in the first boot: a lock that cannot be registered has no life to look at.
    '            owner: this.#options.memory.state.bootCount > 1 ? lock20 : owner,\n            deadline',
  ]),
  sabotage('reset-keeps-key', 'A factory reset keeps the old identity.', 'lock/memory.js', [
    "const identity = this.reset === 'asked' ? undefined : found;",
    'const identity = found;',
  ]),
]);
