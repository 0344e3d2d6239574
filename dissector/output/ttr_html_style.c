/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * How the HTML document looks: light and dark, on a wide screen, on a phone, and on paper.
 */
#include "ttr_html.h"

static const char colours[] =
    ":root{color-scheme:light dark;--paper:#fff;--ink:#1b1f23;--soft:#5c6670;--line:#d5dae0;--card:#f5f7f9;"
    "--r0:#0063a6;--r1:#b84a00;--r2:#00795a;--r3:#a3407e;--link:#0057b8;"
    "--open:#cdebd0;--closed:#f9d3d0;--filtered:#fde3b8;--unfiltered:#cfe2fb;--unknown:#e8eaed}\n"
    "@media screen and (prefers-color-scheme:dark){:root{--paper:#15181c;--ink:#e6e9ec;--soft:#9aa4ae;--line:#363d45;"
    "--card:#1d2126;--r0:#5db3f0;--r1:#f0985a;--r2:#4cc79f;--r3:#e38cc2;--link:#7db7ff;"
    "--open:#1e4d28;--closed:#632722;--filtered:#5e4513;--unfiltered:#1f426b;--unknown:#3a4149}}\n";

static const char common[] =
    "*{box-sizing:border-box}\n"
    "body{font:16px/1.45 system-ui,-apple-system,'Segoe UI',Helvetica,Arial,sans-serif;color:var(--ink);"
    "background:var(--paper);max-width:78rem;margin:0 auto;padding:1rem 1.25rem;overflow-wrap:anywhere}\n"
    "h1{font-size:1rem;color:var(--soft);margin:0 0 .8rem}h2{font-size:1.35rem;margin:0 0 .6rem}"
    "h3,caption,figcaption{font-size:.95rem;font-weight:600;margin:1.2rem 0 .4rem;text-align:left}\n"
    "a{color:var(--link)}small,.hint{color:var(--soft);font-size:.85em;font-weight:400}.hint{margin:.2rem 0}\n"
    ".name{unicode-bidi:isolate;color:var(--soft);font-weight:400;margin-left:.45em}td>.name{margin-left:0}\n"
    ".state{display:inline-block;padding:0 .5em;border-radius:.7em;font-size:.85em;font-weight:600;"
    "background:var(--unknown);-webkit-print-color-adjust:exact;print-color-adjust:exact}\n"
    ".open{background:var(--open)}.closed{background:var(--closed)}.filtered{background:var(--filtered)}"
    ".unfiltered{background:var(--unfiltered)}\n"
    ".trace{border-top:2px solid var(--line);margin-top:2rem;padding-top:1rem}\n"
    "dl,dd{margin:0}.facts{list-style:none;display:flex;flex-wrap:wrap;gap:.1rem 1.6rem;margin:0;padding:0}\n"
    ".diagnosis{font-weight:600;margin:0 0 .4rem}.findings{margin:0 0 .8rem;padding-left:1.4rem}\n"
    ".notes{margin:.8rem 0 0;padding:.5rem 1rem .5rem 1.8rem;background:var(--card);border-left:4px solid var(--r1)}\n"
    ".path{list-style:none;display:flex;flex-wrap:wrap;gap:.4rem;margin:0;padding:0}\n"
    ".path li{padding:.15rem .6rem;border:1px solid var(--line);border-radius:.4rem;background:var(--card)}"
    ".path li+li::before{content:'\\2192';color:var(--soft);margin-right:.4rem}"
    ".path .end{border-color:var(--soft);font-weight:600}.path .silent{border-style:dashed;color:var(--soft)}\n";

static const char tables[] =
    "table{border-collapse:collapse;width:100%;margin-top:1.2rem;font-size:.9rem;font-variant-numeric:tabular-nums}"
    "caption{margin:0 0 .4rem}th,td{padding:.25rem .5rem;border-bottom:1px solid var(--line);text-align:left;"
    "vertical-align:baseline}th{overflow-wrap:normal}thead th{color:var(--soft);font-weight:600}\n"
    ".hops :is(th,td):nth-child(n+4):nth-child(-n+11){text-align:right;white-space:nowrap;overflow-wrap:normal}"
    ".hops td:nth-child(2){min-width:8rem}.one td{border-bottom-style:dotted}.silent{color:var(--soft)}\n"
    ".index :is(th,td):nth-child(n+3),.state{white-space:nowrap;overflow-wrap:normal}\n";

static const char drawing[] =
    "figure{margin:0}figure svg{display:block;width:calc(100% - 6.5rem);margin:0 4.5rem 0 2rem;overflow:visible}"
    "svg text{font-size:12px;fill:var(--soft)}.tick{text-anchor:middle}.hop{text-anchor:end;font-weight:600}\n"
    ".grid{stroke:var(--line)}.range{stroke:var(--soft);stroke-width:6;stroke-opacity:.3;stroke-linecap:round}"
    ".average{stroke:var(--ink);stroke-width:2}\n"
    "circle{fill-opacity:.75}circle.r0{fill:var(--r0)}circle.r1{fill:var(--r1)}circle.r2{fill:var(--r2)}"
    "circle.r3{fill:var(--r3)}b.r0{color:var(--r0)}b.r1{color:var(--r1)}b.r2{color:var(--r2)}b.r3{color:var(--r3)}\n"
    ".probes{display:grid;grid-template-columns:2.2rem minmax(0,1fr);font-size:.9rem;font-variant-numeric:tabular-nums}"
    ".probes dt{font-weight:600;text-align:right;padding-right:.7rem}"
    ".probes ul{list-style:none;display:flex;flex-wrap:wrap;gap:0 1.2rem;margin:0;padding:0}"
    ".no{color:var(--soft)}\n";

/* Long documents: what is not on the screen is not laid out. */
static const char screens[] =
    "@media screen{.trace{content-visibility:auto;contain-intrinsic-size:auto 60rem}}\n"
    "@media screen and (max-width:56rem){body{padding:.8rem}.hops,.hops tbody,.hops caption{display:block}"
    ".hops thead{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}"
    ".hops tr{display:grid;grid-template-columns:repeat(3,minmax(0,1fr));gap:.1rem .5rem;padding:.5rem 0 .5rem 2.2rem;"
    "position:relative;border-bottom:1px solid var(--line)}.hops :is(th,td){padding:0;border:0}"
    ".hops :is(th,td):nth-child(n+4):nth-child(-n+11){text-align:left}.hops td:empty{display:none}"
    ".hops tbody th{position:absolute;left:.3rem;top:.5rem}"
    ".hops td:nth-child(-n+3),.hops td:nth-child(n+12){grid-column:1/-1}"
    ".hops td:nth-child(2){font-weight:600;min-width:0}"
    ".hops td::before{color:var(--soft);font-size:.8rem;margin-right:.35em}"
    ".hops td:nth-child(4)::before{content:'sent'}.hops td:nth-child(5)::before{content:'received'}"
    ".hops td:nth-child(6)::before{content:'loss %'}.hops td:nth-child(7)::before{content:'last'}"
    ".hops td:nth-child(8)::before{content:'avg'}.hops td:nth-child(9)::before{content:'best'}"
    ".hops td:nth-child(10)::before{content:'worst'}.hops td:nth-child(11)::before{content:'stdev'}"
    ".index :is(th,td):nth-child(n+6){display:none}.index :is(th,td){padding:.25rem .3rem}"
    ".index td:nth-child(5){white-space:normal}.index .name{display:block}}\n"
    "@media print{body{font-size:10pt;max-width:none;padding:0}table,.probes{font-size:7.5pt}th,td{padding:1pt 3pt}"
    "h2,h3,caption,figcaption{break-after:avoid}tr,svg,.probes dd,.path li{break-inside:avoid}"
    ".hops td:nth-child(2){min-width:0}a{color:inherit;text-decoration:none}}\n";

void
ttr_html_style(GString *out)
{
    g_string_append(out, colours);
    g_string_append(out, common);
    g_string_append(out, tables);
    g_string_append(out, drawing);
    g_string_append(out, screens);
}
