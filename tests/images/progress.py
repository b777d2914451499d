"""What the run tells while it works, and at its end."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass
class Progress:
    """The steps so far: said as they begin and end, each with its seconds."""

    began: float = field(default_factory=time.monotonic)
    failures: list[str] = field(default_factory=list)
    steps: int = 0

    @contextmanager
    def step(self, what: str) -> Iterator[None]:
        """One step; if it fails, the run goes on and fails at its end."""
        began = time.monotonic()
        self.steps += 1
        print(f"{began - self.began:5.0f} s  {what} …", flush=True)
        try:
            yield
        except Exception as error:
            self.failures.append(what)
            print(f"         FAILED: {type(error).__name__}: {error}", flush=True)
        else:
            print(f"         ok, {time.monotonic() - began:.1f} s", flush=True)

    def note(self, what: str) -> None:
        """Something measured or seen."""
        print(f"         {what}", flush=True)

    def ended(self) -> int:
        """Say how it went; the exit code."""
        seconds = time.monotonic() - self.began
        if self.failures:
            print(f"FAILED after {seconds:.0f} s: " + "; ".join(self.failures))
            return 1
        print(f"All {self.steps} steps are well, {seconds:.0f} s")
        return 0


def expect(text: str, *parts: str) -> None:
    """Make sure that each part is in the text."""
    for part in parts:
        assert part in text, f"{part!r} is not in:\n{text[-2500:]}"
