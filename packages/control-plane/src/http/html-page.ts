import { createHash } from 'node:crypto'

const STYLE = `:root{color-scheme:light dark}body{font:15px/1.5 system-ui,sans-serif;margin:0 auto;max-width:70rem;padding:1rem 1.5rem}
h2{margin-top:2.5rem}code{font-family:ui-monospace,monospace;font-size:.92em}nav a{display:inline-block;margin:0 .8rem .3rem 0}
details{border:1px solid #8885;border-radius:6px;margin:.4rem 0;padding:.3rem .7rem}summary{cursor:pointer}
summary b{display:inline-block;min-width:4.2rem}table{border-collapse:collapse;margin:.3rem 0 .8rem}
td,th{border-top:1px solid #8884;padding:.2rem .8rem .2rem 0;text-align:left;vertical-align:top}.deprecated{opacity:.6}
pre{background:#8881;border-radius:6px;overflow-x:auto;padding:.6rem .8rem}main{max-width:52rem}main table{width:100%}
@media print{:root{color-scheme:light}nav{display:none}body,main{font-size:10.5pt;max-width:none;padding:0}h1,h2,h3{break-after:avoid}
pre{white-space:pre-wrap}pre,tr,li{break-inside:avoid}main a[href^="https:"]::after{content:" <" attr(href) ">";overflow-wrap:anywhere}}`

/** Nothing but this page's own style: no script, no request to anywhere (CSP level 3, hash sources). */
export const PAGE_POLICY = `default-src 'none'; style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`

/** @param body HTML whose texts were escaped already. */
export function htmlPage(title: string, body: string): string {
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escapeHtml(title)}</title><style>${STYLE}</style></head>
<body>${body}</body></html>
`
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }

/** For text and for attribute values in quotes. */
export function escapeHtml(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => ENTITIES[character] ?? '')
}
