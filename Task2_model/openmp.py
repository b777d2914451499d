"""How the threads of OpenMP wait, by which scikit-learn fits trees.

Threads that wait without end stall another process on the same cores; threads that sleep at once
wake up some thousand times a fit, which on a virtual machine takes longer than the work itself.
GCC's OpenMP can look for a moment and then sleep; others sleep.
"""

from __future__ import annotations

WAITING = {"OMP_WAIT_POLICY": "passive", "GOMP_SPINCOUNT": "10000"}
