/** Bits of the modes that an owner's orders switch; none of them is normal. */
export const MODE = Object.freeze({
  /** No remote unlock from anyone. */
  privacy: 1,
  /** Guests do not open. */
  vacation: 2,
  /** What is opened in the passage hours stays open until they end. */
  passage: 4,
} as const);
