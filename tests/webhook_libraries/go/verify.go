// Verifies a delivery of Souk by the library of Standard Webhooks, and that it refuses a changed one.
package main

import (
	"encoding/json"
	"log"
	"net/http"
	"os"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"
)

func main() {
	var delivery struct {
		Secret  string
		Headers map[string]string
		Body    string
	}
	if err := json.NewDecoder(os.Stdin).Decode(&delivery); err != nil {
		log.Fatal(err)
	}
	headers := http.Header{}
	for name, value := range delivery.Headers {
		headers.Set(name, value)
	}
	webhook, err := standardwebhooks.NewWebhook(delivery.Secret)
	if err != nil {
		log.Fatal(err)
	}
	if err := webhook.Verify([]byte(delivery.Body), headers); err != nil {
		log.Fatal(err)
	}
	if err := webhook.Verify([]byte(delivery.Body+" "), headers); err == nil {
		log.Fatal("a changed body was taken")
	}
}
