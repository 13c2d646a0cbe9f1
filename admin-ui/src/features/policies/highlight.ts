/** Colours for rhai, line by line: a few word classes are enough to read a script. Pure; the output is data, not markup. */
export type Token = { kind: 'comment' | 'string' | 'number' | 'keyword' | 'call' | 'plain'; text: string };

const keywords =
  /^(?:fn|let|const|if|else|switch|for|in|while|loop|do|until|return|throw|try|catch|break|continue|true|false|this|import|export|as|private)$/;
const pieces =
  /(\/\/.*$)|("(?:[^"\\]|\\.)*"?|`[^`]*`?)|(\b\d[\d_]*(?:\.\d+)?\b)|([A-Za-z_]\w*)(?=\s*\()|([A-Za-z_]\w*)|(\s+|[^\w\s"`/]+|\/)/g;

function kindOf([, comment, string, number, call, word]: RegExpMatchArray): Token['kind'] {
  if (comment) return 'comment';
  if (string) return 'string';
  if (number) return 'number';
  if (call) return keywords.test(call) ? 'keyword' : 'call';
  return word && keywords.test(word) ? 'keyword' : 'plain';
}

export function tokens(line: string): Token[] {
  return [...line.matchAll(pieces)].map((match) => ({ kind: kindOf(match), text: match[0] }));
}
