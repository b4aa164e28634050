/** What the computer hands to the measured lock, as JSON. Bytes are hex with 0x; bodies are what a node answers. */
export interface StoryInput {
  readonly secretKey: string;
  readonly owner: string;
  readonly guest: string;
  readonly registry: string;
  readonly chainId: string;
  readonly nowSeconds: number;
  /** To a call for the head, to one for the logs, and to the batch of both while nothing happens. */
  readonly bodies: {
    readonly head: string;
    readonly noLogs: string;
    readonly idle: string;
  };
  /** The owner's unlock, then the owner's lock, which is measured. */
  readonly unlock: CallBodies;
  readonly lock: CallBodies;
  /** An unlock in the owner's words, signed by a stranger. */
  readonly forged: CallBodies;
}

/** What a node answers about one call: to the batch that finds its event, and to the question for the transaction. */
export interface CallBodies {
  readonly found: string;
  readonly transaction: string;
}
