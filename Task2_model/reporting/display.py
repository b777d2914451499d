"""What a cell of the report shows: sentences, tables, key numbers, SQL.

Texts in tables and tiles are escaped here; those in sentences were, by `wording.plain`.
"""

from __future__ import annotations

import html
from collections.abc import Iterable, Mapping

from IPython.display import HTML, Markdown, display

CHOSEN, WORD = ' class="chosen"', ' class="word"'


def say(*paragraphs: str) -> None:
    """Show sentences that a cell computed; a dollar sign is money, not mathematics."""
    display(Markdown("\n\n".join(paragraphs).replace("$", r"\$")))


def show_title(title: str, lead: str, facts: Iterable[str]) -> None:
    """Show the head of the report."""
    shown = " · ".join(html.escape(fact) for fact in facts)
    display(
        HTML(
            f'<p class="kicker">Tablecast report</p><h1>{html.escape(title)}</h1>'
            f'<p class="lead">{html.escape(lead)}</p><p class="facts">{shown}</p>'
        )
    )


def show_table(
    lines: Iterable[Mapping[str, object]],
    *,
    caption: str = "",
    words: Iterable[str] = (),
    chosen: int | None = None,
) -> None:
    """Show lines of ready-made texts as a table.

    The columns in `words` are set flush left, the others flush right; the line `chosen`, counted
    from 0, is emphasised.
    """
    rows = list(lines)
    left = {name: name in set(words) for name in rows[0]} if rows else {}
    head = _cells(dict(zip(left, left, strict=True)), left, "th")
    body = "".join(
        f"<tr{CHOSEN if place == chosen else ''}>{_cells(row, left, 'td')}</tr>"
        for place, row in enumerate(rows)
    )
    title = f"<caption>{html.escape(caption)}</caption>" if caption else ""
    display(
        HTML(
            f'<div class="table"><table>{title}<thead><tr>{head}</tr></thead>'
            f"<tbody>{body}</tbody></table></div>"
        )
    )


def show_sql(sql: str) -> None:
    """Show a query as it was put to the database, folded away."""
    display(
        HTML(f'<details class="code"><summary>SQL</summary><pre>{html.escape(sql)}</pre></details>')
    )


def show_tiles(tiles: Iterable[tuple[str, str, str]]) -> None:
    """Show key numbers side by side: each a number, what it is and how sure it is."""
    parts = (
        f'<div class="tile"><b>{html.escape(big)}</b><span>{html.escape(what)}</span>'
        f"<small>{html.escape(sure)}</small></div>"
        for big, what, sure in tiles
    )
    display(HTML(f'<div class="tiles">{"".join(parts)}</div>'))


def _cells(values: Mapping[str, object], left: Mapping[str, bool], tag: str) -> str:
    return "".join(
        f"<{tag}{WORD if left[name] else ''}>{html.escape(str(value))}</{tag}>"
        for name, value in values.items()
    )
