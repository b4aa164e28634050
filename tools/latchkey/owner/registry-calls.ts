import type { Address, Hex } from 'viem';
import { writeUint } from '../../../firmware/protocol/bytes.js';
import {
  encodeCommandCall,
  encodeGrantCall,
  encodeHandoverCall,
} from '../../../firmware/protocol/command.js';
import type { Handover } from '../../../firmware/protocol/handover.js';
import { formatHex, parseHex } from '../../../firmware/protocol/hex.js';
import type { Order } from '../../../firmware/protocol/order.js';
import type { Terms } from '../../../firmware/protocol/terms.js';

/** An order as an owner thinks of it. */
export interface OrderFields extends Pick<Order, 'epoch' | 'notAfterSeconds' | 'action'> {
  readonly lock: Address;
  /** First 4 bytes of the lock's challenge; 0 for none. */
  readonly challenge?: number;
}

/** A guest's terms as an owner thinks of them: what is not said is no limit. */
export type TermsFields = Pick<Terms, 'notAfterSeconds' | 'rights' | 'epoch' | 'serial'> & Partial<Terms>;

/** @throws RangeError where a field does not fit */
export function commandCall({ lock, challenge = 0, ...order }: OrderFields): Hex {
  return toHex(
    encodeCommandCall({ ...order, lock: addressBytes(lock), challenge4: writeUint(challenge, 4) }),
  );
}

/** @throws RangeError where a field does not fit, or names what no lock knows */
export function grantCall(lock: Address, guest: Address, terms: TermsFields): Hex {
  const whole: Terms = {
    notBeforeSeconds: 0,
    weekdays: 0x7f,
    dayStartMinutes: 0,
    dayEndMinutes: 0,
    uses: 0,
    ...terms,
  };
  return toHex(encodeGrantCall(addressBytes(lock), addressBytes(guest), whole));
}

/** @throws RangeError where a field does not fit */
export function handoverCall(lock: Address, to: Address, handover: Handover): Hex {
  return toHex(encodeHandoverCall(addressBytes(lock), addressBytes(to), handover));
}

function addressBytes(address: Address): Uint8Array {
  return parseHex(address.toLowerCase(), 20);
}

function toHex(bytes: Uint8Array): Hex {
  return formatHex(bytes) as Hex;
}
