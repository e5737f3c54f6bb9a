package cases

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/fridaygate/fridaygate/fixtures"
	"github.com/fridaygate/fridaygate/smoke/webhook"
)

func golden(t testing.TB, dir string) ([]fixtures.Fixture, *webhook.Contract) {
	t.Helper()
	all, err := fixtures.Load(filepath.Join("../../fixtures", dir))
	require.NoError(t, err)
	require.NotEmpty(t, all)
	c, err := webhook.Load(filepath.Join("../../fixtures", dir))
	require.NoError(t, err)
	return all, c
}

func eachGolden(t *testing.T, do func(t *testing.T, f fixtures.Fixture, c *webhook.Contract)) {
	for _, dir := range []string{"invoices", "stripe"} {
		all, c := golden(t, dir)
		for _, f := range all {
			t.Run(dir+"/"+f.Name, func(t *testing.T) { do(t, f, c) })
		}
	}
}

func TestDerivationIsDeterministic(t *testing.T) {
	eachGolden(t, func(t *testing.T, f fixtures.Fixture, c *webhook.Contract) {
		a, err := Derive(f, c, "friday")
		require.NoError(t, err)
		b, err := Derive(f, c, "friday")
		require.NoError(t, err)
		for i := range b {
			again, err := b[i].WithoutRounds().WithRounds()
			require.NoError(t, err)
			require.Nil(t, b[i].WithoutRounds().Rounds)
			a[i].derive, b[i].derive, again.derive = nil, nil, nil // functions are never equal
			for _, one := range []Case{a[i], b[i], again} {
				for j := range one.Rounds {
					one.Rounds[j], err = one.Rounds[j].Complete()
					require.NoError(t, err)
					one.Rounds[j].fill = nil
				}
			}
			require.Equal(t, a[i], b[i])
			require.Equal(t, a[i], again)
		}
		other, err := Derive(f, c, "monday")
		require.NoError(t, err)
		require.NotEqual(t, a[0].Rounds[0].EventID, other[0].Rounds[0].EventID)
	})
}

func TestOnlyTheNamedCasesAreDerived(t *testing.T) {
	eachGolden(t, func(t *testing.T, f fixtures.Fixture, c *webhook.Contract) {
		all, err := Derive(f, c, "friday")
		require.NoError(t, err)
		some, err := Derive(f, c, "friday", "dup-seq", "sig-malformed-*")
		require.NoError(t, err)
		require.Greater(t, len(some), 5)
		for _, one := range some {
			require.True(t, one.Name == "dup-seq" || strings.HasPrefix(one.Name, "sig-malformed-"), one.Name)
			same := slices.IndexFunc(all, func(c Case) bool { return c.Name == one.Name })
			require.Equal(t, all[same].Rounds, one.Rounds)
		}
	})
}

// Which cases do not apply to the golden fixtures is written down, so that none drops out unseen.
func TestEveryCaseAppliesToTheGoldenFixturesExceptThese(t *testing.T) {
	not := map[string]map[string]bool{}
	eachGolden(t, func(t *testing.T, f fixtures.Fixture, c *webhook.Contract) {
		all, err := Derive(f, c, "friday")
		require.NoError(t, err)
		require.GreaterOrEqual(t, len(all), len(Names()))
		for _, one := range all {
			require.NotEqual(t, one.NotApplicable == "", len(one.Rounds) == 0, one.Name)
			if one.NotApplicable != "" {
				if not[one.Name] == nil {
					not[one.Name] = map[string]bool{}
				}
				not[one.Name][c.Receiver+"/"+f.Name] = true
			}
		}
	})
	var names []string
	for name, on := range not {
		names = append(names, fmt.Sprintf("%s %d", name, len(on)))
	}
	slices.Sort(names)
	require.Equal(t, []string{
		"ack-time 1",                   // Stripe publishes no limit
		"batch-duplicate 5",            // one event a delivery
		"batch-partial-failure 5",      // one event a delivery
		"challenge 5",                  // the senders check no endpoint
		"challenge-wrong-token 5",      // the senders check no endpoint
		"header-body-id-conflict 1",    // Stripe's id travels in the body alone
		"id-differs-after-15-digits 5", // no id has as many
		"id-differs-in-case 4",         // the invoices' ids are made in one case
		"id-differs-in-field 5",        // each event has an id
		"mismatch-array-order 3",       // one line only
		"mismatch-null-absent 4",       // the invoice event has no nulls
		"mismatch-other-object 5",      // no other ids are made anew
		"order-forward 3",              // nothing comes before
		"order-reverse 3",
		"order-together 3",
		"sig-inside 5",   // the bodies wrap nothing
		"tenant-scope 5", // there is one tenant
		"ts-future 1",    // Stripe's own library accepts it
	}, names)
}

func TestEveryRoundHasItsOwnEventIDAndEveryBodyIsValid(t *testing.T) {
	seen := map[string]string{}
	eachGolden(t, func(t *testing.T, f fixtures.Fixture, c *webhook.Contract) {
		all, err := Derive(f, c, "friday")
		require.NoError(t, err)
		for _, one := range all {
			for i, round := range one.Rounds {
				round, err := round.Complete()
				require.NoError(t, err)
				where := t.Name() + "/" + one.Name
				if i == 0 || round.EventID != one.Rounds[0].EventID { // its duplicate may come in a round of its own
					require.Empty(t, seen[round.EventID], where)
				}
				seen[round.EventID] = where
				require.Contains(t, round.EventID, RunTag("friday"))
				for _, step := range round.Steps {
					require.GreaterOrEqual(t, step.Copies, 1)
					require.NotZero(t, step.Expect)
					if one.Name != "unknown-type" && (step.Expect == Accepted || step.Expect == Repeated || step.Expect == Refused) {
						require.Empty(t, c.PayloadSchema.Check(step.Body), where)
						doc, err := parse(step.Body)
						require.NoError(t, err)
						id, ok := doc.at("/id")
						require.True(t, ok)
						require.Equal(t, round.EventID, id.text())
					}
				}
			}
		}
	})
}

func TestOnlyTheEventIDChangesInTheGoldenBody(t *testing.T) {
	eachGolden(t, func(t *testing.T, f fixtures.Fixture, c *webhook.Contract) {
		all, err := Derive(f, c, "friday")
		require.NoError(t, err)
		round := all[0].Rounds[0]
		var body struct{ ID string }
		require.NoError(t, json.Unmarshal(f.Body, &body))
		require.Equal(t, string(f.Body), strings.Replace(string(round.Steps[0].Body), round.EventID, body.ID, 1))
	})
}

// derivationOf returns a derivation for edits, without a fixture.
func derivationOf(t *testing.T, body, id string, c *webhook.Contract) *derivation {
	t.Helper()
	doc, err := parse([]byte(body))
	require.NoError(t, err)
	d := &derivation{contract: c, syntax: asJSON{}, fixture: fixtures.Fixture{Body: []byte(body)}}
	if id != "" {
		var ok bool
		d.id, ok = doc.at(id)
		require.True(t, ok)
	}
	return d
}

func TestMismatchChangesOneBusinessField(t *testing.T) {
	for fixture, want := range map[string]string{
		"invoices/invoice.created": "/data/invoice/total",
		"stripe/invoice.paid":      "/data/object/amount_due",
	} {
		all, c := golden(t, filepath.Dir(fixture))
		for _, f := range all {
			if f.Name != filepath.Base(fixture) {
				continue
			}
			doc, err := parse(f.Body)
			require.NoError(t, err)
			text, where, ok := derivationOf(t, string(f.Body), "/id", c).changed(doc)
			require.True(t, ok)
			require.Equal(t, want, where.pointer)
			after, err := parse(text)
			require.NoError(t, err)
			differ := 0
			for i, n := range after.all {
				if n.raw != nil && string(n.raw) != string(doc.all[i].raw) {
					differ++
				}
			}
			require.Equal(t, 1, differ)
		}
	}
}

func TestChangedValueOfEachKind(t *testing.T) {
	for body, want := range map[string]string{
		`{"id":"e","a":{"n":9007199254740993}}`: `{"id":"e","a":{"n":9007199254740994}}`,
		`{"id":"e","a":{"n":12.50}}`:            `{"id":"e","a":{"n":13.50}}`,
		`{"id":"e","a":{"n":-1}}`:               `{"id":"e","a":{"n":0}}`,
		`{"id":"e","a":{"s":"é"}}`:              `{"id":"e","a":{"s":"éx"}}`,
		`{"id":"e","a":{"b":true}}`:             `{"id":"e","a":{"b":false}}`,
		`[{"id":"e"},{"n":1e9999,"s":""}]`:      `[{"id":"e"},{"n":1e9999,"s":"x"}]`,
	} {
		id := "/id"
		if body[0] == '[' {
			id = "/0/id"
		}
		got, err := changedField(derivationOf(t, body, id, &webhook.Contract{}), []byte(body))
		require.NoError(t, err, body)
		require.Equal(t, want, string(got))
	}
	_, err := changedField(derivationOf(t, `{"id":"e","nothing":null}`, "/id", &webhook.Contract{}), []byte(`{"id":"e","nothing":null}`))
	require.ErrorAs(t, err, new(notApplicable))
}

func TestEditsOfAPlainBody(t *testing.T) {
	body := `{"id":"e","type":"t","data":{"n":1000,"s":"café/x","list":[{"a":1},{"a":2}],"none":null}}`
	for name, c := range map[string]struct {
		edit     edit
		from, to string
	}{
		"key order":         {keyOrder, body, `{"data":{"none":null,"list":[{"a":1},{"a":2}],"s":"café/x","n":1000},"type":"t","id":"e"}`},
		"whitespace":        {whitespace, body, indented(t, body)},
		"escapes":           {escapes, `é/`, `\u00e9\/`},
		"number form":       {numberForm(false), `1000`, `1000.0`},
		"exponent":          {numberForm(true), `1000`, `1.000e3`},
		"added field":       {addedField, `{"a":2}`, `{"fridaygate_added":"added","a":2}`},
		"array order":       {arrayOrder, `{"a":1},{"a":2}`, `{"a":2},{"a":1}`},
		"big number":        {bigInt(1), `1000`, `9007199254740993`},
		"quoted number":     {quotedNumber, `1000`, `"1000"`},
		"null made":         {nullField(false), `1000`, `null`},
		"null left out":     {nullField(true), `"n":1000,`, ``},
		"a key twice":       {duplicateKey, `"n":1000`, `"n":1001,"n":1000`},
		"an id in capitals": {otherCase("x"), `"id":"e"`, `"id":"e","ID":"x"`},
		"another type":      {retyped(webhook.Place{}), `"type":"t"`, `"type":"fridaygate.unknown"`},
		"long letters":      {writing("Zoë € 日本 🍮"), `café/x`, `Zoë € 日本 🍮`},
		"a text's end":      {ending("/data/s", `\u0000`), `café/x`, `café/x\u0000`},
		"tampered with":     {tampered, `1000`, `1001`},
		"truncated":         {truncated, `{"a":1},{"a":2}],"none":null}}`, ``},
	} {
		t.Run(name, func(t *testing.T) {
			require.Contains(t, body, c.from)
			got, err := c.edit(derivationOf(t, body, "/id", &webhook.Contract{}), []byte(body))
			require.NoError(t, err)
			require.Equal(t, strings.Replace(body, c.from, c.to, 1), string(got))
		})
	}
}

func indented(t *testing.T, body string) string {
	t.Helper()
	var text bytes.Buffer
	require.NoError(t, json.Indent(&text, []byte(body), "", "  "))
	return text.String()
}

func TestEditThatABodyDoesNotAllowIsNotApplicable(t *testing.T) {
	for name, c := range map[string]struct {
		body string
		edit edit
	}{
		"no text to escape":     {`{"id":"e","n":1}`, escapes},
		"no whole number":       {`{"id":"e","n":1.5}`, numberForm(false)},
		"one key, one order":    {`{"id":"e"}`, keyOrder},
		"nothing to tell apart": {`{"id":"e","list":[1,1,1]}`, arrayOrder},
		"no schema to know by":  {`{"id":"e","n":1}`, removedField},
		"no number":             {`{"id":"e","s":""}`, quotedNumber},
		"no object around":      {`["e",1]`, duplicateKey},
		"no type":               {`{"id":"e"}`, retyped(webhook.Place{})},
		"still a document":      {`1234`, truncated},
	} {
		t.Run(name, func(t *testing.T) {
			id := "/id"
			if c.body[0] != '{' {
				id = ""
			}
			_, err := c.edit(derivationOf(t, c.body, id, &webhook.Contract{}), []byte(c.body))
			require.ErrorAs(t, err, new(notApplicable))
		})
	}
}

func TestEqualJSONComparesNumbersExactly(t *testing.T) {
	for _, same := range [][2]string{
		{`1000`, `1e3`}, {`1000`, `1000.0`}, {`-0`, `0.0e5`}, {`0.001`, `1E-3`}, {`{"a":1,"b":[2]}`, `{"b":[20e-1],"a":1.0}`},
		{`"\u00e9"`, `"é"`},
	} {
		require.True(t, sameJSON([]byte(same[0]), []byte(same[1])), same)
	}
	for _, other := range [][2]string{
		{`9007199254740992`, `9007199254740993`}, {`1`, `-1`}, {`1`, `"1"`}, {`[1,2]`, `[2,1]`}, {`{"a":null}`, `{}`}, {`{"a":1}`, `{"b":1}`},
		{`"é"`, `"é"`}, {`1e999999999999`, `1e999999999998`}, {`1`, `{`},
	} {
		require.False(t, sameJSON([]byte(other[0]), []byte(other[1])), other)
	}
}

func TestBrokenFixtureIsAnErrorThatSaysWhy(t *testing.T) {
	_, c := golden(t, "invoices")
	body := `{"id":"evt_1","type":"invoice.voided","timestamp":"2026-11-05T11:20:00Z","data":{"invoice":{` +
		`"id":"inv_1","number":"1","customer":"cus_1","status":"void","currency":"EUR","total":1,` +
		`"issued_at":"2026-11-04T10:00:00Z","lines":[{"description":"x","quantity":1,"amount":1}]}}}`
	plain := *c
	plain.PayloadSchema = nil
	for name, want := range map[string]struct {
		f     fixtures.Fixture
		c     *webhook.Contract
		runID string
		want  string
	}{
		"broken on loading": {fixtures.Fixture{Err: errors.New("the file is empty")}, c, "s", "the file is empty"},
		"breaks its schema": {fixtures.Fixture{Body: []byte(strings.Replace(body, `"total":1`, `"total":-1`, 1))}, c, "s", "/data/invoice/total"},
		"not JSON":          {fixtures.Fixture{Body: []byte("a=1&b=2")}, &plain, "s", "not JSON"},
		"duplicate key":     {fixtures.Fixture{Body: []byte(`{"id":"a","id":"b"}`)}, &plain, "s", "duplicate"},
		"no event id":       {fixtures.Fixture{Body: []byte(`{"data":{}}`)}, &plain, "s", "no text or number at /id"},
		"no run id":         {fixtures.Fixture{Body: []byte(body)}, c, "", "no run id"},
		"two JSON values":   {fixtures.Fixture{Body: []byte(`{"id":"a"} {}`)}, &plain, "s", "more than one"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Derive(want.f, want.c, want.runID)
			require.ErrorContains(t, err, want.want)
		})
	}
	_, err := Derive(fixtures.Fixture{Body: []byte(body)}, c, "s")
	require.NoError(t, err)
}

func TestFreshIDsAreMadeAnewForEachEvent(t *testing.T) {
	all, c := golden(t, "invoices")
	contract := *c
	contract.Fresh = []string{"/data/invoice/id", "/data/invoice/number"}
	seen := map[string]string{}
	derived, err := Derive(all[0], &contract, "friday")
	require.NoError(t, err)
	for _, one := range derived {
		for _, round := range one.Rounds {
			for _, step := range round.Steps {
				doc, err := parse(step.Body)
				if err != nil || step.Expect != Accepted || one.Name == "tenant-scope" {
					continue
				}
				id, ok := doc.at("/data/invoice/id")
				require.True(t, ok)
				require.Regexp(t, `^inv_fg`, id.text())
				if before, used := seen[id.text()]; used {
					require.Equal(t, before, round.EventID, "one event, one invoice")
				}
				seen[id.text()] = round.EventID
			}
		}
	}
	require.Greater(t, len(seen), 50)
	contract.Fresh = []string{"/data/nothing"}
	_, err = Derive(all[0], &contract, "friday")
	require.ErrorContains(t, err, "fresh: the body has no text or number at /data/nothing")
}

func TestOtherPayloadsGetTheCasesThatApply(t *testing.T) {
	_, c := golden(t, "invoices")
	for name, p := range map[string]struct {
		body, media string
		id          webhook.EventID
		changed     string // what mismatch-field sends; "" when it does not apply
	}{
		"array at top level": {
			`[{"id":"e-1","total":5}]`, "application/json", webhook.EventID{Place: webhook.Place{Pointer: "/0/id"}}, `"total":6`,
		},
		"nested id": {
			`{"meta":{"ids":["e-1"]},"n":{"m":{"total":5}}}`, "application/json",
			webhook.EventID{Place: webhook.Place{Pointer: "/meta/ids/0"}}, `"total":6`,
		},
		"id in a header": {`{"total":5}`, "application/json", webhook.EventID{Place: webhook.Place{Header: "X-Event-Id"}}, `"total":6`},
		"form": {
			"MessageSid=SM1&Total=19&Body=caf%C3%A9", "application/x-www-form-urlencoded", webhook.EventID{Form: "MessageSid"}, "Total=20",
		},
		"XML":  {"<paid>5</paid>", "application/xml", webhook.EventID{Place: webhook.Place{Header: "X-Event-Id"}}, "<paid>6<"},
		"text": {"paid 5", "text/plain", webhook.EventID{Place: webhook.Place{Header: "X-Event-Id"}}, ""},
		"XML of another encoding": {
			`<?xml version="1.0" encoding="ISO-8859-1"?><a>5</a>`, "application/xml",
			webhook.EventID{Place: webhook.Place{Header: "X-Event-Id"}}, "",
		},
	} {
		t.Run(name, func(t *testing.T) {
			contract := *c
			contract.PayloadSchema, contract.EventID, contract.Endpoint.ContentType = nil, p.id, p.media
			all, err := Derive(fixtures.Fixture{Name: "f", Body: []byte(p.body)}, &contract, "friday")
			require.NoError(t, err)
			applies := map[string]Case{}
			for _, one := range all {
				if one.NotApplicable == "" {
					applies[one.Name] = one
				}
			}
			for _, must := range []string{
				"first", "dup-seq", "dup-concurrent-8", "lost-response-retry", "torn-request-retry",
				"sig-missing", "sig-wrong-key", "sig-body-tampered", "ts-old", "bad-sig-no-poison", "empty-body",
			} {
				require.Contains(t, applies, must)
			}
			if p.changed == "" {
				require.NotContains(t, applies, "mismatch-field")
				return
			}
			require.Contains(t, string(applies["mismatch-field"].Rounds[0].Steps[1].Body), p.changed)
			require.NotContains(t, string(applies["mismatch-field"].Rounds[0].Steps[0].Body), p.changed)
		})
	}
}

func FuzzDocument(f *testing.F) {
	for _, seed := range []string{`{"id":"e","a":{"n":1}}`, `[1,"a",true,null]`, `{"a~b/c":"\u00e9\/"}`, ` 1e400 `, `{"a":1,"a":2}`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		doc, err := parse(text)
		if err != nil {
			return
		}
		require.True(t, json.Valid(text))
		for _, l := range doc.scalars() {
			same := doc.with(l, l.raw)
			require.Equal(t, string(text), string(same))
		}
		d := &derivation{contract: &webhook.Contract{}, syntax: asJSON{}}
		for _, do := range []edit{
			changedField, keyOrder, whitespace, escapes, numberForm(false), numberForm(true),
			addedField, arrayOrder, bigInt(0), quotedNumber, nullField(true), writing("Zoë"),
		} {
			edited, err := do(d, text)
			if err != nil {
				require.ErrorAs(t, err, new(notApplicable))
				continue
			}
			require.True(t, json.Valid(edited), "%s", edited)
		}
	})
}
