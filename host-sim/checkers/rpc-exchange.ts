import type { Input, Output } from '../../firmware/lock/ports.js';
import { VETO_FIRST_ID } from '../../firmware/lock/veto-watch.js';

/** One call that the lock made of a node, and what came back. */
export interface AnsweredCall {
  readonly method: string;
  readonly params: readonly unknown[];
  /** As JSON; undefined where the node gave none. */
  readonly result: unknown;
}

/** An exchange that has ended with an answer that is JSON, or with one that is too large to be read. */
export interface Exchange {
  readonly url: string;
  readonly calls: readonly AnsweredCall[];
  /** There was no answer but that it is over the limit of bytes. */
  readonly isTooLarge: boolean;
}

interface Asked {
  readonly url: string;
  readonly calls: readonly {
    readonly id: unknown;
    readonly method: string;
    readonly params: readonly unknown[];
  }[];
}

/** Reads what goes over the wire between a lock and its nodes, but for the search for a veto: questions by their numbers, answers to them. */
export class RpcExchanges {
  readonly #asked = new Map<number, Asked>();

  /** Exchanges are numbered anew in each boot. */
  boot(): void {
    this.#asked.clear();
  }

  /** @returns what the lock asks, or undefined for another output */
  ask(output: Output): Asked | undefined {
    if (output.kind !== 'http-post' || output.id >= VETO_FIRST_ID) return undefined;
    const body = read(output.body);
    const asked = { url: output.url, calls: (Array.isArray(body) ? body : [body]) as Asked['calls'] };
    this.#asked.set(output.id, asked);
    return asked;
  }

  /** @returns undefined for what is no answer, or none to a question of this boot; an answer that comes twice counts once */
  answer(input: Input): Exchange | undefined {
    if (input.kind !== 'http-done' && input.kind !== 'http-failed') return undefined;
    const asked = this.#asked.get(input.id);
    this.#asked.delete(input.id);
    if (asked === undefined) return undefined;
    const isTooLarge = input.kind === 'http-failed' && input.reason === 'too-large';
    if (!isTooLarge && (input.kind === 'http-failed' || input.status !== 200)) return undefined;
    const answers = input.kind === 'http-failed' ? [] : answersIn(input.body);
    const calls = asked.calls.map(({ id, method, params }) => ({
      method,
      params,
      result: answers.find((answer) => answer['id'] === id)?.['result'],
    }));
    return { url: asked.url, calls, isTooLarge };
  }
}

function answersIn(body: Uint8Array): readonly Readonly<Record<string, unknown>>[] {
  const json = read(body);
  const list: readonly unknown[] = Array.isArray(json) ? json : [json];
  return list.filter((each) => typeof each === 'object' && each !== null) as Record<string, unknown>[];
}

/** Several checkers read the same body, one after the other. */
let last: { readonly body: Uint8Array; readonly json: unknown } | undefined;

function read(body: Uint8Array): unknown {
  if (last?.body !== body) last = { body, json: parse(body) };
  return last.json;
}

function parse(body: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(body.buffer, body.byteOffset, body.length).toString('utf8'));
  } catch {
    return undefined;
  }
}
