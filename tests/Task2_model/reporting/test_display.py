from __future__ import annotations

import pandas as pd
import pytest

from Task2_model.reporting.display import table_html


@pytest.mark.parametrize(
    ("cells", "left"),
    [
        (["1,234", "–"], False), (["$5 to $6", "−$3"], False), (["9 %", ""], False),
        (["US$12", "none"], False), (["12 kg", "hot air"], True), (["a 1"], True),
    ],
)  # fmt: skip
def test_numbers_are_set_flush_right_and_words_flush_left(cells: list[str], left: bool) -> None:
    html = table_html(pd.DataFrame({"name": "n", "value": cells}))
    assert '<td class="text">n</td>' in html
    assert (f'<td class="text">{cells[0]}</td>' in html) is left


def test_a_cell_is_text_and_the_chosen_row_is_marked() -> None:
    html = table_html(pd.DataFrame({"a": ["<b>", "c"]}, index=["one", "two"]), "<i>", "two")
    assert "&lt;b&gt;" in html
    assert "<caption>&lt;i&gt;</caption>" in html
    assert '<tr class="chosen"><td class="text">c</td></tr>' in html
