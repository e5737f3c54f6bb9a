package cases

import (
	"encoding/json"
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/fridaygate/fridaygate/fixtures"
	"github.com/fridaygate/fridaygate/smoke/webhook"
)

func golden(t *testing.T, dir string) ([]fixtures.Fixture, *webhook.Contract) {
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
		require.Equal(t, a, b)
		other, err := Derive(f, c, "monday")
		require.NoError(t, err)
		require.NotEqual(t, a[0].Rounds[0].EventID, other[0].Rounds[0].EventID)
	})
}

func TestEveryCaseAppliesToEveryGoldenFixture(t *testing.T) {
	eachGolden(t, func(t *testing.T, f fixtures.Fixture, c *webhook.Contract) {
		all, err := Derive(f, c, "friday")
		require.NoError(t, err)
		require.Len(t, all, len(Names()))
		for _, one := range all {
			require.Empty(t, one.NotFor, one.Name)
			require.NotEmpty(t, one.Rounds, one.Name)
		}
	})
}

func TestEveryRoundHasItsOwnEventIDAndEveryBodyIsValid(t *testing.T) {
	seen := map[string]string{}
	eachGolden(t, func(t *testing.T, f fixtures.Fixture, c *webhook.Contract) {
		all, err := Derive(f, c, "friday")
		require.NoError(t, err)
		for _, one := range all {
			for _, round := range one.Rounds {
				where := t.Name() + "/" + one.Name
				require.Empty(t, seen[round.EventID], where)
				seen[round.EventID] = where
				require.True(t, strings.HasPrefix(round.EventID, "evt_"+RunTag("friday")), round.EventID)
				for _, step := range round.Steps {
					require.Empty(t, c.PayloadSchema.Check(step.Body))
					require.GreaterOrEqual(t, step.Copies, 1)
					require.NotZero(t, step.Expect)
					var body struct{ ID string }
					require.NoError(t, json.Unmarshal(step.Body, &body))
					require.Equal(t, round.EventID, body.ID)
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
			text, where, ok := doc.changed("/id", c.PayloadSchema)
			require.True(t, ok)
			require.Equal(t, want, where)
			after, err := parse(text)
			require.NoError(t, err)
			differ := 0
			for i, l := range after.leaves {
				if string(l.raw) != string(doc.leaves[i].raw) {
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
		`[{"id":"e"},{"n":1e999999999,"s":""}]`: `[{"id":"e"},{"n":1e999999999,"s":"x"}]`,
	} {
		doc, err := parse([]byte(body))
		require.NoError(t, err)
		got, _, ok := doc.changed("/id", nil)
		if body[0] == '[' {
			got, _, ok = doc.changed("/0/id", nil)
		}
		require.True(t, ok, body)
		require.Equal(t, want, string(got))
	}
	doc, err := parse([]byte(`{"id":"e","nothing":null}`))
	require.NoError(t, err)
	_, _, ok := doc.changed("/id", nil)
	require.False(t, ok)
}

func TestFreshIDKeepsTheForm(t *testing.T) {
	for goldenID, form := range map[string]string{
		"evt_1SWabc":                           `^evt_fg[a-z2-7]{24}$`,
		"7f1c8b9e-33aa-4c51-9d2e-0123456789ab": `^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-9[0-9a-f]{3}-[0-9a-f]{12}$`,
		"820982911946154508":                   `^[1-9][0-9]{14}$`,
		"":                                     `^fg[a-z2-7]{24}$`,
	} {
		a, b := freshID(goldenID, '"', "friday", "a"), freshID(goldenID, '"', "friday", "b")
		require.Regexp(t, form, a)
		require.Regexp(t, form, b)
		require.NotEqual(t, a, b)
		require.Equal(t, a[:6], b[:6], "one run shares its prefix")
	}
}

func TestBrokenFixtureIsAnErrorThatSaysWhy(t *testing.T) {
	_, c := golden(t, "invoices")
	body := `{"id":"evt_1","type":"invoice.voided","timestamp":"2026-11-05T11:20:00Z","data":{"invoice":{"id":"inv_1","number":"1","customer":"cus_1","status":"void","currency":"EUR","total":1,"issued_at":"2026-11-04T10:00:00Z","lines":[{"description":"x","quantity":1,"amount":1}]}}}`
	plain := *c
	plain.PayloadSchema = nil
	for name, want := range map[string]struct {
		f    fixtures.Fixture
		c    *webhook.Contract
		seed string
		want string
	}{
		"broken on loading": {fixtures.Fixture{Err: errors.New("the file is empty")}, c, "s", "the file is empty"},
		"breaks its schema": {fixtures.Fixture{Body: []byte(strings.Replace(body, `"total":1`, `"total":-1`, 1))}, c, "s", "/data/invoice/total"},
		"not JSON":          {fixtures.Fixture{Body: []byte("a=1&b=2")}, &plain, "s", "not JSON"},
		"duplicate key":     {fixtures.Fixture{Body: []byte(`{"id":"a","id":"b"}`)}, &plain, "s", "duplicate"},
		"no event id":       {fixtures.Fixture{Body: []byte(`{"data":{}}`)}, &plain, "s", "no text or number at /id"},
		"no seed":           {fixtures.Fixture{Body: []byte(body)}, c, "", "no seed"},
		"two JSON values":   {fixtures.Fixture{Body: []byte(`{"id":"a"} {}`)}, &plain, "s", "more than one"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Derive(want.f, want.c, want.seed)
			require.ErrorContains(t, err, want.want)
		})
	}
	_, err := Derive(fixtures.Fixture{Body: []byte(body)}, c, "s")
	require.NoError(t, err)
}

func TestBodyThatIsNotJSONIsReplayedWhenTheIDTravelsInAHeader(t *testing.T) {
	_, c := golden(t, "invoices")
	form := *c
	form.PayloadSchema, form.EventID = nil, webhook.EventID{Header: "X-Event-Id"}
	all, err := Derive(fixtures.Fixture{Name: "form", Body: []byte("total=1&currency=EUR")}, &form, "friday")
	require.NoError(t, err)
	for _, one := range all {
		if one.Name == "mismatch-field" {
			require.NotEmpty(t, one.NotFor)
			continue
		}
		require.Equal(t, "total=1&currency=EUR", string(one.Rounds[0].Steps[0].Body), one.Name)
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
		for _, l := range doc.leaves {
			same := doc.with(l, l.raw)
			require.Equal(t, string(text), string(same))
		}
		if changed, _, ok := doc.changed("", nil); ok {
			require.True(t, json.Valid(changed), "%s", changed)
			require.NotEqual(t, string(text), string(changed))
		}
	})
}
