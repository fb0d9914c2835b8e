#include "readiness/render/page.h"

namespace preflight::readiness::render {

// Calm by day and by night: one ink, one line colour, and the levels' colours only where a level is
// told. Every text colour has a contrast of at least 4.5 to 1 on its ground. Below 44rem tables become lists,
// one row a block.
const std::string_view style_sheet = R"css(:root {
  --ground: #f6f6f4; --card: #ffffff; --ink: #1d2025; --quiet: #5a606b; --line: #dfe0dd; --code: #f1f1ee;
  --link: #1f5fa8; --red: #b3261e; --amber: #8a5300; --violet: #6a3fb0; --green: #1e6b3a; --blue: #2b5f9e;
  --red-soft: #fbe9e7; --amber-soft: #fdf0da; --violet-soft: #f0eafa; --green-soft: #e4f3e8; --blue-soft: #e6eff9;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #15171b; --card: #1d2025; --ink: #e6e7ea; --quiet: #a2a8b4; --line: #33373f; --code: #16181c;
    --link: #8ab8f0; --red: #ff9a90; --amber: #f0bd6a; --violet: #c4a8f5; --green: #86d39c; --blue: #9cc3f2;
    --red-soft: #3a2322; --amber-soft: #362b19; --violet-soft: #2c2540; --green-soft: #1d3226; --blue-soft: #1f2c3d;
  }
}
.blocker { --level: var(--red); --soft: var(--red-soft); }
.unknown { --level: var(--violet); --soft: var(--violet-soft); }
.warning { --level: var(--amber); --soft: var(--amber-soft); }
.note { --level: var(--blue); --soft: var(--blue-soft); }
.ready { --level: var(--green); --soft: var(--green-soft); }
.not-applicable, .accepted { --level: var(--quiet); --soft: var(--code); }
*, ::before, ::after { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; scroll-padding-top: 1rem; }
body {
  margin: 0 auto; max-width: 62rem; padding: 1.5rem 1.25rem 3rem; background: var(--ground); color: var(--ink);
  font: 1rem/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Liberation Sans", sans-serif;
  overflow-wrap: anywhere;
}
p, ul, ol, dl, pre, h1, h2, h3, h4 { margin: 0; padding: 0; }
a { color: var(--link); text-underline-offset: .15em; }
a:focus-visible, summary:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; border-radius: 4px; }
code, pre, .source { font-family: ui-monospace, "SFMono-Regular", "DejaVu Sans Mono", Consolas, monospace; font-size: .875em; }
.quiet { color: var(--quiet); }

.answer {
  background: var(--card); border: 1px solid var(--line); border-top: 6px solid var(--level); border-radius: 12px;
  padding: 1.5rem 1.75rem;
}
.brand { color: var(--quiet); font-size: .875rem; }
h1 { font-size: 1.35rem; font-weight: 500; line-height: 1.3; margin-top: .35rem; }
.outcome { color: var(--level); font-size: 2.4rem; font-weight: 700; letter-spacing: -.01em; line-height: 1.15; margin: .6rem 0 .35rem; }
.meaning { font-size: 1.1rem; }
.basis { color: var(--quiet); font-size: .9rem; }
.chips { display: flex; flex-wrap: wrap; gap: .5rem; list-style: none; margin: 1.1rem 0; }
.chips a {
  display: block; background: var(--soft); color: var(--level); border-radius: 999px; padding: .3rem .9rem;
  text-decoration: none;
}
.chips a:hover { text-decoration: underline; }

section { margin-top: 2.25rem; }
h2 { font-size: 1.15rem; font-weight: 650; margin-bottom: .75rem; }
.level > h2 { color: var(--level); }
.count { color: var(--quiet); font-weight: 400; margin-left: .25em; }

.steps { list-style: none; }
.steps li { min-width: 0; position: relative; padding: 0 0 1.1rem 1.9rem; }
.steps li::before {
  content: ""; position: absolute; z-index: 1; top: .3rem; left: 0; width: 1.1rem; height: 1.1rem; border-radius: 50%;
  border: 3px solid var(--blue); background: var(--ground);
}
.steps li:not(:last-child)::after {
  content: ""; position: absolute; top: 1.4rem; bottom: -.3rem; left: calc(.55rem - 1px); border-left: 2px solid var(--line);
}
.steps .from::before { border-color: var(--quiet); background: var(--quiet); }
.steps .conditional::before { border-style: dashed; }
.steps .target::before { background: var(--blue); }
.steps b { display: block; font-size: 1.05rem; font-variant-numeric: tabular-nums; }
.steps .role { display: block; color: var(--quiet); font-size: .9rem; }
.steps .reason { display: block; font-size: .875rem; line-height: 1.45; margin-top: .25rem; }
.steps.upright li { padding-bottom: .6rem; }
.steps.upright b, .steps.upright .role { display: inline; margin-right: .6rem; }
@media screen and (min-width: 44rem), print {
  .steps:not(.upright) { display: flex; }
  .steps:not(.upright) li { flex: 1 1 0; padding: 1.9rem 1rem 0 0; }
  .steps:not(.upright) li:not(:last-child)::after {
    top: calc(.85rem - 1px); bottom: auto; left: 1.1rem; right: 0; border-left: 0; border-top: 2px solid var(--line);
  }
}

.card {
  background: var(--card); border: 1px solid var(--line); border-left: 5px solid var(--level); border-radius: 10px;
  padding: 1.1rem 1.35rem 1rem; margin-bottom: 1rem;
}
.card h3 { font-size: 1.1rem; font-weight: 650; line-height: 1.35; }
.badge {
  display: inline-block; background: var(--soft); color: var(--level); border-radius: 6px; padding: .05rem .55rem;
  font-size: .85rem; font-weight: 650; vertical-align: .1em; margin-right: .35rem;
}
.where { display: flex; flex-wrap: wrap; gap: .3rem; list-style: none; margin: .55rem 0; color: var(--quiet); font-size: .9rem; }
.where li { background: var(--code); border: 1px solid var(--line); color: var(--ink); border-radius: 6px; padding: 0 .5rem; }
.found { font-size: 1.05rem; margin: .55rem 0; }
dl { display: grid; grid-template-columns: 7.5rem 1fr; gap: .45rem .75rem; margin: .75rem 0; align-items: baseline; }
dt { color: var(--quiet); font-size: .9rem; }
dd { margin: 0; min-width: 0; }
pre {
  background: var(--code); border: 1px solid var(--line); border-radius: 6px; padding: .45rem .7rem; margin-top: .4rem;
  white-space: pre-wrap; overflow-wrap: anywhere; line-height: 1.5;
}
pre code { font-size: 1em; }
dd > pre:only-child { margin-top: 0; }
details { margin-top: .6rem; }
summary { color: var(--quiet); cursor: pointer; font-size: .9rem; padding: .15rem 0; width: fit-content; }
td details, th details { margin: 0; font-weight: 400; }
td summary, th summary { color: inherit; padding: 0; }
.check { color: var(--quiet); font-size: .8rem; font-weight: 400; white-space: nowrap; }
h3 .check { float: right; line-height: 1.8; margin-left: 1rem; }
.link { font-size: .95rem; }
.whole { display: block; color: var(--quiet); font-size: .85rem; font-weight: 400; }
[title] { cursor: help; }

.lines { background: var(--card); border: 1px solid var(--line); border-radius: 10px; list-style: none; }
.lines > li { display: flex; gap: .75rem; padding: .65rem 1.1rem; }
.lines > li + li { border-top: 1px solid var(--line); }
.lines .sign { color: var(--level); font-weight: 700; flex: 0 0 1rem; text-align: center; }
.lines > li > div { flex: 1; min-width: 0; }
.lines details, .lines .where { margin-top: .15rem; margin-bottom: 0; }
.lines .check { float: right; line-height: 1.9; margin-left: 1rem; }
.lines .link { display: inline-block; font-size: .85rem; margin-right: .9rem; }

.alarm { background: var(--soft); border: 2px solid var(--level); border-radius: 12px; padding: 1rem 1.25rem; margin-top: 1rem; }
.alarm .lines { margin-top: .6rem; }
.card.accepted { border-left-style: dashed; }
.contents { margin-top: 1.5rem; font-size: .95rem; }
.contents ol, .contents ul { list-style: none; }
.contents > ol { columns: 2 18rem; column-gap: 2rem; }
.contents li { padding: .1rem 0; }
.contents ul { padding-left: 1.1rem; }
.part { font-size: 1.05rem; font-weight: 650; margin: 1.5rem 0 .6rem; }
.part + .quiet { margin: -.35rem 0 .6rem; font-size: .9rem; }
.step { border-left: 1px solid var(--line); padding: .8rem 1.2rem .4rem; margin-bottom: .75rem; }
h4 { font-size: 1rem; font-weight: 650; }
.number {
  display: inline-block; min-width: 1.7rem; text-align: center; background: var(--blue-soft); color: var(--blue);
  border-radius: 999px; padding: 0 .45rem; margin-right: .35rem; font-variant-numeric: tabular-nums;
}
.step dl { margin: .5rem 0; grid-template-columns: 5.5rem 1fr; gap: .3rem .75rem; }
.items { padding-left: 1.2rem; margin: .4rem 0; }
.open { background: var(--soft); border-left: 5px solid var(--level); border-radius: 8px; padding: .7rem 1.1rem; margin: .75rem 0; }
.point { margin: .4rem 0 .7rem; }
.subjects { font-weight: 600; font-size: .95rem; }
.subjects details { margin: 0; }
.use + .use { margin-top: .35rem; }
.plan .lines, .support .lines { margin-bottom: .75rem; }
.copy pre { max-height: 24rem; overflow: auto; }
.drawing { margin-bottom: 1rem; padding: .5rem; }
svg { display: block; max-width: 100%; min-width: 44rem; height: auto; margin: 0 auto; font-size: 12.5px; }
.box { fill: var(--ground); stroke: var(--quiet); stroke-width: 1.2; }
.silent { stroke: var(--violet); stroke-dasharray: 6 4; stroke-width: 1.8; }
.external { stroke-dasharray: 2 3; }
.band { fill: none; stroke: var(--line); stroke-width: 1.5; }
.wire { fill: none; stroke: var(--quiet); stroke-width: 1.2; }
.head { fill: var(--quiet); }
svg text { fill: var(--ink); }
svg .role { font-weight: 650; }
svg .kind, svg .site { fill: var(--quiet); font-size: 11px; }
svg .kind { paint-order: stroke; stroke: var(--card); stroke-width: 3px; }
svg .before { text-anchor: end; }

.scroll { overflow-x: auto; }
section > .scroll { background: var(--card); border: 1px solid var(--line); border-radius: 10px; }
table { border-collapse: collapse; width: 100%; font-size: .9rem; line-height: 1.45; }
th, td { text-align: left; vertical-align: top; padding: .5rem .8rem; font-weight: 400; overflow-wrap: break-word; }
tbody th { font-weight: 600; min-width: 9rem; }
tbody th.source { font-weight: 400; min-width: 19rem; }
[data-label] span { display: inline-block; }
[data-label] .whole { display: block; }
td[data-label="Found"] { min-width: 13rem; }
td[data-label="Answer"] { min-width: 9rem; }
td[data-label="For"] { min-width: 8.5rem; }
td[data-label="Used by"] { min-width: 10rem; }
td[data-label="GitLab"] { min-width: 6.75rem; }
td.source { min-width: 17.5rem; max-width: 24rem; overflow-wrap: anywhere; }
thead th { color: var(--quiet); font-size: .85rem; }
tbody tr { border-top: 1px solid var(--line); }
.evidence table { border: 1px solid var(--line); margin-top: .3rem; }
.time { white-space: nowrap; }
.state { background: var(--soft); color: var(--level); border-radius: 6px; padding: .05rem .5rem; white-space: nowrap; }
footer { color: var(--quiet); font-size: .875rem; margin-top: 2.5rem; border-top: 1px solid var(--line); padding-top: 1rem; }

@media screen and (max-width: 44rem) {
  body { padding: .75rem .75rem 2rem; }
  .answer { padding: 1.1rem 1.15rem; }
  .outcome { font-size: 1.9rem; }
  .card { padding: .9rem 1rem; }
  dl { grid-template-columns: 1fr; gap: .1rem; }
  dd { margin-bottom: .55rem; }
  .step dl { grid-template-columns: 4.5rem 1fr; gap: .35rem .5rem; }
  .step dd { margin-bottom: 0; }
  h3 .check, .lines .check { float: none; display: block; margin-left: 0; }
  .lines .link { display: block; margin-right: 0; }
  .stack thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  .stack, .stack tbody, .stack tr, .stack th, .stack td { display: block; }
  .stack tbody tr { padding: .5rem .9rem; }
  .stack tbody tr:first-child { border-top: 0; }
  .stack tbody th, .stack td { padding: .1rem 0 .1rem 7rem; position: relative; min-height: 1.6em; }
  .stack tbody [data-label]::before { content: attr(data-label); position: absolute; left: 0; color: var(--quiet); font: 400 .85rem/1.6 system-ui, sans-serif; }
  .stack tbody th, .stack td { min-width: 0; max-width: none; overflow-wrap: anywhere; }
  .time, .state { white-space: normal; }
}
@media print {
  :root {
    --ground: #fff; --card: #fff; --ink: #000; --quiet: #444; --line: #bbb; --code: #fff; --link: #000;
    --red: #9b1c15; --amber: #6f4300; --violet: #4f2b8c; --green: #14532b; --blue: #1d4a80;
    --red-soft: #fff; --amber-soft: #fff; --violet-soft: #fff; --green-soft: #fff; --blue-soft: #fff;
  }
  @page { size: A4; margin: 14mm; }
  html { font-size: 12px; }
  body { padding: 0; max-width: none; }
  section { margin-top: 1.6rem; }
  .card, .answer, .lines > li, tr, .steps li, svg { break-inside: avoid; }
  h2, h3, h4, summary, thead, .part + .quiet { break-after: avoid; }
  .scroll { overflow: visible; }
  td.source { min-width: 13rem; }
  tbody th { min-width: 10rem; }
  details::details-content { content-visibility: visible; display: block; height: auto; }
  @supports selector(::details-content) {
    td summary, th summary, .subjects summary { display: none; }
  }
  svg { min-width: 0; }
  .copy { display: none; }
  .badge, .chips a, .state { border: 1px solid var(--level); }
}
)css";

}  // namespace preflight::readiness::render
