import { type Sabotage, sabotage } from './sabotage.js';

const GUARD = 'lock/guard.js';
const AUTHORIZER = 'lock/authorizer.js';

/** Of orders: once, in time, under the right challenge, epoch and guard. */
export const ORDER_SABOTAGES: readonly Sabotage[] = Object.freeze([
  sabotage('no-nonce-check', 'An order is obeyed whatever was obeyed before it.', GUARD, [
    'return order.nonce === guard.nonce &&',
    'return true || order.nonce === guard.nonce &&',
  ]),
  sabotage('guard-by-nonce-alone', 'A replacement of the same nonce counts for nothing.', GUARD, [
    'return order.nonce === guard.nonce && order.notAfterSeconds > guard.notAfterSeconds;',
    'return false;',
  ]),
  sabotage(
    'same-nonce-again',
    'Whatever has the nonce of the last order is obeyed, earlier ones too.',
    GUARD,
    [
      'return order.nonce === guard.nonce && order.notAfterSeconds > guard.notAfterSeconds;',
      'return order.nonce === guard.nonce;',
    ],
  ),
  sabotage('guard-not-per-epoch', "A new owner is held to the old one's nonces.", AUTHORIZER, [
    'const next = freshAuthority(handover.to, handover.newEpoch);',
    'const next = { ...freshAuthority(handover.to, handover.newEpoch), boltGuard: authority.boltGuard };',
  ]),
  sabotage('order-epoch-unchecked', 'An order of another epoch is obeyed.', AUTHORIZER, [
    'if (order.epoch !== authority.epoch)',
    'if (false)',
  ]),
  sabotage('not-after-ignored', 'An order is obeyed however late it comes.', AUTHORIZER, [
    'if (order.notAfterSeconds < time.floorSeconds)\n        return',
    'if (false)\n        return',
  ]),
  sabotage('far-order-accepted', 'An order may last for years.', AUTHORIZER, [
    'if (order.notAfterSeconds > time.nowSeconds + ORDER_AHEAD_SECONDS_MAX)',
    'if (false)',
  ]),
  sabotage('unknown-action-accepted', 'An action that nobody has defined is accepted.', AUTHORIZER, [
    'if (order.action < ACTION.lock || order.action > ACTION.passageOff)',
    'if (false)',
  ]),
  sabotage('challenge-ignored', 'An order with any challenge is obeyed.', AUTHORIZER, [
    'if (challenged && !equalBytes(order.challenge4, challenge16.subarray(0, 4)))',
    'if (false)',
  ]),
  sabotage(
    'challenge-of-boot-kept',
    'An order of the owner leaves its challenge in force.',
    'lock/command-desk.js',
    ['if (hasOwnersOrder)\n', 'if (false)\n'],
  ),
  sabotage('strict-after-boot-ignored', 'The setting strict-after-boot does nothing.', AUTHORIZER, [
    'if (isStrict && !challenged && opens(order))',
    'if (false)',
  ]),
  sabotage(
    'privacy-on-ignored',
    'The owner switches privacy on, and nothing is remembered of it.',
    AUTHORIZER,
    ['modes: authority.modes | MODE.privacy', 'modes: authority.modes'],
  ),
  sabotage(
    'vacation-on-ignored',
    'The owner switches vacation on, and nothing is remembered of it.',
    AUTHORIZER,
    ['modes: authority.modes | MODE.vacation', 'modes: authority.modes'],
  ),
  sabotage('privacy-ignored-for-owner', 'Privacy does not keep the owner out.', AUTHORIZER, [
    "(opens(order) && isOn(authority, MODE.privacy) ? 'privacy' : undefined)",
    'undefined',
  ]),
  sabotage('privacy-ignored-for-guests', 'Privacy does not keep guests out.', AUTHORIZER, [
    'if (isOn(authority, MODE.privacy))',
    'if (false)',
  ]),
  sabotage('vacation-ignored', 'Guests open while the owner is on vacation.', AUTHORIZER, [
    'if (isOn(authority, MODE.vacation))',
    'if (false)',
  ]),
  sabotage('barrier-ignored', "A guest's older unlock undoes the owner's lock.", AUTHORIZER, [
    'if (order.notAfterSeconds <= authority.barrierSeconds)',
    'if (false)',
  ]),
]);
