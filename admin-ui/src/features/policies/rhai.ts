/** rhai for CodeMirror: the same word classes as in the read-only view, in the colours of the theme. */
import { minimalSetup } from 'codemirror';
import { bracketMatching, HighlightStyle, StreamLanguage, syntaxHighlighting } from '@codemirror/language';
import { EditorView, highlightActiveLine, highlightActiveLineGutter, lineNumbers } from '@codemirror/view';
import { tags } from '@lezer/highlight';
import { tokens, type Token } from './highlight';

const names: Record<Token['kind'], string | null> = {
  comment: 'comment',
  string: 'string',
  number: 'number',
  keyword: 'keyword',
  call: 'variableName.function',
  plain: null
};

const language = StreamLanguage.define({
  name: 'rhai',
  token(stream) {
    const [token] = tokens(stream.string.slice(stream.pos));
    if (!token) {
      stream.next();
      return null;
    }
    stream.pos += token.text.length;
    return names[token.kind];
  },
  languageData: { commentTokens: { line: '//' } }
});

const style = HighlightStyle.define([
  { tag: tags.comment, color: 'var(--ink-3)' },
  { tag: tags.keyword, color: 'var(--violet)', fontWeight: '600' },
  { tag: tags.string, color: 'var(--ok)' },
  { tag: tags.number, color: 'var(--warn)' },
  { tag: tags.function(tags.variableName), color: 'var(--info)' }
]);

const theme = EditorView.theme({
  '&': { color: 'var(--ink)', backgroundColor: 'var(--surface)', fontSize: 'var(--t-sm)' },
  '&.cm-focused': { outline: '2px solid var(--focus)', outlineOffset: '-2px' },
  '.cm-scroller': { fontFamily: 'var(--mono)', lineHeight: '20px' },
  '.cm-content': { caretColor: 'var(--ink)' },
  '.cm-cursor': { borderLeftColor: 'var(--ink)' },
  '.cm-gutters': { backgroundColor: 'var(--surface)', color: 'var(--ink-3)', border: 'none' },
  '.cm-activeLine, .cm-activeLineGutter': { backgroundColor: 'var(--hover)' },
  '&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground': {
    backgroundColor: 'var(--accent-soft)'
  },
  '.cm-matchingBracket, &.cm-focused .cm-matchingBracket': { backgroundColor: 'var(--accent-soft)', color: 'inherit' },
  '.cm-tooltip, .cm-panels': { backgroundColor: 'var(--raised)', color: 'var(--ink)', border: '1px solid var(--line)' },
  '.cm-diagnostic-error': { borderLeftColor: 'var(--bad)' },
  '.cm-changedLine': { backgroundColor: 'var(--ok-soft) !important' },
  '.cm-deletedChunk': { backgroundColor: 'var(--bad-soft) !important' },
  '.cm-changedText': { background: 'color-mix(in srgb, var(--ok) 25%, transparent) !important' },
  '.cm-deletedChunk .cm-deletedText': { background: 'color-mix(in srgb, var(--bad) 25%, transparent) !important' },
  '.cm-collapsedLines': { background: 'var(--sunken)', color: 'var(--ink-2)' },
  '.cm-collapsedLines::before, .cm-collapsedLines::after': { content: '"⋯"' }
});

/** Lines, undo and brackets. No search panel: scripts are short, and its words would be English. */
export const rhai = [
  minimalSetup,
  lineNumbers(),
  highlightActiveLine(),
  highlightActiveLineGutter(),
  bracketMatching(),
  language,
  syntaxHighlighting(style),
  theme
];
