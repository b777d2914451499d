"""Whether the service on this machine is ready: what a container's health check runs."""

from __future__ import annotations

import http.client
import os
import sys


def ready(port: int) -> bool:
    """Whether the service at `port` of this machine answers that it is ready."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=4)
    try:
        connection.request("GET", "/readyz")
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()


if __name__ == "__main__":
    sys.exit(not ready(int(os.environ.get("PORT", "5000"))))
