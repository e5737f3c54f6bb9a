package payloads_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/fridaygate/fridaygate/contracts/payloads"
	"github.com/fridaygate/fridaygate/contracts/report"
	"github.com/fridaygate/fridaygate/contracts/verdict"
)

var noon = time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)

const (
	orderSchema = `{"type": "object", "required": ["id", "state"], "properties": {
		"id": {"type": "string", "pattern": "^o_"},
		"state": {"enum": ["open", "paid"]},
		"total": {"type": "integer", "minimum": 0}}}`
)

// folder writes files, one after its name, and returns the folder.
func folder(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		path := filepath.Join(dir, name)
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
		require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
	}
	return dir
}

// exchange is a pact of version 3 with a request, or an answer, that has a body and rules.
func exchange(part, body, rules string) string {
	request, response := `"method": "PUT", "path": "/orders/o_1"`, `"status": 200`
	described := `, "body": ` + body + `, "matchingRules": {"body": {` + rules + `}}`
	if part == "request" {
		request += described
	} else {
		response += described
	}
	return `{"consumer": {"name": "web"}, "provider": {"name": "shop"}, "metadata": {"pactSpecification": {"version": "3.0.0"}},
		"interactions": [{"description": "an order", "request": {` + request + `}, "response": {` + response + `}}]}`
}

func matcher(at, rule string) string { return `"$.` + at + `": {"matchers": [{` + rule + `}]}` }

// agree checks one body of a pact against the schema of an order. more is what stands in the entry besides, and below it.
func agree(t *testing.T, part, body, rules, more, below string) report.Report {
	t.Helper()
	route := map[string]string{"request": "requests: [\"PUT /orders/{id}\"]", "answer": "answers: [\"PUT /orders/{id}\"]"}[part]
	return check(t, map[string]string{
		"schemas/order.schema.json": orderSchema, "pacts/web-shop.json": exchange(part, body, rules),
		"payloads.yaml": "pacts: [pacts]\npayloads:\n  - schema: schemas/order.schema.json\n    " + route + "\n" + more + below,
	})
}

func check(t *testing.T, files map[string]string) report.Report {
	t.Helper()
	f, err := payloads.Read(filepath.Join(folder(t, files), "payloads.yaml"))
	require.NoError(t, err)
	return f.Check(t.Context(), noon)
}

// last returns the result of the body.
func last(t *testing.T, r report.Report) report.Result {
	t.Helper()
	require.Len(t, r.Results, len(r.Planned))
	return r.Results[len(r.Results)-1]
}

const order = `{"id": "o_1", "state": "open", "total": 5}`

func TestBodyAgrees(t *testing.T) {
	for name, c := range map[string]struct{ part, body, rules string }{
		"an example alone":                {"request", order, ``},
		"rules that let no more through":  {"request", order, matcher("state", `"match": "regex", "regex": "open|paid"`)},
		"a regex inside the pattern":      {"request", order, matcher("id", `"match": "regex", "regex": "o_[0-9]+"`)},
		"a member that nothing describes": {"request", `{"id": "o_1", "state": "open", "note": "x"}`, matcher("note", `"match": "type"`)},
		"an answer, in part":              {"answer", `{"id": "o_1"}`, ``},
	} {
		t.Run(name, func(t *testing.T) {
			r := agree(t, c.part, c.body, c.rules, "", "")
			require.Equal(t, verdict.Pass, r.Verdict(), "%v", r.Results)
		})
	}
}

func TestBodyDisagrees(t *testing.T) {
	for name, c := range map[string]struct{ part, body, rules, keyword string }{
		"a request that the schema refuses":      {"request", `{"id": "x", "state": "open"}`, ``, "pattern"},
		"a request without a required member":    {"request", `{"id": "o_1"}`, ``, "required"},
		"a request with a loose type":            {"request", order, matcher("state", `"match": "type"`), "enum"},
		"a request with a loose number":          {"request", order, matcher("total", `"match": "number"`), "type"},
		"a request with a loose integer":         {"request", order, matcher("total", `"match": "integer"`), "minimum"},
		"a request with a rule of what is above": {"request", order, `"$": {"matchers": [{"match": "type"}]}`, "pattern"},
		"an answer that the schema refuses":      {"answer", `{"state": "lost"}`, ``, "enum"},
		"an answer of another type":              {"answer", `{"total": "5"}`, matcher("total", `"match": "type"`), "type"},
	} {
		t.Run(name, func(t *testing.T) {
			r := agree(t, c.part, c.body, c.rules, "", "")
			require.Equal(t, verdict.Fail, r.Verdict())
			found := last(t, r).Findings
			require.Contains(t, found[0].Expected, c.keyword+", as in ")
			require.Contains(t, found[0].Expected, "order.schema.json:")
			require.Contains(t, found[0].Where, "web-shop.json:")
			require.Contains(t, found[0].Where, "#/interactions/0/"+map[string]string{"request": "request", "answer": "response"}[c.part])
			require.Equal(t, verdict.ExitFail, r.Exit())
		})
	}
}

// Who reads an answer may let through more than is ever sent, and need not mention all of it. Both are said with both places.
func TestWhatReadersLetThroughIsANote(t *testing.T) {
	r := agree(t, "answer", `{"state": "open"}`, matcher("state", `"match": "type"`), "", "")
	require.Equal(t, verdict.Pass, r.Verdict())
	notes := strings.Join(last(t, r).Notes, "\n")
	require.Regexp(t, `web-shop\.json:2#/interactions/0/response/body never mentions what `+
		`.*order\.schema\.json:1:32#/required demands: .*'id'`, notes)
	require.Regexp(t, `#/interactions/0/response/body/state lets "" through by the rule type at \$\.state, `+
		`and .*order\.schema\.json:3:21#/properties/state/enum refuses it`, notes)
}

func TestStrictReadersFail(t *testing.T) {
	r := agree(t, "answer", `{"state": "open"}`, matcher("state", `"match": "type"`), "    strict: true\n", "")
	require.Equal(t, verdict.Fail, r.Verdict())
	require.Equal(t, "loose match", last(t, r).Findings[0].Rule)
	require.Contains(t, last(t, r).Findings[0].Words, `"id":"o_`) // completed by what the schema demands
}

func TestWhatCannotBeDecidedIsUnknown(t *testing.T) {
	for name, rules := range map[string]string{
		"a rule that only libpact_ffi knows": matcher("state", `"match": "contentType", "value": "text/plain"`),
		"rules that nothing keeps to":        matcher("state", `"match": "type"}, {"match": "null"`),
		"a pattern with a lookahead":         matcher("state", `"match": "regex", "regex": "o(?=p)pen"`),
	} {
		t.Run(name, func(t *testing.T) {
			r := agree(t, "request", order, rules, "", "")
			require.Equal(t, verdict.Unknown, r.Verdict(), "%v", last(t, r))
			require.NotEmpty(t, last(t, r).Inconclusive)
			require.Equal(t, verdict.ExitUnknown, r.Exit())
		})
	}
}

func TestDifferenceIsAcceptedUntilItsEnd(t *testing.T) {
	loose := matcher("state", `"match": "type"`)
	entry := "accepted:\n  - {schema: schemas/order.schema.json, keyword: %, at: /state, " +
		"reason: the shop refuses it itself, until: 2026-06-01}\n"
	for keyword, want := range map[string]verdict.Verdict{"enum": verdict.Pass, "type": verdict.Fail} {
		r := agree(t, "request", order, loose, "", strings.ReplaceAll(entry, "%", keyword))
		require.Equal(t, want, r.Verdict(), keyword)
	}
	accepted := agree(t, "request", order, loose, "", strings.ReplaceAll(entry, "%", "enum"))
	require.Contains(t, last(t, accepted).Known, "accepted until 2026-06-01: the shop refuses it itself")
	expired := agree(t, "request", order, loose, "", strings.NewReplacer("%", "enum", "06-01", "05-31").Replace(entry))
	require.Equal(t, verdict.Fail, expired.Verdict())
	require.Contains(t, expired.Problem(), "payloads.yaml:6:")
	require.Contains(t, expired.Problem(), "was accepted until 2026-05-31")
	unused := agree(t, "request", order, "", "", strings.ReplaceAll(entry, "%", "enum"))
	require.Equal(t, verdict.Pass, unused.Verdict())
	require.Contains(t, unused.Notes[0].Text, "nothing differs there: remove the entry")
}

func TestFixturesAreChecked(t *testing.T) {
	files := map[string]string{
		"order.schema.json": orderSchema, "golden/order.json": order, "answers/1.json": "{\n\"id\": 1, \"state\": \"open\"}",
		"payloads.yaml": "payloads: [{schema: order.schema.json, fixtures: [golden, answers/1.json]}]",
	}
	r := check(t, files)
	require.Len(t, r.Results, 3)
	require.Equal(t, verdict.Pass, r.Results[1].Verdict)
	require.Equal(t, verdict.Fail, r.Results[2].Verdict)
	require.Regexp(t, `answers/1\.json:2:7#/id`, r.Results[2].Findings[0].Where)
	require.Regexp(t, `type, as in .*order\.schema\.json:2:\d+#/properties/id/type`, r.Results[2].Findings[0].Expected)
	delete(files, "golden/order.json")
	require.Equal(t, verdict.Unknown, check(t, map[string]string{
		"order.schema.json": orderSchema, "payloads.yaml": "payloads: [{schema: order.schema.json, fixtures: [golden]}]",
	}).Verdict())
}

func TestEveryBodyHasOneSchema(t *testing.T) {
	for name, c := range map[string]struct{ entries, says string }{
		"none":             {"[{schema: order.schema.json, requests: [POST /orders]}]", "no entry of payloads names it"},
		"two":              {`[{schema: order.schema.json, requests: ["PUT /orders/{id}", "* *"]}]`, "2 lines name it"},
		"an unused route":  {`[{schema: order.schema.json, requests: ["* *"], messages: [lost]}]`, `"lost" names no body of the pacts`},
		"another provider": {`[{schema: order.schema.json, provider: bank, requests: ["* *"]}]`, "no entry of payloads names it"},
	} {
		t.Run(name, func(t *testing.T) {
			r := check(t, map[string]string{
				"order.schema.json": orderSchema, "web-shop.json": exchange("request", order, ""),
				"payloads.yaml": "pacts: [web-shop.json]\npayloads: " + c.entries,
			})
			require.Equal(t, verdict.Fail, r.Results[0].Verdict)
			var all []string
			for _, f := range r.Results[0].Findings {
				all = append(all, f.Got)
				require.NotZero(t, f.Line)
			}
			require.Contains(t, strings.Join(all, "\n"), c.says)
		})
	}
}

func TestProviderWithoutSchemaIsLeftOut(t *testing.T) {
	r := check(t, map[string]string{
		"order.schema.json": orderSchema, "web-shop.json": exchange("request", order, ""), "o.json": order,
		"payloads.yaml": "pacts: [web-shop.json]\npayloads: [{schema: order.schema.json, fixtures: [o.json]}]\n" +
			"without_schema: [{provider: shop, reason: it is not ours}]",
	})
	require.Equal(t, verdict.Pass, r.Verdict())
	require.Len(t, r.Results, 2)
}

// A request that the pact wants to be refused is meant to be wrong.
func TestRequestThatIsToBeRefusedIsNotChecked(t *testing.T) {
	r := check(t, map[string]string{
		"order.schema.json": orderSchema, "web-shop.json": strings.Replace(exchange("request", `{}`, ""), "200", "422", 1), "o.json": order,
		"payloads.yaml": "pacts: [web-shop.json]\npayloads: [{schema: order.schema.json, requests: [PUT *], fixtures: [o.json]}]",
	})
	require.Equal(t, verdict.Pass, r.Verdict())
	require.Contains(t, r.NotApplicable[0].Why, "the pact wants the request to be refused with 422")
}

// A pact marks an interaction that its provider does not keep yet.
func TestPendingInteractionIsNotRed(t *testing.T) {
	r := check(t, map[string]string{
		"order.schema.json": orderSchema, "payloads.yaml": "pacts: [web-shop.json]\npayloads: [{schema: order.schema.json, requests: [PUT *]}]",
		"web-shop.json": `{"consumer": {"name": "web"}, "provider": {"name": "shop"}, "metadata": {"pactSpecification": {"version": "4.0"}},
			"interactions": [{"type": "Synchronous/HTTP", "description": "an order", "pending": true, "response": {"status": 200},
			"request": {"method": "PUT", "path": "/", "body": {"contentType": "application/json", "content": {}}}}]}`,
	})
	require.Equal(t, verdict.Pass, r.Verdict())
	require.True(t, last(t, r).Pending)
	require.Len(t, last(t, r).Excused, 1)
}

func TestInteractionsOfOneNameAreToldApart(t *testing.T) {
	one := `{"description": "an order", "request": {"method": "PUT", "path": "/", "body": ` + order + `}, "response": {"status": 200}}`
	r := check(t, map[string]string{
		"order.schema.json": orderSchema, "payloads.yaml": "pacts: [web-shop.json]\npayloads: [{schema: order.schema.json, requests: [PUT *]}]",
		"web-shop.json": `{"consumer": {"name": "web"}, "provider": {"name": "shop"}, "interactions": [` + one + ",\n" + one + `]}`,
	})
	require.Equal(t, verdict.Pass, r.Verdict())
	require.NotEqual(t, r.Planned[1], r.Planned[2])
}

func TestPactThatCannotBeReadIsUnknown(t *testing.T) {
	r := check(t, map[string]string{
		"order.schema.json": orderSchema, "web-shop.json": "{", "o.json": order,
		"payloads.yaml": "pacts: [web-shop.json]\npayloads: [{schema: order.schema.json, fixtures: [o.json]}]",
	})
	require.Equal(t, verdict.Unknown, r.Verdict())
	require.Contains(t, r.Results[0].Inconclusive[0], "web-shop.json")
}

func TestSchemaThatCannotBeReadIsUnknown(t *testing.T) {
	r := check(t, map[string]string{
		"order.schema.json": `{"type": "sting"}`, "web-shop.json": exchange("request", order, ""), "o.json": order,
		"payloads.yaml": "pacts: [web-shop.json]\npayloads: [{schema: order.schema.json, requests: [PUT *], fixtures: [o.json]}]",
	})
	require.Equal(t, verdict.Unknown, r.Verdict())
	for _, result := range r.Results[1:] {
		require.Contains(t, result.Inconclusive[0], "does not allow this")
	}
}

func TestMistakesInTheFileHaveTheirLine(t *testing.T) {
	for text, want := range map[string]string{
		"payloads:\n  - {schema: a, request: [GET /]}":       "payloads.yaml:2:17: payloads[0].request",
		"payloads:\n  - {schema: a, requests: [GET]}":        `"GET": must be METHOD PATH`,
		"payloads:\n  - {schema: a, answers: [GET / 20]}":    `must be METHOD PATH STATUS`,
		"payloads:\n  - {schema: a, answers: [get /]}":       `"get /": must be METHOD PATH STATUS`,
		"payloads:\n  - {schema: a, requests: [GET orders]}": `"GET orders": must be METHOD PATH`,
		"payloads: []": "payloads.yaml:1:11",
		"payloads: [{schema: a}]\naccepted: [{schema: a}]":       "payloads.yaml:2:12",
		"payloads: [{schema: a}]\nwithout_schema: [{reason: a}]": "payloads.yaml:2:18",
	} {
		_, err := payloads.Read(filepath.Join(folder(t, map[string]string{"payloads.yaml": text}), "payloads.yaml"))
		require.ErrorContains(t, err, want, text)
	}
}

func TestRepositorysPayloadsAgree(t *testing.T) {
	f, err := payloads.Read("../payloads.yaml")
	require.NoError(t, err)
	r := f.Check(t.Context(), noon)
	require.Equal(t, verdict.Pass, r.Verdict(), "%v", r.Results)
	require.Greater(t, len(r.Results), 20)
}
