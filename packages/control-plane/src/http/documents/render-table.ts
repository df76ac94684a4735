const SEPARATOR = /^\|(?: *:?-+:? *\|)+ *$/
const FIRST_CELL_WORD = /<code>(\w+)<\/code>/g

/**
 * @param rows lines that begin with `|`; a `|` inside a cell is written `\|`
 * @param anchors given so far. Words of code in a first cell get one each, so that `/docs/errors#InvalidExtension` is its row.
 */
export function tableHtml(rows: readonly string[], anchors: Set<string>, inline: (text: string) => string): string {
  const hasHead = SEPARATOR.test(rows[1] ?? '')
  const body = hasHead ? rows.slice(2) : rows
  const head = hasHead
    ? `<tr>${cellsOf(rows[0] ?? '')
        .map((cell) => `<th>${inline(cell)}</th>`)
        .join('')}</tr>`
    : ''
  return `<table>${head}${body.map((row) => `<tr>${rowHtml(cellsOf(row), anchors, inline)}</tr>`).join('')}</table>`
}

function rowHtml([first = '', ...others]: readonly string[], anchors: Set<string>, inline: (text: string) => string): string {
  const named = inline(first).replaceAll(FIRST_CELL_WORD, (code, word: string) => {
    if (anchors.has(word)) return code
    anchors.add(word)
    return `<code id="${word}">${word}</code>`
  })
  return [named, ...others.map((cell) => inline(cell))].map((cell) => `<td>${cell}</td>`).join('')
}

function cellsOf(row: string): string[] {
  const cells = row
    .trim()
    .replace(/^\|/, '')
    .replace(/\|$/, '')
    .split(/(?<!\\)\|/)
  return cells.map((cell) => cell.trim().replaceAll(String.raw`\|`, '|'))
}
