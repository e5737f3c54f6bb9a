package receivers_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"

	"github.com/fridaygate/fridaygate/smoke/receivers"
)

// One bug is one difference: this receiver accepts unsigned deliveries.
func ExampleReceiver_Start() {
	const event = `{"id":"evt_1","type":"invoice.archived"}`
	for _, r := range receivers.All {
		if r.Name != "correct" && r.Case != "sig-missing" {
			continue
		}
		delivery := httptest.NewRequest(http.MethodPost, "/webhooks/invoices", strings.NewReader(event))
		delivery.Header.Set("Content-Type", "application/json")
		delivery.Header.Set("webhook-id", "evt_1")
		answer := httptest.NewRecorder()
		r.Start("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").ServeHTTP(answer, delivery)
		fmt.Printf("%s: %d\n", r.Name, answer.Code)
	}
	// Output:
	// correct: 401
	// missing-signature-accepted: 200
}
