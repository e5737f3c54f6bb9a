package verification

import (
	"context"
	"flag"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/fridaygate/fridaygate/contracts/pact/corpus"
)

// exchangeOf opens the only HTTP interaction of a situation; nil where it has another pact than that.
func exchangeOf(ctx context.Context, s corpus.Situation) *Exchange {
	documents, err := Files(s.Pact())(ctx)
	if err != nil || len(documents) != 1 || s.AcceptDuplicateKeys {
		return nil
	}
	f, err := read(documents[0], false)
	if err != nil || len(f.interactions) != 1 {
		return nil
	}
	e, err := OpenExchange(s.Pact(), f.interactions[0].Description)
	if err != nil {
		return nil
	}
	return e
}

var answersFolder = flag.String("answers", "", "one folder of situations more that TestMatchingAgreesWithTheCorpus compares")

// aboutAnswer reports whether a variant's verdict is about its answer alone.
func aboutAnswer(e *Exchange, v corpus.Variant) bool {
	decided := v.Want == "pass" || v.Want == "fail"
	return decided && v.Message == nil && v.Target == "" && len(v.States) >= len(e.Interaction.States) && !e.Interaction.Pending
}

// The corpus has the verdicts that libpact_ffi and this package come to together. Comparing without the library may be
// unclear, and is never of another opinion.
func TestMatchingAgreesWithTheCorpus(t *testing.T) {
	var all []corpus.Situation
	for _, folder := range []string{"../testdata/corpus", "../testdata/situations", *answersFolder} {
		if folder != "" {
			some, err := corpus.Load(folder)
			require.NoError(t, err)
			all = append(all, some...)
		}
	}
	compared, unclear := 0, 0
	for _, s := range all {
		e := exchangeOf(t.Context(), s)
		if e == nil {
			continue
		}
		for _, v := range s.Variants {
			header := http.Header{}
			for _, one := range v.Headers {
				header.Add(one[0], one[1])
			}
			if !aboutAnswer(e, v) {
				continue
			}
			found := e.Compare(max(v.Status, 200), header, v.Answer())
			compared++
			if len(found.Unclear) > 0 && len(found.Mismatches) == 0 {
				unclear++
				continue
			}
			require.Equal(t, v.Want == "pass", len(found.Mismatches) == 0, "%s/%s: want %s: %v", s.Name, v.Name, v.Want, found)
		}
	}
	require.Less(t, unclear*4, compared, "most of the corpus is compared: %d are unclear of %d", unclear, compared)
}

const exchanges = "testdata/exchanges.json"

func TestExchangeSendsThePactsRequest(t *testing.T) {
	e, err := OpenExchange(exchanges, "a search")
	require.NoError(t, err)
	request, err := e.Request()
	require.NoError(t, err)
	require.Equal(t, Request{
		Method: "POST", Target: "/orders?q=a%20b", Body: []byte(`{"open":true}`),
		Header: http.Header{"Accept": {"application/json"}, "Content-Type": {"application/json"}},
	}, request)
}

func TestExchangeComparesByTheMatchingRules(t *testing.T) {
	e, err := OpenExchange(exchanges, "a search")
	require.NoError(t, err)
	kind := http.Header{"Content-Type": {"application/json"}}
	require.Empty(t, e.Compare(200, kind, []byte(`{"at": "2027-01-01T00:00:00+01:00", "more": 1}`)))
	for name, c := range map[string]struct {
		status int
		header http.Header
		body   string
		part   string
	}{
		"another status":  {201, kind, `{"at": "2027-01-01T00:00:00Z"}`, "status"},
		"no content type": {200, nil, `{"at": "2027-01-01T00:00:00Z"}`, "header"},
		"no date":         {200, kind, `{"at": "yesterday"}`, "body"},
		"no member":       {200, kind, `{}`, "body"},
		"no JSON":         {200, kind, `<html>`, "body"},
		"a name twice":    {200, kind, `{"at": "2027-01-01T00:00:00Z", "at": "2027-01-01T00:00:00Z"}`, "body"},
	} {
		t.Run(name, func(t *testing.T) {
			found := e.Compare(c.status, c.header, []byte(c.body))
			require.NotEmpty(t, found.Mismatches)
			require.Equal(t, c.part, found.Mismatches[0].Part)
		})
	}
}

func TestExchangeIsNamedClearly(t *testing.T) {
	for name, want := range map[string]string{
		"a serch": `the nearest is "a search"`,
		"twice":   `2 interactions are called "twice": name one as state/description, such as "one/twice"`,
		"made":    "a generator fills the request",
	} {
		_, err := OpenExchange(exchanges, name)
		require.ErrorContains(t, err, want)
	}
	e, err := OpenExchange(exchanges, "two/twice")
	require.NoError(t, err)
	require.Equal(t, "web/two/twice", e.Interaction.Name())
}
