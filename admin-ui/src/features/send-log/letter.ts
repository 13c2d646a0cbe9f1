/** The HTML of a message as plain data: known elements only, everything else as text. Pure but for the parser. */
type Block = 'p' | 'ul' | 'li' | 'strong';
export type Piece =
  | { kind: 'text'; text: string }
  | { kind: 'break' }
  | { kind: Block; children: Piece[] }
  | { kind: 'a'; to: string; children: Piece[] };

const blocks = ['P', 'UL', 'LI', 'STRONG'];

/** Nothing of the parsed document runs or loads: it belongs to no window. */
export function piecesOf(html: string): Piece[] {
  return childrenOf(new DOMParser().parseFromString(html, 'text/html').body);
}

function childrenOf(node: Node): Piece[] {
  return [...node.childNodes].flatMap(pieceOf);
}

function pieceOf(node: Node): Piece[] {
  if (node.nodeType === Node.TEXT_NODE) return node.textContent ? [{ kind: 'text', text: node.textContent }] : [];
  if (!(node instanceof Element)) return [];
  if (node.tagName === 'BR') return [{ kind: 'break' }];
  if (node.tagName === 'A') return [{ kind: 'a', to: node.getAttribute('href') ?? '', children: childrenOf(node) }];
  if (!blocks.includes(node.tagName)) return [{ kind: 'text', text: node.textContent ?? '' }];
  return [{ kind: node.tagName.toLowerCase() as Block, children: childrenOf(node) }];
}
