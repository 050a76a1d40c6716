# SPDX-License-Identifier: BSL-1.0
"""A picture of ratios as horizontal bars, for the reports of benchmarks."""
import html

STYLE = ('<style>text { fill: #1f2328 } .t { font-size: 16px; font-weight: 600 } .d { fill: #59636e } line { stroke: #59636e } '
         '@media (prefers-color-scheme: dark) { text { fill: #e6edf3 } .d { fill: #9198a1 } line { stroke: #9198a1 } }</style>')


def picture(title, subtitle, bars, most=6, left=330, unit_at=1):
    """SVG of `bars`: case, label, value, what is told beside it, whether it is good, where a tick is or None. Longer bars than `most` are cut;
    a dashed line stands at `unit_at`, if any."""
    width, row = 420, 18
    x = lambda v: left + width * min(v, most) / most
    height = 60 + row * len(bars)
    out = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {left + width + 150} {height}" font-family="sans-serif" font-size="12">', STYLE,
           f'<text class="t" x="10" y="22">{html.escape(title)}</text>', f'<text class="d" x="10" y="40">{html.escape(subtitle)}</text>']
    for i, (case, label, value, told, good, tick) in enumerate(bars):
        y = 52 + row * i
        if i == 0 or case != bars[i - 1][0]:
            out.append(f'<text x="10" y="{y + 12}">{html.escape(case)}</text>')
        out.append(f'<text class="d" x="{left - 8}" y="{y + 12}" text-anchor="end">{html.escape(label)}</text><rect x="{left}" y="{y + 2}" '
                   f'width="{x(value) - left:.1f}" height="{row - 5}" rx="2" fill="{"#1f6feb" if good else "#d9480f"}"/><text class="d" '
                   f'x="{x(max(value, tick or unit_at or 0)) + 6:.1f}" y="{y + 12}">{html.escape(told)}</text>')
        if tick:
            out.append(f'<line x1="{x(tick):.1f}" x2="{x(tick):.1f}" y1="{y}" y2="{y + row - 1}" stroke-width="2"/>')
    if unit_at:
        out.append(f'<line x1="{x(unit_at):.1f}" x2="{x(unit_at):.1f}" y1="48" y2="{height - 6}" stroke-dasharray="3 3"/>')
    return "\n".join(out + ["</svg>", ""])
