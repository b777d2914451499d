"""A request's body, taken from its client before anything else is done with the request.

It ends whole, or as an error that whoever reads it meets: the client stalled, broke off, sent more
than is taken, or the disk is full.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import IO, Any, NoReturn, Self, cast

from werkzeug.exceptions import BadRequest, HTTPException, RequestEntityTooLarge, RequestTimeout

from Task3_api.request_body import CUT
from Task3_api.upload_slots import InsufficientStorage, UploadShare, UploadSlots

Receive = Callable[[], Awaitable[dict[str, Any]]]


class BodySpool:
    """The body of one request, written to a file.

    Parameters
    ----------
    file : binary file
        Empty; it stays the caller's to close.
    max_bytes : int
        How many are taken.
    announced : int or None
        How many the client says it sends.
    stalled_seconds : float
        How long the client may send nothing.
    slots : UploadSlots
        Of which it has a share until its `with` block ends.
    """

    def __init__(
        self,
        file: IO[bytes],
        max_bytes: int,
        announced: int | None,
        stalled_seconds: float,
        slots: UploadSlots,
    ) -> None:
        self._file = file
        self._max_bytes = max_bytes
        self._announced = announced
        self._stalled_seconds = stalled_seconds
        self._share = UploadShare(slots)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._share.give_back()

    @property
    def size(self) -> int:
        """Bytes that have come."""
        return self._share.size

    async def fill(self, receive: Receive) -> IO[bytes]:
        """The body at its beginning; where it is not whole, reading it raises an HTTPException."""
        try:
            if self._announced is not None and self._announced > self._max_bytes:
                raise RequestEntityTooLarge
            await self._take(receive)
            self._file.seek(0)
        except HTTPException as error:
            return cast(IO[bytes], Refused(error))
        except OSError:
            return cast(IO[bytes], Refused(InsufficientStorage()))
        return self._file

    async def _take(self, receive: Receive) -> None:
        loop = asyncio.get_running_loop()
        more = True
        try:
            async with asyncio.timeout(self._stalled_seconds) as limit:
                while more:
                    message = await receive()
                    if message["type"] == "http.disconnect":
                        raise BadRequest(self._cut())
                    self._add(message["body"])
                    more = message.get("more_body", False)
                    limit.reschedule(loop.time() + self._stalled_seconds)
        except TimeoutError:
            waited = f"{self._stalled_seconds:g} seconds"
            raise RequestTimeout(f"nothing of the body came for {waited}; send it again") from None

    def _add(self, data: bytes) -> None:
        if self.size + len(data) > self._max_bytes:
            raise RequestEntityTooLarge
        self._share.add(len(data))
        self._file.write(data)

    def _cut(self) -> str:
        if self._announced is None:
            return CUT
        counts = f"{self.size:,} of {self._announced:,} bytes came"
        return f"the request was cut: {counts}; send it again"


class Refused:
    """What stands for a body that is not whole."""

    def __init__(self, error: HTTPException) -> None:
        self._error = error

    def read(self, size: int = -1) -> NoReturn:
        """Raise what is wrong."""
        raise self._error
