"""A house as the peers' apps know it: their own list of columns, as such apps have."""

from __future__ import annotations

NUMBERS = [
    "living_area",
    "lot_size",
    "age",
    "land_value",
    "pct_college",
    "bedrooms",
    "fireplaces",
    "bathrooms",
    "rooms",
]
CATEGORIES = ["heating", "fuel", "sewer", "waterfront", "new_construction", "central_air"]
NAMES = [*NUMBERS, *CATEGORIES]
