"""Verifies a delivery of Souk by the library `standardwebhooks`, and that it refuses a changed one."""

import json
import sys

from standardwebhooks import Webhook, WebhookVerificationError

delivery = json.load(sys.stdin)
webhook = Webhook(delivery["secret"])
assert webhook.verify(delivery["body"], delivery["headers"])["type"] == "order.placed"
try:
    webhook.verify(delivery["body"] + " ", delivery["headers"])
except WebhookVerificationError:
    pass
else:
    raise SystemExit("a changed body was taken")
