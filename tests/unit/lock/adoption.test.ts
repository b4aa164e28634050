import assert from 'node:assert/strict';
import {
  type Adoption,
  AdoptionHours,
  adoptionFromCbor,
  adoptionToCbor,
  waitingAdoption,
  waitSecondsOf,
} from '../../../firmware/lock/adoption.js';
import { freshAuthority } from '../../../firmware/lock/authority.js';
import { ADOPTION_HOURS } from '../../../firmware/protocol/limits.js';
import { throwsDecodeError } from '../protocol/throws-decode-error.js';
import { BUYER } from './adopter.js';
import { OWNER } from './signer.js';

const HOUR_MS = 3_600_000;
const ADOPTION: Adoption = {
  owner: BUYER.address,
  epoch: 7,
  challenge16: new Uint8Array(16).fill(4),
  fromEpoch: 3,
  sinceBlock: 2 ** 40,
  hours: 5,
};

describe('AdoptionHours', () => {
  it('counts an hour in which a report was made and taken', () => {
    const hours = new AdoptionHours(10, 0);
    hours.taken(11, 1);
    assert.equal(hours.tick(12, HOUR_MS - 1), false);
    assert.equal(hours.tick(12, HOUR_MS), true);
    assert.equal(hours.dueMs, 2 * HOUR_MS);
  });

  it('counts none for a report of the hour before, nor twice for one', () => {
    const hours = new AdoptionHours(10, 0);
    hours.taken(10, 5);
    assert.equal(hours.tick(12, HOUR_MS), false, 'made before it began');
    hours.taken(12, HOUR_MS + 1);
    assert.equal(hours.tick(13, 2 * HOUR_MS), false, 'made in the hour before');
    hours.taken(14, 2 * HOUR_MS + 1);
    assert.equal(hours.tick(14, 3 * HOUR_MS), true);
    assert.equal(hours.tick(14, 4 * HOUR_MS), false, 'nothing was taken in it');
  });

  it('counts one for all the hours of a late tick, and no answer that came after the hour', () => {
    const hours = new AdoptionHours(0, 0);
    hours.taken(1, 1);
    assert.equal(hours.tick(2, 9 * HOUR_MS), true);
    assert.equal(hours.dueMs, 10 * HOUR_MS);
    hours.taken(3, 10 * HOUR_MS);
    assert.equal(hours.tick(3, 10 * HOUR_MS), false);
  });
});

describe('waitingAdoption', () => {
  it('is none of another epoch than the lock is in', () => {
    const state = { adoption: ADOPTION, authority: freshAuthority(OWNER.address, 3) };
    assert.equal(waitingAdoption(state), ADOPTION);
    assert.equal(waitingAdoption({ ...state, authority: freshAuthority(OWNER.address, 4) }), undefined);
    assert.equal(waitingAdoption({ ...state, authority: undefined }), undefined);
    assert.equal(waitingAdoption({ ...state, adoption: undefined }), undefined);
  });
});

describe('waitSecondsOf', () => {
  it('is what is left of a day', () => {
    assert.equal(waitSecondsOf({ hours: 0 }), 86_400);
    assert.equal(waitSecondsOf(ADOPTION), 19 * 3_600);
    assert.equal(waitSecondsOf({ hours: ADOPTION_HOURS }), 0);
  });
});

describe('adoptionToCbor and adoptionFromCbor', () => {
  it('give back what they were given', () => {
    assert.deepEqual(adoptionFromCbor(adoptionToCbor(ADOPTION)), ADOPTION);
  });

  it('refuse fields that are missing or out of range', () => {
    const fields = adoptionToCbor(ADOPTION);
    assert.ok(Array.isArray(fields));
    throwsDecodeError(() => adoptionFromCbor(fields.slice(1)), 'size');
    throwsDecodeError(() => adoptionFromCbor([...fields.slice(0, 5), ADOPTION_HOURS + 1]), 'range');
    throwsDecodeError(() => adoptionFromCbor([new Uint8Array(19), ...fields.slice(1)]), 'size');
  });
});
