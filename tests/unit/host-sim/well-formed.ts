import assert from 'node:assert/strict';

const TOKEN =
  /<(?<close>\/?)(?<name>[A-Za-z][\w-]*)(?<attributes>(?:\s+[\w:-]+="[^"<]*")*)\s*(?<empty>\/?)>/y;
const TEXT = /[^<]+/y;
const REFERENCE = /&(?:amp|lt|gt|quot);/g;

/** An element of an XML document. */
export interface XmlElement {
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: XmlElement[];
  /** All text inside, its children's included. */
  text: string;
}

/**
 * Reads the elements, quoted attributes and text of an XML document; comments, declarations and CDATA it does not know.
 * @throws AssertionError where the document is not well-formed
 */
export function readXml(document: string): XmlElement {
  const root: XmlElement = { name: '', attributes: new Map(), children: [], text: '' };
  const open = [root];
  for (let at = 0; at < document.length; ) {
    TEXT.lastIndex = at;
    const text = TEXT.exec(document)?.[0];
    if (text !== undefined) {
      const plain = plainText(text);
      for (const element of open) element.text += plain;
      at += text.length;
      continue;
    }
    TOKEN.lastIndex = at;
    const token = TOKEN.exec(document);
    assert.ok(token?.groups, `no tag at ${at}: ${document.slice(at, at + 60)}`);
    at += token[0].length;
    const { close, name = '', attributes = '', empty } = token.groups;
    if (close === '/') {
      assert.equal(open.pop()?.name, name, `</${name}> at ${at}`);
      assert.ok(open.length > 0, `</${name}> at ${at} closes nothing`);
      continue;
    }
    const element: XmlElement = { name, attributes: readAttributes(attributes), children: [], text: '' };
    open.at(-1)?.children.push(element);
    if (empty !== '/') open.push(element);
  }
  assert.deepEqual(
    open.map(({ name }) => name),
    [''],
    'all elements are closed',
  );
  assert.equal(root.children.length, 1, 'one root');
  return root.children[0] as XmlElement;
}

/** An element and all below it, in the order of the document. */
export function everyElement(element: XmlElement): readonly XmlElement[] {
  return [element, ...element.children.flatMap(everyElement)];
}

function readAttributes(text: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const [, name = '', value = ''] of text.matchAll(/([\w:-]+)="([^"]*)"/g)) {
    assert.ok(!found.has(name), `two attributes ${name}`);
    found.set(name, plainText(value));
  }
  return found;
}

function plainText(text: string): string {
  assert.ok(!text.replace(REFERENCE, '').includes('&'), `a bare ampersand in ${text.slice(0, 60)}`);
  return text
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&amp;', '&');
}
