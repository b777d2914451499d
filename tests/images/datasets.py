"""Datasets that are hard to read, and some that must not be taken: the MySQL image's own loader
has to judge them as `tablecast load` does."""

from __future__ import annotations

HARD: dict[str, str | bytes | None] = {
    "boats.csv": (
        "\ufeffid,size,PRICE,Built,Kind\r\n"
        '1,1e22,1000.50,1999-12-31,"a,b"\r\n'
        '2,-1.5e-7,-.5,2001-02-28,"ro""w"\r\n'
        "\r\n"
        '3,0.30000000000000004,+3.,0001-01-01,"x\r\ny"\r\n'
        "4,,,,NULL\r\n"
        '5,123456789012345680,0,9999-12-31,"NULL"\r\n'
        "6,-0,0.10,2024-02-29,żółć\r\n"
        '7,"2.2250738585072014e-308",-0.00,,\\N\r\n'
        '8,1.5e308,9999.99,,"""\\"\r\n'
        "9,.1,1,, a \r\n"
        "10,3.,1,,\\"
    ),
    "questions/01_all.sql": "-- All of them?\n\nSELECT * FROM boats ORDER BY id\n",
    "questions/02_numbers.sql": """\
-- How are numbers written?
SELECT
    1.50 AS "one, and a half",
    id,
    Size / 7e0 AS seventh,
    Size * 1e-300 AS tiny,
    1.0 * id / 3 AS third,
    CAST(id AS DECIMAL(20,3)) AS whole,
    SUM(Price) OVER (ORDER BY id) AS running,
    CASE WHEN id > 5 THEN Kind END AS late
FROM boats
WHERE Size IS NULL OR ABS(Size) < 1e300
ORDER BY id;
""",
    "questions/03_nothing.sql": "-- Is there none?\nSELECT Kind FROM boats WHERE id > 99;\n",
    "questions/04_empty.sql": """\
-- Is an empty line an empty cell?
SELECT CASE WHEN id = 2 THEN Kind END AS Kind FROM boats ORDER BY id;
""",
    "questions/01_how_many.sql": None,
}

ROW = "1,12.5,1000.50,1999-12-31,sail\n"
HEADER = "id,Size,Price,Built,Kind\n"
BAD: dict[str, str | bytes] = {
    "text for a number": HEADER + ROW + "abc,,,,\n",
    "part of a number": HEADER + "1.5,,,,\n",
    "a zero before": HEADER + "01,,,,\n",
    "blanks": HEADER + " 1,,,,\n",
    "a line feed after": HEADER + '"1\n",,,,\n',
    "too large": HEADER + "2147483648,,,,\n",
    "missing": HEADER + ROW + ROW + ",,,,\n",
    "not finite": HEADER + "1,1e999,,,\n",
    "nan": HEADER + "1,nan,,,\n",
    "too many decimals": HEADER + "1,,1.555,,\n",
    "too many digits": HEADER + "1,,10000,,\n",
    "a dot": HEADER + "1,,.,,\n",
    "no day": HEADER + "1,,,2023-02-29,\n",
    "another day": HEADER + "1,,,31.12.1999,\n",
    "too long": HEADER + ROW + "2,,,,frigate\n",
    "after a record of two lines": HEADER + '1,,,,"a\nb"\nx,,,,\n',
    "too few": HEADER + ROW + "2,3\n",
    "too many": HEADER + "1,,,,,\n",
    "an open quote": HEADER + ROW + '2,,,,"sail\n' + ROW,
    "not UTF-8": (HEADER + "1,,,,b").encode() + b"\xff\n",
    "an unknown column": HEADER.replace("Kind", "Sort") + ROW,
    "a column twice": HEADER.replace("Kind", "Size") + ROW,
    "a column missing": "id,Size,Price,Built\n1,,,\n",
    "two endings": HEADER + ROW.replace("\n", "\r\n") + ROW,
    "nothing": "",
    "a header alone": HEADER,
}
