// Calls of the README, by a client that oapi-codegen makes. They have to compile.
package main

import (
	"context"
	"fmt"
	"log"
	"net/http"
	"os"

	"souk.example/calls/souk"
)

func pointer[T any](value T) *T { return &value }

func main() {
	ctx := context.Background()
	key := func(_ context.Context, request *http.Request) error {
		request.Header.Set("Authorization", "Bearer "+os.Getenv("SOUK_ADMIN_KEY"))
		return nil
	}
	client, err := souk.NewClientWithResponses(os.Getenv("SOUK_URL"), souk.WithRequestEditorFn(key))
	if err != nil {
		log.Fatal(err)
	}
	written, err := client.AdminUpsertProductsWithResponse(ctx, souk.BatchBody{
		Products: []souk.ProductPatchBody{{
			ExternalId: pointer("readme-1"),
			Title:      pointer("Teapot of the README"),
			Category:   pointer("mugs"),
			Variants:   &[]souk.VariantPatchBody{{Sku: "RM-1", Price: pointer(int64(2500)), Stock: pointer(int64(3))}},
		}},
	})
	if err != nil || written.JSON200 == nil {
		log.Fatal(err, written)
	}
	found, err := client.SearchWithResponse(ctx, &souk.SearchParams{
		Q:        pointer("shirt"),
		Attr:     &[]string{"size:M", "size:L"},
		PriceMax: pointer(int64(3000)),
		InStock:  pointer(true),
		Sort:     pointer(souk.SearchParamsSortPriceAsc),
	})
	if err != nil || found.JSON200 == nil {
		log.Fatal(err, found)
	}
	for _, hit := range found.JSON200.Hits {
		fmt.Println(hit.Title, hit.Price.Formatted)
	}
}
