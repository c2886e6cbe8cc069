"""Makes search keys on your own server, out of an API key with the permission `search_keys.make`.

    SOUK_API_KEY=souk_sk_... python3 search_key.py '{"filters": {"seller": "acme"}}'
"""

import base64
import hashlib
import hmac
import json
import os
import sys


def search_key(api_key: str, restrictions: dict) -> str:
    payload = base64url(json.dumps(restrictions, separators=(",", ":"), ensure_ascii=False).encode())
    signed = "souk_search_" + api_key[8:19] + payload
    secret = hashlib.sha256(api_key.encode()).digest()
    return signed + "." + base64url(hmac.new(secret, signed.encode(), hashlib.sha256).digest())


def base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


if __name__ == "__main__":
    print(search_key(os.environ["SOUK_API_KEY"], json.loads(sys.argv[1])))
