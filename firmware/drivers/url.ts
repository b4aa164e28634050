import { IoError } from '../protocol/errors.js';

export interface HttpUrl {
  readonly scheme: 'http' | 'https';
  readonly host: string;
  readonly port: number;
  /** Path and query; at least `/`. */
  readonly path: string;
}

/**
 * Parses an absolute http or https URL into what a client needs; XS has no `URL` class.
 * Does not decode percent signs; user names are refused, a fragment is dropped. @see RFC 3986
 * @throws IoError where it is anything else
 */
export function parseHttpUrl(text: string): HttpUrl {
  const found =
    /^(https?):\/\/(\[[0-9a-f:.]+\]|[a-z0-9.-]+)(?::([0-9]{1,5}))?(\/[^\s#]*|\?[^\s#]*)?(?:#\S*)?$/i.exec(
      text,
    );
  if (!found) throw new IoError('expected a URL such as http://host:port/path');
  const scheme = (found[1] as string).toLowerCase() === 'https' ? 'https' : 'http';
  const port = found[3] === undefined ? (scheme === 'https' ? 443 : 80) : Number(found[3]);
  if (port < 1 || port > 65_535) throw new IoError(`expected a port from 1 to 65535, found ${port}`);
  const rest = found[4] ?? '/';
  return { scheme, host: found[2] as string, port, path: rest.startsWith('/') ? rest : `/${rest}` };
}
