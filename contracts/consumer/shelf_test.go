package consumer_test

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"net/http"
	"os"
	"testing"

	"github.com/pact-foundation/pact-go/v2/matchers"
	"github.com/stretchr/testify/require"

	"github.com/fridaygate/fridaygate/contracts/consumer"
)

var update = flag.Bool("update", false, "accept what the suite writes as the committed pact")

// How TestEveryBreakTurnsTheSuiteRed runs TestShelf again, in a process that may fail: what is broken, and the folder of the pact.
const (
	breakage = "CONSUMER_TEST_BREAKAGE"
	folder   = "CONSUMER_TEST_FOLDER"
)

// shelf is the client of a shelf of books, as small as a consumer can be.
type shelf struct{ url string }

func (s shelf) title(ctx context.Context, id string) (string, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, s.url+"/books/"+id, nil)
	if err != nil {
		return "", err
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return "", err
	}
	defer func() { _ = answer.Body.Close() }()
	if answer.StatusCode != http.StatusOK {
		return "", fmt.Errorf("no book %s: %s", id, answer.Status)
	}
	var book struct{ Title string }
	err = json.NewDecoder(answer.Body).Decode(&book)
	return book.Title, err
}

// book is a request for one book of the shelf.
func book(id, title string) func(p *consumer.HTTPPact) *consumer.HTTPInteraction {
	return func(p *consumer.HTTPPact) *consumer.HTTPInteraction {
		return p.AddInteraction().
			GivenWithParameter(consumer.Given("a book is there", map[string]any{"id": id})).
			UponReceiving("a request for the book "+id).
			WithRequest("GET", "/books/"+id).
			WillRespondWith(200, func(b *consumer.Response) {
				b.JSONBody(map[string]any{"title": matchers.Like(title), "year": 1.0})
			})
	}
}

func reads(id, title string) func(t *testing.T, url string) {
	return func(t *testing.T, url string) {
		got, err := shelf{url}.title(t.Context(), id)
		require.NoError(t, err)
		require.Equal(t, title, got)
	}
}

// TestShelf is green, as long as nothing is broken.
func TestShelf(t *testing.T) {
	opts := consumer.Options{Consumer: "web", Provider: "shelf", Folder: "testdata", Update: *update}
	if other := os.Getenv(folder); other != "" {
		opts.Folder = other
	}
	title, test := "Dune", reads("7", "Dune")
	switch os.Getenv(breakage) {
	case "another title":
		title, test = "Emma", reads("7", "Emma")
	case "client fails":
		test = reads("7", "Emma")
	case "client asks for another":
		test = reads("9", "Dune")
	case "client panics":
		test = func(*testing.T, string) { panic("no such shelf") }
	case "client asks nothing":
		test = func(*testing.T, string) {}
	case "interaction skipped":
		test = func(t *testing.T, _ string) { t.Skip("another day") }
	case "no consumer":
		opts.Consumer = ""
	case "slash in a name":
		opts.Provider = "../shelf"
	case "two suites":
		t.Run("another", func(t *testing.T) { consumer.New(t, opts).HTTP("book", book("7", title), test) })
	}
	s := consumer.New(t, opts)
	if os.Getenv(breakage) == "suite skipped" {
		t.Skip("another day")
	}
	s.HTTP("book", book("7", title), test)
	s.HTTP("other book", book("8", "Emma"), reads("8", "Emma"))
	if os.Getenv(breakage) == "conflict" {
		s.HTTP("book again", book("7", "Emma"), reads("7", "Emma"))
	}
	if os.Getenv(breakage) == "the same twice" {
		s.HTTP("book again", book("7", title), test)
	}
}
