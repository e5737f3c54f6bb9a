package broker_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/fridaygate/fridaygate/contracts/broker"
	"github.com/fridaygate/fridaygate/contracts/verdict"
)

func TestOneRequestPublishesAllPactsOfAConsumer(t *testing.T) {
	m := market{team: newTeam(t)}
	pacts := []broker.PactFile{
		m.pact("web", "api", "a price"), m.pact("web", "pay", "a payment"), m.pact("web", "api", "a price"), m.pact("Zoë", "api", "a name"),
	}
	all, err := m.client.Publish(t.Context(), broker.Publication{
		Version: "1", Branch: "feat/x y", Tags: []string{"a tag"}, BuildURL: "https://ci.example/1", Pacts: pacts,
	})
	require.NoError(t, err)
	require.Len(t, all, 2)
	require.Equal(t, m.name("Zoë"), all[0].Consumer)
	require.Len(t, all[1].Pacts, 2)
	require.Contains(t, strings.Join(all[1].Notices, "\n"),
		"Pact successfully published for "+m.name("web")+" version 1 and provider "+m.name("pay"))
	branches, err := m.client.Branches(t.Context(), m.name("web"))
	require.NoError(t, err)
	require.Equal(t, "feat/x y", branches[0].Name)
	_, err = m.client.Branches(t.Context(), m.name("nobody"))
	require.ErrorIs(t, err, broker.ErrUnknownPacticipant)

	again, err := m.client.Publish(t.Context(), broker.Publication{Version: "1", Pacts: pacts[:1]})
	require.NoError(t, err)
	require.Contains(t, strings.Join(again[0].Notices, "\n"), "no content changes")
}

func TestAVersionWithOtherContentIsAConflict(t *testing.T) {
	m := market{team: newTeam(t)}
	m.give("1", m.pact("web", "api", "a price"))
	changed := []broker.PactFile{m.pact("web", "api", "another price"), m.pact("zoo", "api", "an animal")}
	done, err := m.client.Publish(t.Context(), broker.Publication{Version: "1", Pacts: changed})
	require.Empty(t, done)
	require.ErrorIs(t, err, broker.ErrConflict)
	require.ErrorContains(t, err, "Cannot change the content of the pact")
	require.ErrorContains(t, err, "published: nothing; not published: "+m.name("web")+", "+m.name("zoo"))
	require.ErrorContains(t, err, "--merge")

	_, err = m.client.Publish(t.Context(), broker.Publication{Version: "1", Merge: true, Pacts: changed})
	require.NoError(t, err)
	p, err := m.client.PactAt(t.Context(), m.broker.URL+"/pacts/provider/"+url.PathEscape(m.name("api"))+"/consumer/"+
		url.PathEscape(m.name("web"))+"/version/1")
	require.NoError(t, err)
	require.Contains(t, string(p.Content), `"a price"`)
	require.Contains(t, string(p.Content), `"another price"`)

	// The broker would replace an interaction whose answer is another one.
	other := m.pact("web", "api", "a price")
	other.Content = []byte(strings.Replace(string(other.Content), `"status":200`, `"status":404`, 1))
	second := m.pact("web", "pay", "a payment")
	_, err = m.client.Publish(t.Context(), broker.Publication{Version: "1", Merge: true, Pacts: []broker.PactFile{second, other}})
	require.ErrorIs(t, err, broker.ErrConflict)
	require.ErrorContains(t, err, `the version has "a price" with another request or answer, which a merge would replace`)
	_, err = m.client.PactAt(t.Context(), strings.Replace(p.URL, url.PathEscape(m.name("api")), url.PathEscape(m.name("pay")), 1))
	require.ErrorIs(t, err, broker.ErrNotFound, "nothing is merged")
}

// A broker that fails at the second of three consumers: what was published, what perhaps was, and what was not.
func TestUnpublishedPactsAreReported(t *testing.T) {
	m := market{team: &team{t: t}}
	a, b, c := m.name("a"), m.name("b"), m.name("c")
	const inDoubt = "; the request was sent, and whether it took effect is not known"
	dies := func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }
	perhaps := inDoubt + "; published: " + a + "; perhaps published: " + b + "; not published: " + c
	for name, f := range map[string]struct {
		second http.HandlerFunc
		says   string
	}{
		"413":            {answer(413, "", ""), "413 Request Entity Too Large; published: " + a + "; not published: " + b + ", " + c},
		"429":            {answer(429, "", ""), "429 Too Many Requests; published: " + a + "; not published: " + b + ", " + c},
		"502":            {answer(502, "", ""), "502 Bad Gateway" + perhaps},
		"dies":           {dies, "the connection was cut before the answer's end" + perhaps},
		"a sign-in page": {answer(200, "text/html", page), "instead of JSON" + perhaps},
		"another answer": {answer(200, "application/json", "{}"), "the answer names 0; published: " + a + "; perhaps published: " + b},
		"half an answer": {answer(200, "application/json", "{"), "unexpected end of JSON input; published: " + a + "; perhaps"},
	} {
		t.Run(name, func(t *testing.T) {
			var posts atomic.Int32
			var server *httptest.Server
			server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				switch {
				case r.Method == http.MethodGet:
					_, _ = fmt.Fprintf(w, `{"_links":{"pb:publish-contracts":{"href":"%s/contracts/publish"}}}`, server.URL)
				case posts.Add(1) == 1:
					_, _ = fmt.Fprint(w, `{"_links":{"pb:contracts":[{"href":"/pact"}]}}`)
				default:
					f.second(w, r)
				}
			}))
			t.Cleanup(server.Close)
			client, err := broker.New(broker.Config{URL: server.URL})
			require.NoError(t, err)
			done, err := client.Publish(t.Context(), broker.Publication{
				Version: "1", Pacts: []broker.PactFile{m.pact("a", "api", "x"), m.pact("b", "api", "x"), m.pact("c", "api", "x")},
			})
			require.Len(t, done, 1)
			require.ErrorContains(t, err, f.says)
			require.EqualValues(t, 2, posts.Load(), "it is not sent again")
		})
	}
}

func TestARefusedConnectionPublishedNothing(t *testing.T) {
	t.Parallel()
	m := market{team: &team{t: t}}
	var server *httptest.Server
	server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost {
			_ = server.Listener.Close() // whoever comes next is refused
			w.Header().Set("Connection", "close")
			_, _ = fmt.Fprint(w, `{"_links":{"pb:contracts":[{"href":"/pact"}]}}`)
			return
		}
		_, _ = fmt.Fprintf(w, `{"_links":{"pb:publish-contracts":{"href":"%s/contracts/publish"}}}`, server.URL)
	}))
	t.Cleanup(server.Close)
	c, err := broker.New(broker.Config{URL: server.URL})
	require.NoError(t, err)
	both := []broker.PactFile{m.pact("a", "api", "x"), m.pact("b", "api", "x")}
	_, err = c.Publish(t.Context(), broker.Publication{Version: "1", Pacts: both})
	require.ErrorContains(t, err, "the connection is refused (3 attempts); published: "+m.name("a")+"; not published: "+m.name("b"))
}

func TestAPublicationThatMeansNothingIsRefused(t *testing.T) {
	m := market{team: &team{t: t}}
	one := m.pact("web", "api", "a price")
	for says, p := range map[string]broker.Publication{
		"version is missing":       {Pacts: []broker.PactFile{one}},
		"there is no pact":         {Version: "1"},
		`" 1" begins or ends with`: {Version: " 1", Pacts: []broker.PactFile{one}},
		`"a " begins or ends with`: {Version: "1", Branch: "a ", Pacts: []broker.PactFile{one}},
		"and differ: publish one ": {Version: "1", Pacts: []broker.PactFile{one, m.pact("web", "api", "another price")}},
	} {
		c, err := broker.New(broker.Config{URL: "http://127.0.0.1:1"})
		require.NoError(t, err)
		_, err = c.Publish(t.Context(), p)
		require.ErrorIs(t, err, broker.ErrUsage)
		require.ErrorContains(t, err, says)
	}
}

func TestOnlyPactsAreRead(t *testing.T) {
	folder := t.TempDir()
	write := func(name, text string) {
		require.NoError(t, os.MkdirAll(filepath.Join(folder, filepath.Dir(name)), 0o755))
		require.NoError(t, os.WriteFile(filepath.Join(folder, name), []byte(text), 0o600))
	}
	m := market{team: &team{t: t}}
	write("good/a.json", string(m.pact("web", "api", "x").Content))
	write("good/deep/b.json", string(m.pact("web", "pay", "x").Content))
	write("bad/text.json", "hello")
	write("bad/other.json", `{"consumer":{"name":"web"}}`)
	write("bad/empty.json", `{"consumer":{"name":"web"},"provider":{"name":"api"},"interactions":[]}`)
	write("none/readme.md", "")
	for place, count := range map[string]int{"good": 1, "good/a.json": 1, "good/**/*.json": 2, "good/*.json": 1} {
		found, err := broker.ReadPacts(filepath.Join(folder, place))
		require.NoError(t, err)
		require.Len(t, found, count, place)
	}
	found, err := broker.ReadPacts(filepath.Join(folder, "good"), filepath.Join(folder, "good/*.json"))
	require.NoError(t, err)
	require.Len(t, found, 1, "a file is read once")
	for place, says := range map[string][]string{
		"bad":    {"text.json is not a pact: invalid character", "other.json is not a pact: it must name", "empty.json has no interactions"},
		"none":   {"the folder has no *.json file"},
		"gone":   {"there is no such file or folder"},
		"gone/*": {"the pattern matches no file"},
	} {
		_, err := broker.ReadPacts(filepath.Join(folder, place))
		require.ErrorIs(t, err, broker.ErrUsage)
		for _, text := range says {
			require.ErrorContains(t, err, text)
		}
	}
	_, err = broker.ReadPacts()
	require.ErrorIs(t, err, broker.ErrUsage)
}

// Two hundred pacticipants, each the consumer of the next: publishing takes one request each and the index; a decision
// about all of them takes at most 48, however many pairs they form. The server takes no query above 10 KiB, as the broker's does.
func TestTwoHundredPacticipantsAreABoundedNumberOfRequests(t *testing.T) {
	const pacticipants = 200
	var requests, longest atomic.Int32
	var server *httptest.Server
	server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		requests.Add(1)
		longest.Store(max(longest.Load(), int32(len(r.URL.RawQuery))))
		switch r.URL.Path {
		case "/matrix":
			_, _ = fmt.Fprint(w, `{"summary":{"deployable":null},"matrix":[`+unverified(r.URL.Query()["q[][pacticipant]"])+`]}`)
		case "/contracts/publish":
			_, _ = fmt.Fprint(w, `{"_links":{"pb:contracts":[{"href":"/pact"}]}}`)
		default:
			_, _ = fmt.Fprintf(w, `{"_links":{"pb:publish-contracts":{"href":"%s/contracts/publish"}}}`, server.URL)
		}
	}))
	t.Cleanup(server.Close)
	c, err := broker.New(broker.Config{URL: server.URL})
	require.NoError(t, err)
	name := func(n int) string { return fmt.Sprintf("a-service-of-ours-%03d", n%pacticipants) }
	var pacts []broker.PactFile
	var versions []broker.VersionSelector
	for n := range pacticipants {
		pacts = append(pacts, broker.PactFile{Consumer: name(n), Provider: name(n + 1), Content: []byte("{}")})
		versions = append(versions, broker.VersionSelector{Pacticipant: name(n), Version: "1f0e5d0c4b2e9a3d3c52f0a4d6aa1f0e5d0c4b2e"})
	}
	_, err = c.Publish(t.Context(), broker.Publication{Version: "1", Pacts: pacts})
	require.NoError(t, err)
	require.EqualValues(t, 1+pacticipants, requests.Load())

	requests.Store(0)
	d, err := c.CanIDeploy(t.Context(), broker.Question{Versions: versions, Environment: "production"})
	require.NoError(t, err)
	require.GreaterOrEqual(t, len(d.Reasons), pacticipants)
	require.LessOrEqual(t, requests.Load(), int32(48))
	require.Less(t, longest.Load(), int32(8<<10))
}

// unverified are rows of a matrix: a pact between each named pacticipant and the next.
func unverified(names []string) string {
	var rows []string
	for n, consumer := range names {
		rows = append(rows, fmt.Sprintf(
			`{"consumer":{"name":%q,"version":{"number":"1f0e5d0c4b2e9a3d3c52f0a4d6aa1f0e5d0c4b2e"}},"provider":{"name":%q}}`,
			consumer, names[(n+1)%len(names)]))
	}
	return strings.Join(rows, ",")
}

// A question that is too long for one request gets the same answer in parts: the versions are compared with each other
// across the parts, and with what is deployed of all others.
func TestALongQuestionIsOneQuestion(t *testing.T) {
	m := market{team: newTeam(t)}
	require.NoError(t, m.client.CreateEnvironment(t.Context(), "long", "", false))
	c, err := broker.New(broker.Config{URL: m.broker.URL, Username: m.broker.Username, Password: m.broker.Password, MaxQuery: 600})
	require.NoError(t, err)
	number := strconv.Itoa
	m.give(number(0), m.pact("web", "api", "a price"), m.pact("web", "pay", "a payment"))
	m.verify(number(0), number(1), true)
	question := broker.Question{
		Environment: "long", Versions: []broker.VersionSelector{m.version("web", number(0))},
		Ignore: []broker.VersionSelector{{Pacticipant: m.name("pay")}},
	}
	for n := range 3 { // consumers of api that nobody else uses
		short := fmt.Sprintf("other%d", n)
		m.give(number(0), m.pact(short, "api", "a price"))
		path := "/pacts/provider/" + url.PathEscape(m.name("api")) + "/consumer/" + url.PathEscape(m.name(short)) + "/version/" + number(0)
		p, err := m.client.PactAt(t.Context(), m.broker.URL+path)
		require.NoError(t, err)
		require.NoError(t, m.client.PublishVerification(t.Context(), p, broker.Verification{
			Success: n != 2, ProviderVersion: number(1), Tests: []broker.TestResult{{Description: "a price", Success: n != 2}},
		}))
		question.Versions = append(question.Versions, m.version(short, number(0)))
	}
	question.Versions = append(question.Versions, m.version("api", number(1)))
	decide := func(q broker.Question) broker.Decision {
		t.Helper()
		d, err := c.CanIDeploy(t.Context(), q)
		require.NoError(t, err)
		return d
	}
	broken := decide(question)
	require.Equal(t, verdict.Fail, broken.Verdict())
	require.Len(t, broken.Reasons, 1)
	require.Contains(t, broken.Reasons[0].Text, m.name("other2"))

	good := question
	good.Versions = append(slices.Clone(question.Versions[:3]), question.Versions[4])
	d := decide(good)
	require.Equal(t, verdict.Pass, d.Verdict(), "%v", d.Reasons)
	require.Len(t, d.Matrix.Rows, 4)
	good.Ignore = nil
	d = decide(good)
	require.Equal(t, verdict.Unknown, d.Verdict())
	require.Equal(t, broker.NotThere, d.Reasons[0].Kind)
	good.Versions[1].Version = number(7)
	d = decide(good)
	require.Equal(t, broker.UnknownVersion, d.Reasons[len(d.Reasons)-1].Kind, "%v", d.Reasons)
}

func TestOnlyWhatIsIdempotentIsSentAgain(t *testing.T) {
	t.Parallel()
	sent := map[string]int{}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		sent[r.Method+" "+r.URL.Path]++
		if r.URL.Path == "/" {
			_ = json.NewEncoder(w).Encode(map[string]any{"_links": map[string]any{
				"pb:publish-contracts": map[string]string{"href": "/publish"}, "pb:webhooks": map[string]string{"href": "/webhooks"},
				"pb:webhook": map[string]string{"href": "/webhooks/{uuid}"}, "pb:environments": map[string]string{"href": "/environments"},
			}})
			return
		}
		w.Header().Set("Retry-After", "1")
		w.WriteHeader(http.StatusTooManyRequests)
	}))
	t.Cleanup(server.Close)
	c, err := broker.New(broker.Config{URL: server.URL})
	require.NoError(t, err)
	hook := broker.Webhook{Method: "POST", URL: "https://ci.example", Events: []string{broker.ContractRequiringVerification}}
	known := hook
	known.UUID = "11111111-1111-1111-1111-111111111111"
	for _, ask := range []func(context.Context) error{
		func(ctx context.Context) error {
			_, err := c.Publish(ctx, broker.Publication{
				Version: "1", Pacts: []broker.PactFile{{Consumer: "web", Provider: "api", Content: []byte("{}")}},
			})
			return err
		},
		func(ctx context.Context) error { _, err := c.SaveWebhook(ctx, hook); return err },
		func(ctx context.Context) error { _, err := c.SaveWebhook(ctx, known); return err },
		func(ctx context.Context) error { return c.CreateEnvironment(ctx, "here", "", false) },
		func(ctx context.Context) error { _, err := c.Environments(ctx); return err },
	} {
		require.ErrorContains(t, ask(t.Context()), "429 Too Many Requests")
	}
	require.Equal(t, map[string]int{
		"GET /": 1, "POST /publish": 1, "POST /webhooks": 1, "PUT /webhooks/11111111-1111-1111-1111-111111111111": 3,
		"POST /environments": 1, "GET /environments": 3,
	}, sent)
}

// An interrupt is no finding about the broker, and what it interrupted may have been published.
func TestAnInterruptedPublicationSaysWhatItDid(t *testing.T) {
	m := market{team: &team{t: t}}
	ctx, cancel := context.WithCancel(t.Context())
	url := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost {
			_, _ = io.Copy(io.Discard, r.Body)
			cancel()
			<-r.Context().Done()
			return
		}
		_, _ = fmt.Fprint(w, `{"_links":{"pb:publish-contracts":{"href":"/contracts/publish"}}}`)
	})
	c, err := broker.New(broker.Config{URL: url})
	require.NoError(t, err)
	both := []broker.PactFile{m.pact("a", "api", "x"), m.pact("b", "api", "x")}
	_, err = c.Publish(ctx, broker.Publication{Version: "1", Pacts: both})
	require.ErrorIs(t, err, context.Canceled)
	require.ErrorContains(t, err, "interrupted; the request was sent, and whether it took effect is not known; published: nothing; "+
		"perhaps published: "+m.name("a")+"; not published: "+m.name("b"))
}

// On a connection that was kept alive, and dies, net/http sends a request with this header again by itself.
func TestNothingIsPublishedTwiceOnAConnectionThatDies(t *testing.T) {
	m := market{team: &team{t: t}}
	var posts atomic.Int32
	url := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost {
			posts.Add(1)
			panic(http.ErrAbortHandler)
		}
		_, _ = fmt.Fprint(w, `{"_links":{"pb:publish-contracts":{"href":"/contracts/publish"}}}`)
	})
	c, err := broker.New(broker.Config{URL: url, Header: http.Header{"Idempotency-Key": {"1"}}})
	require.NoError(t, err)
	_, err = c.Publish(t.Context(), broker.Publication{Version: "1", Pacts: []broker.PactFile{m.pact("a", "api", "x")}})
	require.ErrorContains(t, err, "the connection was cut before the answer's end; the request was sent, and whether it took")
	require.EqualValues(t, 1, posts.Load())
}

// A pact of 50 MB is published, and read back to be verified.
func TestALargePactIsPublishedAndRead(t *testing.T) {
	t.Parallel()
	content := []byte(`{"consumer":{"name":"web"},"provider":{"name":"api"},"interactions":["` + strings.Repeat("x", 50<<20) + `"]}`)
	var got int64
	url := serve(t, func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.Method == http.MethodPost:
			got, _ = io.Copy(io.Discard, r.Body)
			_, _ = fmt.Fprint(w, `{"_links":{"pb:contracts":[{"href":"/pact"}]}}`)
		case r.URL.Path == "/pact":
			_, _ = w.Write(content)
		default:
			_, _ = fmt.Fprint(w, `{"_links":{"pb:publish-contracts":{"href":"/contracts/publish"}}}`)
		}
	})
	c, err := broker.New(broker.Config{URL: url})
	require.NoError(t, err)
	pact := broker.PactFile{Name: "web-api.json", Content: content, Consumer: "web", Provider: "api"}
	_, err = c.Publish(t.Context(), broker.Publication{Version: "1", Pacts: []broker.PactFile{pact}})
	require.NoError(t, err)
	require.Greater(t, got, int64(50<<20))
	p, err := c.PactAt(t.Context(), url+"/pact")
	require.NoError(t, err)
	require.Len(t, p.Content, len(content))
}

// A pacticipant's name is never read as a step in a path.
func TestANameOfDotsStaysAName(t *testing.T) {
	var asked []string
	url := serve(t, func(w http.ResponseWriter, r *http.Request) {
		asked = append(asked, r.RequestURI)
		_, _ = fmt.Fprintf(w, `{"_links":{"pb:pacticipant-version":{"href":"/pacticipants/{pacticipant}/versions/{version}"}}}`)
	})
	c, err := broker.New(broker.Config{URL: url})
	require.NoError(t, err)
	require.Error(t, c.RecordDeployment(t.Context(), broker.Deployment{Pacticipant: "..", Version: ".", Environment: "a"}))
	require.Contains(t, asked, "/pacticipants/%2E%2E/versions/%2E")
}
