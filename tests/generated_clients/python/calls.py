"""Calls of the README, by a client that openapi-generator makes. Each has to be made as a request.

Without `SOUK_URL` nobody answers: that the connection is refused shows that the request was made.
"""

import os

import urllib3

import souk_client as souk


def main() -> None:
    url = os.environ.get("SOUK_URL")
    configuration = souk.Configuration(host=url or "http://127.0.0.1:9", access_token=os.environ.get("SOUK_ADMIN_KEY"))
    configuration.retries = False
    client = souk.ApiClient(configuration)
    teapot = souk.ProductPatchBody(
        external_id="readme-1",
        title="Teapot of the README",
        category="mugs",
        variants=[souk.VariantPatchBody(sku="RM-1", price=2500, stock=3)],
    )
    search = souk.SearchApi(client)
    calls = [
        lambda: souk.AdminApi(client).admin_upsert_products(souk.BatchBody(products=[teapot])),
        lambda: search.search(q="shirt", attr=["size:M", "size:L"], price_max=3000, in_stock=True, sort="price_asc"),
        lambda: search.suggest(q="ke"),
    ]
    for call in calls:
        try:
            call()
        except urllib3.exceptions.HTTPError:
            if url:
                raise


if __name__ == "__main__":
    main()
