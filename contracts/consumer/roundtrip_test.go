package consumer_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/pact-foundation/pact-go/v2/matchers"
	"github.com/stretchr/testify/require"

	"github.com/fridaygate/fridaygate/contracts/consumer"
	"github.com/fridaygate/fridaygate/contracts/pact"
	"github.com/fridaygate/fridaygate/contracts/verdict"
)

// roundTrip has a suite of one interaction write its pact, and verifies a provider that keeps it and one that
// breaks it. broken is what the second one's failure must show.
func roundTrip(t *testing.T, write func(s *consumer.Suite), keeps, breaks pact.Options, broken string) {
	t.Helper()
	dir := t.TempDir()
	require.True(t, t.Run("suite", func(t *testing.T) {
		write(consumer.New(t, consumer.Options{Consumer: "web", Provider: "shelf", Folder: dir, Update: true}))
	}))
	keeps.Provider, keeps.Sources = "shelf", []pact.Source{pact.Files(dir)}
	report := pact.Verify(t.Context(), keeps)
	require.Equal(t, verdict.Pass, report.Verdict, report)
	require.Len(t, report.Results, 1)

	breaks.Provider, breaks.Sources = "shelf", []pact.Source{pact.Files(dir)}
	report = pact.Verify(t.Context(), breaks)
	require.Equal(t, verdict.Fail, report.Verdict, report)
	require.Contains(t, report.Results[0].String(), broken)
}

// answering is a provider that answers every request in one way.
func answering(t *testing.T, f func(w http.ResponseWriter, r *http.Request)) pact.Options {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(f))
	t.Cleanup(server.Close)
	return pact.Options{URL: server.URL}
}

func saying(t *testing.T, contentType, body string) pact.Options {
	t.Helper()
	return answering(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", contentType)
		_, _ = io.WriteString(w, body)
	})
}

// call makes a request of a client and returns the answer's body.
func call(t *testing.T, method, url, contentType string, body []byte) []byte {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, url, bytes.NewReader(body))
	require.NoError(t, err)
	if contentType != "" {
		r.Header.Set("Content-Type", contentType)
	}
	answer, err := http.DefaultClient.Do(r)
	require.NoError(t, err)
	defer func() { _ = answer.Body.Close() }()
	require.Less(t, answer.StatusCode, 300)
	got, err := io.ReadAll(answer.Body)
	require.NoError(t, err)
	return got
}

func TestMatchers(t *testing.T) {
	roundTrip(t, func(s *consumer.Suite) {
		s.HTTP("books", func(p *consumer.HTTPPact) *consumer.HTTPInteraction {
			return p.AddInteraction().UponReceiving("a request for the books").
				WithRequestPathMatcher("GET", matchers.Regex("/books", "^/(books|shelf)$"), func(b *consumer.Request) {
					b.Query("since", matchers.Regex("2026", `^\d{4}$`)).Header("Accept", matchers.S("application/json"))
				}).
				WillRespondWith(200, func(b *consumer.Response) {
					b.Header("Content-Type", matchers.Regex("application/json", `^application/json(;.*)?$`)).JSONBody(map[string]any{
						"books": matchers.EachLike(map[string]any{
							"id": matchers.UUID(), "title": matchers.Like("Dune"), "isbn": matchers.Regex("0441", `^\d+$`),
							"pages": matchers.Integer(412), "price": matchers.Decimal(9.5), "read": matchers.Like(true),
						}, 1),
						"total": matchers.Includes("1"),
					})
				})
		}, func(t *testing.T, url string) {
			r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url+"/shelf?since=1999", nil)
			require.NoError(t, err)
			r.Header.Set("Accept", "application/json")
			answer, err := http.DefaultClient.Do(r)
			require.NoError(t, err)
			defer func() { _ = answer.Body.Close() }()
			var got struct{ Books []struct{ Title string } }
			require.NoError(t, json.NewDecoder(answer.Body).Decode(&got))
			require.Equal(t, "Dune", got.Books[0].Title)
		})
	},
		saying(t, "application/json; charset=utf-8", `{"total":"21 books","books":[
			{"id":"7d444840-9dc0-11d1-b245-5ffdce74fad2","title":"Emma","isbn":"0141","pages":1,"price":1.25,"read":false},
			{"id":"7d444840-9dc0-11d1-b245-5ffdce74fad3","title":"It","isbn":"0450","pages":2,"price":0.5,"read":true}]}`),
		saying(t, "application/json", `{"total":"1","books":[
			{"id":"7d444840-9dc0-11d1-b245-5ffdce74fad2","title":"Emma","isbn":"none","pages":1,"price":1.25,"read":false}]}`),
		"where     $.books[0].isbn")
}

func TestValuesOfProviderStates(t *testing.T) {
	store := func(id string) pact.Options {
		opts := answering(t, func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			if r.URL.Path != "/books/"+id {
				w.WriteHeader(http.StatusNotFound)
			}
			_, _ = fmt.Fprintf(w, `{"id":%q}`, id)
		})
		opts.States = pact.States{"a book is there": func(_ context.Context, s *pact.Setup) error {
			if s.Params["shelf"] != "7" || fmt.Sprint(s.Params["place"]) != "9007199254740993" {
				return fmt.Errorf("the parameters are %#v", s.Params)
			}
			s.Return("id", "b-81")
			return nil
		}}
		return opts
	}
	roundTrip(t, func(s *consumer.Suite) {
		s.HTTP("book", func(p *consumer.HTTPPact) *consumer.HTTPInteraction {
			return p.AddInteraction().
				GivenWithParameter(consumer.Given("a book is there", map[string]any{"shelf": "7", "place": 9007199254740993})).
				UponReceiving("a request for the book").
				WithRequestPathMatcher("GET", matchers.FromProviderState("/books/${id}", "/books/7")).
				WillRespondWith(200, func(b *consumer.Response) {
					b.JSONBody(map[string]any{"id": matchers.FromProviderState("${id}", "7")})
				})
		}, func(t *testing.T, url string) {
			require.JSONEq(t, `{"id":"7"}`, string(call(t, "GET", url+"/books/7", "", nil)))
		})
	}, store("b-81"), store("7"), "status")
}

func TestMultipartBodies(t *testing.T) {
	shelf := func(name string) pact.Options {
		return answering(t, func(w http.ResponseWriter, r *http.Request) {
			file, _, err := r.FormFile("page")
			if err != nil {
				http.Error(w, err.Error(), http.StatusBadRequest)
				return
			}
			text, err := io.ReadAll(file)
			if err != nil || string(text) != "a page" {
				http.Error(w, fmt.Sprintf("%q %v", text, err), http.StatusBadRequest)
				return
			}
			body, contentType := form(t, name, "a copy")
			w.Header().Set("Content-Type", contentType)
			w.WriteHeader(http.StatusCreated)
			_, _ = w.Write(body)
		})
	}
	file := page(t, "page.txt", "a page")
	roundTrip(t, func(s *consumer.Suite) { s.HTTP("upload", upload("a new page", file), uploads("another page")) },
		shelf("copy"), shelf("page"), "copy")
}

func TestBinaryBodiesAreWrittenAndVerified(t *testing.T) {
	roundTrip(t, func(s *consumer.Suite) {
		s.HTTP("cover", func(p *consumer.HTTPPact) *consumer.HTTPInteraction {
			return p.AddInteraction().UponReceiving("a new cover").
				WithRequest("PUT", "/cover", func(b *consumer.Request) { b.BinaryBody([]byte{0, 255, 1}) }).
				WillRespondWith(200, func(b *consumer.Response) { b.BinaryBody([]byte{1, 255, 0}) })
		}, func(t *testing.T, url string) {
			require.Equal(t, []byte{1, 255, 0}, call(t, "PUT", url+"/cover", "application/octet-stream", []byte{0, 255, 1}))
		})
	}, answering(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/octet-stream")
		body, _ := io.ReadAll(r.Body)
		if !bytes.Equal(body, []byte{0, 255, 1}) {
			w.WriteHeader(http.StatusBadRequest)
		}
		_, _ = w.Write([]byte{1, 254, 0})
	}), saying(t, "application/json", `{}`), "application/octet-stream")
}

// sending is a provider that sends one message, in the state that the pact asks for.
func sending(contentType, body, topic string) pact.Options {
	return pact.Options{
		States: pact.States{"a book is there": func(context.Context, *pact.Setup) error { return nil }},
		Message: func(_ context.Context, s *pact.Setup) (pact.Message, error) {
			if s.Request != nil && (string(s.Request.Body) != `{"id":7}` || s.Request.Metadata["topic"] != "questions") {
				return pact.Message{}, fmt.Errorf("the request is %s %v", s.Request.Body, s.Request.Metadata)
			}
			return pact.Message{Body: []byte(body), Metadata: map[string]any{"contentType": contentType, "topic": topic}}, nil
		},
	}
}

func TestMessagesAreWrittenAndVerified(t *testing.T) {
	write := func(s *consumer.Suite) {
		s.Message("book", func(m *consumer.MessageBuilder) *consumer.MessageInteraction {
			return m.GivenWithParameter(consumer.Given("a book is there", map[string]any{"id": "7"})).
				ExpectsToReceive("a book came").WithMetadata(map[string]string{"topic": "books"}).
				WithJSONContent(map[string]any{"id": 7, "title": matchers.Like("Dune")})
		}, func(t *testing.T, body []byte) { require.JSONEq(t, `{"id":7,"title":"Dune"}`, string(body)) })
	}
	keeps := sending("application/json", `{"id":7,"title":"Emma","more":true}`, "books")
	roundTrip(t, write, keeps, sending("application/json", `{"id":7,"title":7}`, "books"), "where     $.title")
	roundTrip(t, write, keeps, sending("application/json", `{"id":7,"title":"Emma"}`, "films"), "where     topic")
}

func TestBinaryMessages(t *testing.T) {
	write := func(s *consumer.Suite) {
		s.Message("cover", func(m *consumer.MessageBuilder) *consumer.MessageInteraction {
			return m.Given("a book is there").ExpectsToReceive("a cover").WithContent("application/octet-stream", consumer.Binary(png))
		}, func(t *testing.T, body []byte) { require.Equal(t, png, body) })
	}
	roundTrip(t, write, sending("application/octet-stream", string(png), ""), sending("application/octet-stream", string(png)+"\x00",
		""), "body")
}

func TestMessagesWithAnAnswer(t *testing.T) {
	write := func(s *consumer.Suite) {
		s.SyncMessage("question", func(p *consumer.SyncMessagePact) *consumer.SyncMessageInteraction {
			return p.AddSynchronousMessage("a question").Given("a book is there").
				WithRequest(func(r *consumer.SyncMessageRequest) {
					r.WithJSONContent(map[string]any{"id": 7}).WithMetadata(map[string]string{"topic": "questions"})
				}).
				WithResponse(func(r *consumer.SyncMessageResponse) {
					r.WithJSONContent(map[string]any{"title": matchers.Like("Dune")}).WithMetadata(map[string]string{"topic": consumer.Text("7")})
				})
		}, func(t *testing.T, request []byte, answers [][]byte) {
			require.JSONEq(t, `{"id":7}`, string(request))
			require.Len(t, answers, 1)
			require.JSONEq(t, `{"title":"Dune"}`, string(answers[0]))
		})
	}
	keeps := sending("application/json", `{"title":"Emma"}`, "7")
	roundTrip(t, write, keeps, sending("application/json", `{"title":null}`, "7"), "where     $.title")
	roundTrip(t, write, keeps, sending("application/json", `{"title":"Emma"}`, "8"), "where     topic")
}
