package consumer_test

import (
	"bytes"
	"fmt"
	"io"
	"math/rand/v2"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/pact-foundation/pact-go/v2/matchers"
	"github.com/stretchr/testify/require"

	"github.com/fridaygate/fridaygate/contracts/consumer"
)

// anyKind adds the interaction of a number to a suite: each kind comes in turn.
func anyKind(s *consumer.Suite, n int, file string) {
	name := fmt.Sprintf("interaction %d", n)
	switch n % 4 {
	case 0:
		s.HTTP(name, book(fmt.Sprint(n), "Dune"), reads(fmt.Sprint(n), "Dune"))
	case 1:
		s.HTTP(name, upload(name, file), uploads("a page"))
	case 2:
		s.Message(name, func(m *consumer.MessageBuilder) *consumer.MessageInteraction {
			return m.Given("a book is there").ExpectsToReceive(name).
				WithMetadata(map[string]string{"type": "book", "source": "shelf", "topic": "books"}).
				WithJSONContent(map[string]any{"id": n, "title": matchers.Like("Dune")})
		}, func(*testing.T, []byte) {})
	case 3:
		s.SyncMessage(name, func(p *consumer.SyncMessagePact) *consumer.SyncMessageInteraction {
			return p.AddSynchronousMessage(name).
				WithRequest(func(r *consumer.SyncMessageRequest) { r.WithJSONContent(map[string]any{"id": n}) }).
				WithResponse(func(r *consumer.SyncMessageResponse) { r.WithContent("image/png", consumer.Binary(png)) })
		}, func(*testing.T, []byte, [][]byte) {})
	}
}

// png has bytes that are no text, a zero among them.
var png = []byte("\x89PNG\r\n\x1a\n\x00\xff\x00")

// page writes a file to upload.
func page(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
	return path
}

// upload is a request with a multipart body.
func upload(description, file string) func(p *consumer.HTTPPact) *consumer.HTTPInteraction {
	return func(p *consumer.HTTPPact) *consumer.HTTPInteraction {
		return p.AddInteraction().UponReceiving(description).
			WithRequest("POST", "/pages", func(b *consumer.Request) { b.MultipartBody("text/plain", file, "page") }).
			WillRespondWith(201, func(b *consumer.Response) { b.MultipartBody("text/plain", file, "copy") })
	}
}

func uploads(text string) func(t *testing.T, url string) {
	return func(t *testing.T, url string) {
		body, contentType := form(t, "page", text)
		answer, err := http.Post(url+"/pages", contentType, bytes.NewReader(body))
		require.NoError(t, err)
		defer func() { _ = answer.Body.Close() }()
		require.Equal(t, http.StatusCreated, answer.StatusCode)
		_, err = io.Copy(io.Discard, answer.Body)
		require.NoError(t, err)
	}
}

// form is a multipart body with one text file.
func form(t *testing.T, name, text string) ([]byte, string) {
	t.Helper()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	header := textproto.MIMEHeader{}
	header.Set("Content-Disposition", fmt.Sprintf("form-data; name=%q; filename=%q", name, "page.txt"))
	header.Set("Content-Type", "text/plain")
	file, err := w.CreatePart(header)
	require.NoError(t, err)
	_, err = io.WriteString(file, text)
	require.NoError(t, err)
	require.NoError(t, w.Close())
	return body.Bytes(), w.FormDataContentType()
}

// A suite writes the same bytes in every order, sequentially and concurrently.
func TestBytesDoNotDependOnTheOrder(t *testing.T) {
	file := page(t, "page.txt", "a page")
	const interactions = 24
	write := func(name string, order []int, parallel bool) string {
		dir := t.TempDir()
		require.True(t, t.Run(name, func(t *testing.T) {
			s := consumer.New(t, consumer.Options{Consumer: "web", Provider: "shelf", Folder: dir, Update: true, Parallel: parallel})
			for _, n := range order {
				anyKind(s, n, file)
			}
		}))
		text, err := os.ReadFile(filepath.Join(dir, "web-shelf.json"))
		require.NoError(t, err)
		return string(text)
	}
	random := rand.New(rand.NewPCG(1, 2))
	first := write("in order", random.Perm(interactions), false)
	require.Equal(t, interactions, strings.Count(first, `"description"`))
	for range 3 {
		require.Equal(t, first, write("another order", random.Perm(interactions), false))
		require.Equal(t, first, write("at once", random.Perm(interactions), true))
	}
}

// Suites of several pacts may run at once, and interactions may call t.Parallel themselves.
func TestSuitesRunAtOnce(t *testing.T) {
	dir := t.TempDir()
	require.True(t, t.Run("suites", func(t *testing.T) {
		for _, name := range []string{"web", "desk", "phone"} {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				s := consumer.New(t, consumer.Options{Consumer: name, Provider: "shelf", Folder: dir, Update: true})
				for n := range 5 {
					s.HTTP(fmt.Sprint(n), book(fmt.Sprint(n), name), func(t *testing.T, url string) {
						t.Parallel()
						reads(fmt.Sprint(n), name)(t, url)
					})
				}
			})
		}
	}))
	for _, name := range []string{"web", "desk", "phone"} {
		text, err := os.ReadFile(filepath.Join(dir, name+"-shelf.json"))
		require.NoError(t, err)
		require.Equal(t, 5, strings.Count(string(text), `"description"`))
		require.Equal(t, 5, strings.Count(string(text), `"title": "`+name+`"`))
	}
}

func TestOrphansAreThePactsThatNoSuiteWrote(t *testing.T) {
	folder := t.TempDir()
	s := consumer.New(t, consumer.Options{Consumer: "web", Provider: "shelf", Folder: folder, Update: true})
	s.HTTP("a book", book("1", "Dune"), reads("1", "Dune"))
	require.NoError(t, os.WriteFile(filepath.Join(folder, "web-shelf.json"), []byte("{}"), 0o600))
	stray := filepath.Join(folder, "app-shelf.json")
	require.NoError(t, os.WriteFile(stray, []byte("{}"), 0o600))
	orphans, err := consumer.Orphans(folder)
	require.NoError(t, err)
	require.Equal(t, []string{stray}, orphans)
}
