/** @file A parser of the language of Graphviz, as far as its grammar is used: graphs, clusters, nodes, edges, attributes, quoted names. */

/** A graph that has been read. */
export interface DotGraph {
  /** Nodes by name, with their attributes. */
  readonly nodes: Map<string, Record<string, string>>;
  readonly edges: { readonly from: string; readonly to: string; readonly attributes: Record<string, string> }[];
  /** Labels of clusters. */
  readonly clusters: string[];
}

const TOKEN = /\s*(?:("(?:[^"\\]|\\.)*")|([A-Za-z_][A-Za-z_0-9]*|-?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?))|(->|[{}[\];,=]))/y;

/** Reads `digraph ID { … }`. Throws `SyntaxError` where `dot` would. */
export function parseDot(text: string): DotGraph {
  const tokens: string[] = [];
  TOKEN.lastIndex = 0;
  const end = text.trimEnd().length;
  while (TOKEN.lastIndex < end) {
    const at = TOKEN.lastIndex;
    const match = TOKEN.exec(text);
    if (match === null) throw new SyntaxError(`no token at ${at}: ${text.slice(at, at + 40)}`);
    tokens.push(match[1] ?? match[2] ?? match[3]!);
  }
  return new Parser(tokens).graph();
}

class Parser {
  private at = 0;
  private readonly tokens: readonly string[];
  private readonly result: DotGraph = { nodes: new Map(), edges: [], clusters: [] };

  constructor(tokens: readonly string[]) {
    this.tokens = tokens;
  }

  graph(): DotGraph {
    this.expect('digraph');
    this.name();
    this.block();
    if (this.at < this.tokens.length) throw new SyntaxError(`'${this.tokens[this.at]!}' after the graph`);
    return this.result;
  }

  private block(): void {
    this.expect('{');
    while (this.tokens[this.at] !== '}') {
      this.statement();
      if (this.tokens[this.at] === ';') this.at++;
    }
    this.expect('}');
  }

  private statement(): void {
    if (this.tokens[this.at] === 'subgraph') {
      this.at++;
      this.name();
      return this.block();
    }
    const from = this.name();
    if (this.tokens[this.at] === '=') {
      this.at++;
      const value = this.name();
      if (from === 'label') this.result.clusters.push(value);
      return;
    }
    if (this.tokens[this.at] === '->') {
      this.at++;
      this.result.edges.push({ from, to: this.name(), attributes: this.attributes() });
      return;
    }
    const attributes = this.attributes();
    if (from !== 'node' && from !== 'edge') this.result.nodes.set(from, attributes);
  }

  private attributes(): Record<string, string> {
    const found: Record<string, string> = {};
    if (this.tokens[this.at] !== '[') return found;
    this.at++;
    while (this.tokens[this.at] !== ']') {
      const key = this.name();
      this.expect('=');
      found[key] = this.name();
      if (this.tokens[this.at] === ',' || this.tokens[this.at] === ';') this.at++;
    }
    this.at++;
    return found;
  }

  /** A name or number, or a quoted text. */
  private name(): string {
    const token = this.tokens[this.at++];
    if (token === undefined || /^(?:->|[{}[\];,=])$/.test(token)) throw new SyntaxError(`'${token}' instead of a name`);
    return token.startsWith('"') ? token.slice(1, -1).replaceAll('\\n', '\n').replaceAll(/\\(.)/g, '$1') : token;
  }

  private expect(token: string): void {
    if (this.tokens[this.at] !== token) throw new SyntaxError(`'${this.tokens[this.at]}' instead of '${token}'`);
    this.at++;
  }
}
