#!/usr/bin/env python3
"""A day at a marketplace, told through its API: a seller applies and is approved, a customer buys from two sellers, one ships and
one refunds, the seller is paid, the customer writes a review, and a webhook hears of it all.

Start Souk so that the day fits into a minute, then tell it:

    SOUK_WEBHOOKS_PRIVATE_NETWORKS=true SOUK_PAYOUT_RESERVE_DAYS=0 cargo run --release
    python3 examples/whole-story/story.py

SOUK_URL (http://127.0.0.1:3000), SOUK_ADMIN_KEY (else `souk admin-key` of the checkout says it) and SOUK_MAILBOX (data/mailbox)
tell where it is. Nothing but Python 3 is needed.
"""

import base64
import hashlib
import hmac
import http.server
import json
import os
import pathlib
import re
import subprocess
import threading
import time
import urllib.error
import urllib.request
import uuid

SOUK = os.environ.get("SOUK_URL", "http://127.0.0.1:3000").rstrip("/")
MAILBOX = pathlib.Path(os.environ.get("SOUK_MAILBOX", "data/mailbox"))
PASSWORD = "vierzehn blaue Kuehe tanzen"
PATIENCE_SECONDS = 30
RUN = uuid.uuid4().hex[:8]


def admin_key():
    key = os.environ.get("SOUK_ADMIN_KEY")
    if key:
        return key
    told = subprocess.run(
        ["cargo", "run", "--release", "--quiet", "--", "admin-key"], check=True, capture_output=True, text=True
    )
    return told.stdout.strip()


def ask(method, path, body=None, bearer=None, headers=None, expect=(200, 201, 202, 204)):
    """Sends a request and returns what it answers; an answer of another status ends the story."""
    request = urllib.request.Request(f"{SOUK}/api{path}", method=method)
    if bearer:
        request.add_header("Authorization", f"Bearer {bearer}")
    for name, value in (headers or {}).items():
        request.add_header(name, value)
    data = None
    if body is not None:
        request.add_header("Content-Type", "application/json")
        data = json.dumps(body).encode()
    try:
        with urllib.request.urlopen(request, data) as answer:
            status, text = answer.status, answer.read()
    except urllib.error.HTTPError as error:
        status, text, wait = error.code, error.read(), error.headers.get("Retry-After", "1")
    if status == 429:
        # Sign-ins and the like are five a minute for a client.
        time.sleep(int(wait))
        return ask(method, path, body, bearer, headers, expect)
    if status not in expect:
        raise SystemExit(f"{method} {path} answered {status}: {text.decode(errors='replace')}")
    return json.loads(text) if text else None


def until(what, look):
    """Looks again and again until there is something."""
    end = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < end:
        found = look()
        if found:
            return found
        time.sleep(0.1)
    raise SystemExit(f"{what}: not within {PATIENCE_SECONDS} s")


def say(text):
    print(f"  {text}", flush=True)


def link_of(mail):
    """Token of the newest link that was mailed to an address."""

    def look():
        for file in sorted(MAILBOX.glob("*.eml"), reverse=True):
            text = file.read_text(errors="replace")
            token = re.search(r"#token=(souk_ln_\w+)", text)
            if mail in text and token:
                return token[1]
        return None

    return until(f"a mail to {mail} in {MAILBOX}", look)


def sign_up(name, mail):
    ask("POST", "/account/register", {"mail": mail, "name": name, "password": PASSWORD})
    return ask("POST", "/account/verify", {"token": link_of(mail), "password": PASSWORD})["token"]


def sign_in(mail):
    return ask("POST", "/account/sign-in", {"mail": mail, "password": PASSWORD})["token"]


class Receiver(http.server.BaseHTTPRequestHandler):
    """Receives webhooks, and keeps those whose signature is right."""

    secret = ""
    seen = []

    def do_POST(self):
        body = self.rfile.read(int(self.headers["content-length"]))
        signed = f"{self.headers['webhook-id']}.{self.headers['webhook-timestamp']}.".encode() + body
        key = base64.b64decode(self.secret.removeprefix("whsec_"))
        wanted = "v1," + base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()
        offered = self.headers["webhook-signature"].split(" ")
        if any(hmac.compare_digest(wanted, one) for one in offered):
            self.seen.append(json.loads(body)["type"])
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_):
        pass


def listen(staff):
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{server.server_port}/souk"
    made = ask("POST", "/admin/webhooks", {"url": url, "description": "the story"}, staff)
    Receiver.secret = made["secret"]
    return made["webhook"]["id"]


def find(text):
    hits = ask("GET", f"/search?q={text}&in_stock=true")["hits"]
    return hits[0] if hits else None


def main():
    staff = admin_key()
    endpoint = listen(staff)
    say(f"the marketplace tells webhook {endpoint} of all that happens")

    ann_mail, ben_mail = f"ann-{RUN}@pottery.example", f"ben-{RUN}@mail.example"
    ann = sign_up("Ann", ann_mail)
    applied = ask(
        "POST",
        "/seller",
        {
            "name": f"Pottery {RUN}",
            "trader": {
                "legal_name": "Pottery Ltd",
                "address": {
                    "name": "Ann Potter", "line1": "Kiln Lane 1", "postcode": "10115", "city": "Berlin", "country": "DE",
                },
                "mail": ann_mail,
                "phone": "+49 30 123456",
                "vat_id": "DE123456789",
            },
            "payout_account": {"holder": "Pottery Ltd", "iban": "DE89 3704 0044 0532 0130 00"},
            "accepts_terms": True,
        },
        ann,
    )
    pottery = applied["id"]
    approved = ask("POST", f"/admin/seller-profiles/{pottery}/approve", bearer=staff)
    say(f"Ann applied as {applied['name']}, and is {approved['status']}")

    ann = sign_in(ann_mail)
    vase = {
        "external_id": f"vase-{RUN}", "title": f"Vase {RUN}", "variants": [{"sku": f"V-{RUN}", "price": 4_500, "stock": 3}],
    }
    ask("POST", f"/seller/{pottery}/products/batch", {"products": [vase]}, ann)
    hit = until("the vase in search", lambda: find(RUN))
    say(f"Ann put {hit['title']} on sale, and search finds it")

    ben = sign_up("Ben", ben_mail)
    other = next(it for it in ask("GET", "/search?q=mug&in_stock=true")["hits"] if it["seller"]["slug"] != hit["seller"]["slug"])
    for bought in (hit, other):
        ask("POST", "/cart/lines", {"variant": bought["variant"]["id"], "quantity": 1}, ben)
    purchase = ask(
        "POST",
        "/checkout",
        {
            "delivery_address": {
                "name": "Ben Buyer", "line1": "Market Street 2", "postcode": "10115", "city": "Berlin", "country": "DE",
            },
            "payment": {"provider": "test", "method": "test_succeeds"},
        },
        ben,
        {"Idempotency-Key": str(uuid.uuid4())},
    )
    orders = {order["seller"]: order for order in purchase["orders"]}
    say(f"Ben bought from {len(orders)} sellers: purchase {purchase['number']} over {purchase['totals']['total']} cents")

    own = orders.pop(pottery)
    (foreign,) = orders.values()
    ask("GET", f"/seller/{pottery}/orders/{foreign['id']}", bearer=ann, expect=(404,))
    sent = {"carrier": "Post", "tracking": "1Z999"}
    order = ask("POST", f"/seller/{pottery}/orders/{own['id']}/parcels", sent, ann)["order"]
    say(f"Ann sent order {order['number']} ({order['fulfilment_status']}), and does not see the other one")

    ask("POST", f"/admin/orders/{foreign['id']}/parcels", {}, staff)
    refund = {"goodwill": 100, "reason": "a scratch"}
    ask("POST", f"/admin/orders/{foreign['id']}/refunds", refund, staff)
    say("the other order was sent as well, and Ben got 100 cents back for a scratch")

    balance = ask("GET", f"/seller/{pottery}/balances", bearer=ann)["balances"][0]
    if balance["payable"] > 0:
        payout = ask("POST", "/admin/payouts", {"seller": pottery}, staff)
        paid = ask("POST", f"/admin/payouts/{payout['id']}/paid", {"reference": f"SEPA {RUN}"}, staff)
        say(f"Ann was paid {paid['amount']} cents to {paid['iban']}")
    else:
        say(f"{balance['held']} cents of Ann's are held for returns: SOUK_PAYOUT_RESERVE_DAYS=0 pays at once")

    review = {"rating": 5, "title": "Stands well", "body": "Holds tulips, and water."}
    ask("POST", f"/products/{own['lines'][0]['product']}/reviews", review, ben)
    shown = until(
        "the review", lambda: ask("GET", f"/products/{own['lines'][0]['product']}/reviews")["reviews"]
    )
    say(f"Ben's review is shown: {shown[0]['rating']} stars")

    expected = {"seller.applied", "seller.approved", "order.placed", "order.fulfilled", "order.partly_refunded"}
    until("the webhook's events", lambda: expected <= set(Receiver.seen))
    say(f"the webhook heard of {len(Receiver.seen)} events, each signed: {', '.join(sorted(set(Receiver.seen)))}")
    ask("DELETE", f"/admin/webhooks/{endpoint}", bearer=staff, headers={"If-Match": "*"})

    books = ask("GET", "/admin/ledger", bearer=staff)
    if not books["is_balanced"]:
        raise SystemExit("the ledger is not balanced")
    say("the ledger is balanced")


if __name__ == "__main__":
    main()
