"""What a cell of the notebook shows: sentences, tables, key numbers, figures with captions.

Texts in tables, tiles and titles are escaped here; those in sentences were, by `escape_markdown`.
"""

from __future__ import annotations

import html
import io
import re
import warnings
from collections.abc import Iterable

import pandas as pd
from IPython.display import HTML, Markdown, display
from matplotlib.figure import Figure

NUMERIC = re.compile(r"([^\w\s]{0,3}[A-Z]{0,2}[^\w\s]?\d.*)?|[–—]|none")
CHOSEN, TEXT = ' class="chosen"', ' class="text"'


def display_markdown(*paragraphs: str) -> None:
    """Show sentences that a cell computed; a dollar sign is money, not mathematics."""
    display(Markdown("\n\n".join(paragraphs).replace("$", r"\$")))


def display_title(title: str, lead: str, facts: Iterable[str]) -> None:
    """Show the head of the report."""
    line = " · ".join(html.escape(fact) for fact in facts)
    display(
        HTML(
            f'<p class="kicker">Tablecast report</p><h1>{html.escape(title)}</h1>'
            f'<p class="lead">{html.escape(lead)}</p><p class="facts">{line}</p>'
        )
    )


def display_table(table: pd.DataFrame, caption: str = "", chosen: object = None) -> None:
    """Show a table of formatted texts: see `table_html`."""
    display(HTML(table_html(table, caption, chosen)))


def table_html(table: pd.DataFrame, caption: str = "", chosen: object = None) -> str:
    """A table of formatted texts without its index.

    Columns of numbers are set flush right, the first and those of words flush left; the row whose
    index is `chosen` is emphasised.
    """
    texts = table.astype(str)
    left = [i == 0 or not texts.iloc[:, i].map(_is_number).all() for i in range(texts.shape[1])]
    head = _cells(map(str, table.columns), left, "th")
    body = "".join(
        f"<tr{CHOSEN if name == chosen else ''}>{_cells(row, left, 'td')}</tr>"
        for name, row in zip(table.index, texts.to_numpy(), strict=True)
    )
    title = f"<caption>{html.escape(caption)}</caption>" if caption else ""
    return (
        f'<div class="table"><table>{title}<thead><tr>{head}</tr></thead>'
        f"<tbody>{body}</tbody></table></div>"
    )


def display_tiles(tiles: Iterable[tuple[str, str, str]]) -> None:
    """Show key numbers side by side: each a number, what it is and how sure it is."""
    parts = (
        f'<div class="tile"><b>{html.escape(value)}</b><span>{html.escape(name)}</span>'
        f"<small>{html.escape(note)}</small></div>"
        for value, name, note in tiles
    )
    display(HTML(f'<div class="tiles">{"".join(parts)}</div>'))


def display_figure(figure: Figure, caption: str) -> None:
    """Show a figure as SVG and, below it, the sentence that says what it shows.

    Text stays text, so that it can be searched and copied.
    """
    buffer = io.StringIO()
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Glyph .* missing")  # the page's font has it
        figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None})
    svg = buffer.getvalue().replace("'Source Sans Pro'", "'Source Sans Pro', sans-serif")
    labelled = f'<svg role="img" aria-label="{html.escape(caption)}"'
    svg = labelled + svg[svg.index("<svg") + len("<svg") :]
    display({"image/svg+xml": svg, "text/plain": caption}, raw=True)
    display_markdown(caption)


def _is_number(text: str) -> bool:
    return NUMERIC.fullmatch(text) is not None


def _cells(values: Iterable[str], left: Iterable[bool], tag: str) -> str:
    return "".join(
        f"<{tag}{TEXT if is_left else ''}>{html.escape(value)}</{tag}>"
        for value, is_left in zip(values, left, strict=True)
    )
