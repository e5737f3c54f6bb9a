package consumer_test

import (
	"flag"
	"testing"

	"github.com/pact-foundation/pact-go/v2/matchers"

	"github.com/fridaygate/fridaygate/contracts/consumer"
)

// The test of a consumer. The flag lets "go test . -update" accept a change of the pact.
func Example() {
	update := flag.Bool("update", false, "accept what the suite writes as the committed pact")

	TestWebPact := func(t *testing.T) {
		s := consumer.New(t, consumer.Options{Consumer: "web", Provider: "shelf", Update: *update})

		s.HTTP("a book that is there", func(p *consumer.HTTPPact) *consumer.HTTPInteraction {
			return p.AddInteraction().
				GivenWithParameter(consumer.Given("a book is there", map[string]any{"id": "7"})).
				UponReceiving("a request for the book").
				WithRequest("GET", "/books/7").
				WillRespondWith(200, func(b *consumer.Response) {
					b.JSONBody(map[string]any{"title": matchers.Like("Dune")})
				})
		}, func(t *testing.T, url string) {
			if title, err := (shelf{url}).title(t.Context(), "7"); err != nil || title != "Dune" {
				t.Errorf("the title is %q (%v)", title, err)
			}
		})

		s.Message("a book came", func(m *consumer.MessageBuilder) *consumer.MessageInteraction {
			return m.ExpectsToReceive("a book came").WithJSONContent(map[string]any{"id": matchers.Like("7")})
		}, func(t *testing.T, body []byte) {
			if len(body) == 0 {
				t.Error("the message is empty")
			}
		})
	}
	_ = TestWebPact // go test runs it
}
