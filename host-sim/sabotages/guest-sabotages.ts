import { type Sabotage, sabotage } from './sabotage.js';

const TERMS = 'lock/guest-terms.js';
const ACCESS = 'lock/access-list.js';
const AUTHORIZER = 'lock/authorizer.js';

/** Of guests: their terms, and the list that holds them. */
export const GUEST_SABOTAGES: readonly Sabotage[] = Object.freeze([
  sabotage('grants-never-expire', 'A grant that is over still opens.', TERMS, [
    'if (terms.notAfterSeconds < time.floorSeconds)',
    'if (false)',
  ]),
  sabotage('grant-before-its-time', 'A grant opens before it begins.', TERMS, [
    'if (terms.notBeforeSeconds > time.nowSeconds)',
    'if (false)',
  ]),
  sabotage('rights-ignored', 'A guest who may only lock unlocks.', TERMS, [
    'if ((terms.rights & (isLock ? RIGHT.lock : RIGHT.unlock)) === 0)',
    'if (terms.rights === 0)',
  ]),
  sabotage('guest-changes-mode', "A guest's order to change a mode is accepted.", TERMS, [
    'if (action > ACTION.unlockThenRelock)',
    'if (false)',
  ]),
  sabotage('schedule-ignored', 'A guest opens at any hour of any day.', TERMS, [
    'if (!isInSchedule(terms, zone, time.nowSeconds))',
    'if (false)',
  ]),
  sabotage('uses-not-counted', 'An opening counts as no use.', AUTHORIZER, [
    'used: guest.used + (opens(order) ? 1 : 0)',
    'used: guest.used',
  ]),
  sabotage('guest-guard-not-kept', "A guest's order leaves no guard behind.", AUTHORIZER, [
    'const entry = { ...guest, guard, used:',
    'const entry = { ...guest, used:',
  ]),
  sabotage('guest-rate-ignored', 'A guest may send as many orders as he likes.', AUTHORIZER, [
    'if (!isDead && !circumstances.takeTurn(guest.guest))',
    'if (false)',
  ]),
  sabotage('guest-grants', 'A guest may give and take keys.', AUTHORIZER, [
    "case 'grant':\n            if (!isOwner)",
    "case 'grant':\n            if (false)",
  ]),
  sabotage('guest-hands-over', 'A guest may give the lock away.', AUTHORIZER, [
    "case 'handover':\n            if (!isOwner)",
    "case 'handover':\n            if (false)",
  ]),
  sabotage('lease-ignored', 'Guests open however long ago the lock last heard of its owner.', AUTHORIZER, [
    'if (opens(order) && circumstances.isLeaseOver)',
    'if (false)',
  ]),
  sabotage(
    'guests-before-owners-word',
    'A guest opens before all that the owner has said was read.',
    AUTHORIZER,
    ['if (opens(order) && !circumstances.isCaughtUp)', 'if (false)'],
  ),
  sabotage('grant-epoch-unchecked', 'A grant of another epoch is accepted.', AUTHORIZER, [
    'if (terms.epoch !== authority.epoch)',
    'if (false)',
  ]),
  sabotage('revoke-ignored', 'A revocation is accepted, and nothing is taken away.', ACCESS, [
    'return { ok: true, list: tidyTombstones(replaceEntry(list, tombstone), time) };',
    'return { ok: true, list };',
  ]),
  sabotage('grants-by-arrival', 'The grant that comes last wins, whatever its serial.', ACCESS, [
    'if (terms.serial <= (known?.terms.serial ?? 0))',
    'if (false)',
  ]),
  sabotage(
    'tombstone-forgotten',
    'A guest who was revoked is forgotten, and a grant of before is accepted again.',
    ACCESS,
    [
      'return { ok: true, list: tidyTombstones(replaceEntry(list, tombstone), time) };',
      'return { ok: true, list: { ...list, entries: list.entries.filter((entry) => entry !== known) } };',
    ],
  ),
  sabotage('older-revocation-wins', 'A revocation wins over a newer grant.', ACCESS, [
    'if (terms.serial < known.terms.serial)',
    'if (false)',
  ]),
  sabotage('grant-resets-guard', "A new grant forgets a guest's last order.", ACCESS, [
    '// The guard outlives a change of terms: an order that was obeyed stays obeyed.\n    const entry = { guest, terms, used: 0, guard: known?.guard };',
    'const entry = { guest, terms, used: 0, guard: undefined };',
  ]),
  {
    name: 'floor-bars-revocations',
    says: 'A lock without room for tombstones holds revocations to the floor that they leave.',
    edits: [
      { file: 'protocol/limits.js', from: 'TOMBSTONES_MAX = 64', to: 'TOMBSTONES_MAX = 0' },
      {
        file: ACCESS,
        from: 'const known = findEntry(list, guest);\n    if (known === undefined) {',
        to: "const known = findEntry(list, guest);\n    if (terms.serial <= list.serialFloor)\n        return { ok: false, reason: 'serial' };\n    if (known === undefined) {",
      },
    ],
  },
]);
