#!/usr/bin/env bash
# standardwebhooks 1.1.0 (PyPI): `Webhook.sign(msg_id, timestamp, data)` signs another second than the one it is given,
# if the datetime is in another zone than UTC.
#
# Expected: an aware datetime names one instant, whatever its zone, so signing 09:00+09:00 and 00:00Z gives one signature.
# Seen: the zone is overwritten by UTC, not converted (`timestamp.replace(tzinfo=timezone.utc)`), so 09:00 in Tokyo is signed
# as 09:00 UTC, nine hours later. The header `webhook-timestamp` with the true second then belongs to no signature, and the
# library's own `verify` refuses what its own `sign` made. In UTC all is well, so a test on a server in UTC finds nothing.
# Who signs test deliveries in Python passes `datetime.now(timezone.utc)`.
#
# Output of the run that this was written after:
#   standardwebhooks 1.1.0: the same instant signed in UTC verifies, signed in Tokyo: No matching signature found; it signed 32400 s later
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check standardwebhooks==1.1.0
"$folder/venv/bin/python" - <<'PYTHON'
import sys
from datetime import datetime, timedelta, timezone
from importlib.metadata import version

from standardwebhooks.webhooks import Webhook, WebhookVerificationError

webhook = Webhook("whsec_" + "c291ay10ZXN0LXNlY3JldC1vZi0yNC1ieQ==")
body = '{"type":"order.placed"}'
utc = datetime.now(timezone.utc).replace(microsecond=0)
tokyo = utc.astimezone(timezone(timedelta(hours=9)))
assert utc == tokyo


def verified(at):
    headers = {
        "webhook-id": "msg_1",
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": webhook.sign("msg_1", at, body),
    }
    try:
        webhook.verify(body, headers)
        return "verifies"
    except WebhookVerificationError as error:
        return str(error)


later = next(
    seconds
    for seconds in range(-86_400, 86_401, 900)
    if webhook.sign("msg_1", utc + timedelta(seconds=seconds), body) == webhook.sign("msg_1", tokyo, body)
)
print(
    f"standardwebhooks {version('standardwebhooks')}: the same instant signed in UTC {verified(utc)}, "
    f"signed in Tokyo: {verified(tokyo)}; it signed {later} s later"
)
unchanged = verified(utc) == "verifies" and verified(tokyo) == "No matching signature found" and later == 32_400
sys.exit(0 if unchanged else "this has changed")
PYTHON
