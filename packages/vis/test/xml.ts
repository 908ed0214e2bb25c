/** @file A small strict XML reader, so that tests can say whether a text is well-formed and what it holds. */

/** An element as read. */
export interface XmlElement {
  name: string;
  attributes: Record<string, string>;
  children: (XmlElement | string)[];
}

/** Reads a document with one root element; throws at the first violation of XML 1.0 it knows of. */
export function parseXml(source: string): XmlElement {
  // eslint-disable-next-line no-control-regex -- exactly the characters XML forbids
  if (/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/.test(source)) throw new Error('a character that XML does not allow');
  let at = 0;
  const fail = (why: string): never => {
    throw new Error(`${why} at ${at}: ${source.slice(at, at + 40)}`);
  };
  const take = (pattern: RegExp): RegExpExecArray | null => {
    const sticky = new RegExp(pattern.source, 'yu');
    sticky.lastIndex = at;
    const match = sticky.exec(source);
    if (match) at = sticky.lastIndex;
    return match;
  };
  const decode = (text: string): string => {
    if (/&(?!(amp|lt|gt|quot|apos|#\d+|#x[0-9a-f]+);)/i.test(text)) fail('a bare ampersand or unknown entity');
    const names: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };
    return text.replace(/&(#x?)?(\w+);/g, (_, code: string | undefined, name: string) => (code ? String.fromCodePoint(Number.parseInt(name, code === '#x' ? 16 : 10)) : names[name]!));
  };
  const readElement = (): XmlElement => {
    const name = (take(/<([A-Za-z_][\w.:-]*)/) ?? fail('an element was expected'))[1]!;
    const attributes: Record<string, string> = {};
    for (let match = take(/\s+([A-Za-z_][\w.:-]*)="([^"<]*)"/); match; match = take(/\s+([A-Za-z_][\w.:-]*)="([^"<]*)"/)) {
      if (match[1]! in attributes) fail(`attribute ${match[1]} twice`);
      attributes[match[1]!] = decode(match[2]!);
    }
    const children: (XmlElement | string)[] = [];
    if (take(/\s*\/>/)) return { name, attributes, children };
    if (!take(/\s*>/)) fail('the end of a start tag was expected');
    while (!take(new RegExp(`</${name}\\s*>`))) {
      if (at >= source.length) fail(`${name} is not closed`);
      const text = take(/[^<]+/);
      if (text) children.push(decode(text[0]));
      else children.push(readElement());
    }
    return { name, attributes, children };
  };
  const root = readElement();
  if (at !== source.length) fail('something follows the root');
  return root;
}

/** All elements, the root first. */
export function elementsOf(root: XmlElement): XmlElement[] {
  return [root, ...root.children.flatMap((child) => (typeof child === 'string' ? [] : elementsOf(child)))];
}

/** All text inside. */
export function textOf(root: XmlElement): string {
  return root.children.map((child) => (typeof child === 'string' ? child : textOf(child))).join('');
}

/** Texts that try to be something else. */
export const HOSTILE: readonly string[] = [
  '<script>alert(1)</script>',
  '</text></svg><script>alert(1)</script>',
  '"><img src=x onerror=alert(1)>',
  "' onload='alert(1)",
  '&lt;b&gt; &amp; &#60;',
  ']]> <!-- --> <?xml ?>',
  'javascript:alert(1)',
  '</style><style>*{display:none}',
  'α ≤ β — 烟 🔥',
];
