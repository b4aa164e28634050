import { DecodeError } from './errors.js';

/** A JSON object from outside; every member is still to be checked. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** @throws DecodeError `type` on anything but an object */
export function expectObject(value: unknown, what: string): JsonObject {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new DecodeError('type', `expected ${what} as an object`);
  }
  return value as JsonObject;
}

/** @throws DecodeError `type` on anything but an array */
export function expectArray(value: unknown, what: string): readonly unknown[] {
  if (!Array.isArray(value)) throw new DecodeError('type', `expected ${what} as an array`);
  return value;
}

/** @returns the object's own member; undefined where it is absent or null, which nodes use alike */
export function optionalField(object: JsonObject, name: string): unknown {
  return Object.hasOwn(object, name) ? (object[name] ?? undefined) : undefined;
}

/** @throws DecodeError `missing` where the member is absent or null */
export function requiredField(object: JsonObject, name: string): unknown {
  const value = optionalField(object, name);
  if (value === undefined) throw new DecodeError('missing', `expected the field ${name}`);
  return value;
}
