#!/usr/bin/env bash
# psutil 7.1.0 on Linux: `Process(pid).environ()` answers {} for a child that `subprocess.Popen` has started with
# variables, though Popen returns only after the new program was executed.
#
# Expected: Popen reports that the program could not be executed, so once it has returned, the child runs the program,
# and its variables can be read. Seen: some of the first reads are empty, without an error, and a moment later the same
# call gives the variables. Linux lets the parent go on before it has put the variables of the new program in place, and
# shows an empty /proc/PID/environ until then; psutil passes that on. Who looks for the processes of a run by a variable
# in their environment misses those that have just begun: ask again while a process runs a program and shows none.
#
# Output of the run that this was written after (two cores, busy; on an idle machine the share is larger):
#   psutil 7.1.0: 36 of 300 reads were empty, all 300 children had the variable a moment later
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check psutil==7.1.0
"$folder/venv/bin/python" - <<'PYTHON'
import subprocess
import sys
import time

import psutil

CHILDREN = 300
empty = later = 0
for _ in range(CHILDREN):
    child = subprocess.Popen(["sleep", "60"], env={"MARK": "here"})
    process = psutil.Process(child.pid)
    empty += process.environ() == {}
    deadline = time.monotonic() + 5
    while not (variables := process.environ()) and time.monotonic() < deadline:
        time.sleep(0.001)
    later += variables.get("MARK") == "here"
    child.kill()
    child.wait()
print(
    f"psutil {psutil.__version__}: {empty} of {CHILDREN} reads were empty, "
    f"{'all' if later == CHILDREN else later} {CHILDREN} children had the variable a moment later"
)
sys.exit(0 if empty and later == CHILDREN else "this has changed")
PYTHON
