// Verifies a delivery of Souk by the library `standardwebhooks`, and that it refuses a changed one.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { Webhook, WebhookVerificationError } from "standardwebhooks";

const { secret, headers, body } = JSON.parse(readFileSync(0, "utf8"));
const webhook = new Webhook(secret);
assert.equal(webhook.verify(body, headers).type, "order.placed");
assert.throws(() => webhook.verify(`${body} `, headers), WebhookVerificationError);
