package broker_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/fridaygate/fridaygate/contracts/broker"
	"github.com/fridaygate/fridaygate/contracts/report"
	"github.com/fridaygate/fridaygate/contracts/schema"
	"github.com/fridaygate/fridaygate/contracts/verdict"
)

// market is a real broker with a few applications, in environments of the test's own:
//
//	web 1 -> api, pay   published; web 2 only -> api
//	api 10 verified web 1 and web 2; api 11 is recorded and verified nothing; api 12 breaks web 1; pay verified nothing
//	there:  api 10 is deployed;  used: web 1 is deployed;  bare: nothing is
type market struct {
	*team
	there, used, bare string
}

func (m market) name(short string) string { return m.t.Name() + " " + short }

func (m market) version(short, number string) broker.VersionSelector {
	return broker.VersionSelector{Pacticipant: m.name(short), Version: number}
}

// pact is a pact of one interaction.
func (m market) pact(consumer, provider, describes string) broker.PactFile {
	text := fmt.Sprintf(`{"consumer":{"name":%q},"provider":{"name":%q},`+
		`"interactions":[{"description":%q,"request":{"method":"GET","path":"/"},"response":{"status":200}}],`+
		`"metadata":{"pactSpecification":{"version":"3.0.0"}}}`, m.name(consumer), m.name(provider), describes)
	return broker.PactFile{Name: consumer + ".json", Content: []byte(text), Consumer: m.name(consumer), Provider: m.name(provider)}
}

func (m market) give(version string, pacts ...broker.PactFile) {
	m.t.Helper()
	_, err := m.client.Publish(m.t.Context(), broker.Publication{
		Version: version, Branch: "main", BuildURL: "https://ci.example/1", Pacts: pacts,
	})
	require.NoError(m.t, err)
}

// verify publishes a result of api's for one version of web.
func (m market) verify(web, api string, success bool) {
	m.t.Helper()
	path := "/pacts/provider/" + url.PathEscape(m.name("api")) + "/consumer/" + url.PathEscape(m.name("web")) + "/version/" + web
	p, err := m.client.PactAt(m.t.Context(), m.broker.URL+path)
	require.NoError(m.t, err)
	test := broker.TestResult{Description: "a price", Success: success}
	if !success {
		test.Mismatches = []broker.Mismatch{{Attribute: "body", Identifier: "$.price", Description: "expected 1, but got nothing"}}
	}
	require.NoError(m.t, m.client.PublishVerification(m.t.Context(), p, broker.Verification{
		Success: success, ProviderVersion: api, ProviderBranch: "main", Tests: []broker.TestResult{test},
	}))
}

func (m market) deploy(short, version, environment string) {
	m.t.Helper()
	require.NoError(m.t, m.client.RecordDeployment(m.t.Context(), broker.Deployment{
		Pacticipant: m.name(short), Version: version, Environment: environment,
	}))
}

func newMarket(t *testing.T) market {
	t.Helper()
	return marketOf(newTeam(t))
}

func marketOf(of *team) market {
	t := of.t
	t.Helper()
	prefix := strings.ToLower(t.Name())
	m := market{of, prefix + "-there", prefix + "-used", prefix + "-bare"}
	for _, name := range []string{m.there, m.used, m.bare} {
		require.NoError(t, m.client.CreateEnvironment(t.Context(), name, "", true))
	}
	m.give("1", m.pact("web", "api", "a price"), m.pact("web", "pay", "a payment"))
	m.give("2", m.pact("web", "api", "a price"))
	m.verify("1", "10", true)
	m.verify("1", "12", false)
	for _, r := range [][2]string{{"api", "11"}, {"lone", "1"}} {
		m.ask("PUT", "/pacticipants/"+url.PathEscape(m.name(r[0]))+"/branches/main/versions/"+r[1], map[string]any{})
	}
	m.deploy("api", "10", m.there)
	m.deploy("web", "1", m.used)
	return m
}

// situation is a question, and what its answer must be.
type situation struct {
	question broker.Question
	exit     int
	kinds    string // of the reasons, in order
	says     string // part of the text
}

func (m market) situations() map[string]situation {
	to := func(environment string, versions ...broker.VersionSelector) broker.Question {
		return broker.Question{Versions: versions, Environment: environment}
	}
	ignoring := func(q broker.Question, names ...string) broker.Question {
		for _, name := range names {
			q.Ignore = append(q.Ignore, broker.VersionSelector{Pacticipant: name})
		}
		return q
	}
	named := func(short string, edit func(*broker.VersionSelector)) broker.VersionSelector {
		v := broker.VersionSelector{Pacticipant: m.name(short)}
		edit(&v)
		return v
	}
	branch := func(name string) func(*broker.VersionSelector) {
		return func(v *broker.VersionSelector) { v.Branch = name }
	}
	main := func(v *broker.VersionSelector) { v.MainBranch = true }
	latest := func(v *broker.VersionSelector) { v.Latest = true }
	tag := func(v *broker.VersionSelector) { v.Tag = "gone" }
	web1, web2, lone := m.version("web", "1"), m.version("web", "2"), m.version("lone", "1")
	api10, api11, api12 := m.version("api", "10"), m.version("api", "11"), m.version("api", "12")
	return map[string]situation{
		"verified and deployed there":                    {to(m.there, web2), 0, "", "can-i-deploy: yes"},
		"the latest of a branch":                         {to(m.there, named("web", branch("main"))), 0, "", "yes"},
		"the latest of the main branch":                  {to(m.there, named("web", main)), 0, "", "yes"},
		"the latest":                                     {to(m.there, named("web", latest)), 0, "", "yes"},
		"one of two providers is not there":              {to(m.there, web1), 3, "not-deployed", "pay is recorded as deployed or released in"},
		"one of two providers is not there, and ignored": {ignoring(to(m.there, web1), m.name("pay")), 0, "", "no result (ignored)"},
		"all providers are ignored": {
			ignoring(to(m.there, web1), m.name("pay"), m.name("api")), 3, "all-ignored", "nothing was compared",
		},
		"the only provider is ignored": {
			ignoring(to(m.there, web2), m.name("api")), 3, "all-ignored", "everything that it has contracts with is ignored",
		},
		"a version of a provider is ignored": {
			broker.Question{Versions: []broker.VersionSelector{web2}, Environment: m.there, Ignore: []broker.VersionSelector{api10}},
			3, "all-ignored", "",
		},
		"another version is ignored": {
			broker.Question{Versions: []broker.VersionSelector{web2}, Environment: m.there, Ignore: []broker.VersionSelector{api12}}, 0, "", "",
		},
		"somebody unknown is ignored":                  {ignoring(to(m.there, web2), m.name("nobody")), 0, "", "yes"},
		"nothing is there":                             {to(m.bare, web2), 3, "not-deployed", "--environment " + m.bare},
		"neither provider is there":                    {to(m.bare, web1), 3, "not-deployed not-deployed", "record-deployment"},
		"a provider whose consumer is there":           {ignoring(to(m.used, api10), "x"), 0, "", "yes"},
		"a provider that broke what is there":          {to(m.used, api12), 1, "broken", "expected 1, but got nothing"},
		"a provider that did not verify what is there": {to(m.used, api11), 3, "unverified", "no webhook ever started its verification"},
		"a provider's version that is not known": {
			to(m.used, m.version("api", "99")), 3, "unknown-version", "99: the broker has no such version",
		},
		"a provider goes first":                      {to(m.bare, api10), 0, "", "none of its consumers is in"},
		"a broken provider where nobody is":          {to(m.bare, api12), 0, "", "none of its consumers is in"},
		"a provider without results where nobody is": {to(m.bare, api11), 3, "no-contract", "the broker would say yes"},
		"a provider that no pact names": {
			to(m.there, lone), 3, "no-contract", "fridaygate publish contracts/pacts --consumer-app-version 1",
		},
		"a version without contracts, without a place": {to("", lone), 3, "no-contract", "no pact and no verification result"},
		"a consumer's version that is not known": {
			to(m.there, m.version("web", "77")), 3, "unknown-version", "No pacts or verifications have been published for version 77",
		},
		"a branch that is not known": {to(m.there, named("web", branch("gone"))), 3, "unknown-version", "from branch gone"},
		"a branch with a slash and a blank": {
			to(m.there, named("web", branch("feat/x y"))), 3, "unknown-version", "from branch feat/x y",
		},
		"a tag that is not known":                   {to(m.there, named("web", tag)), 3, "unknown-version", "tag gone"},
		"a pacticipant that is not known":           {to(m.there, m.version("nobody", "1")), 3, "unknown-pacticipant", "not found"},
		"a pacticipant with umlauts and slash":      {to(m.there, m.version("kä/se", "1")), 3, "unknown-pacticipant", "not found"},
		"an environment that is not known":          {to("gone", web2), 3, "unknown-environment", "next: fridaygate environments"},
		"a pair that was verified":                  {to("", web1, api10), 0, "", "yes"},
		"a pair that is broken":                     {to("", web1, api12), 1, "broken", "a price"},
		"a pair without a result":                   {to("", web1, api11), 3, "unverified", "has not verified the pact with"},
		"a pair with an unknown provider's version": {to("", web1, m.version("api", "99")), 3, "unknown-version", "no such version"},
		"a pair without a contract": {
			to("", lone, api10), 3, "no-contract no-contract", "no contract with any other version",
		},
		"a verified pair and a stranger":               {to("", web1, api10, lone), 3, "no-contract", "lone 1"},
		"a pair that goes where nothing is":            {to(m.bare, web2, api10), 0, "", "yes"},
		"a broken pair that goes where nothing is":     {to(m.bare, web2, api12), 1, "broken", "breaks the pact"},
		"a pair of which one more provider is missing": {to(m.bare, web1, api10), 3, "not-deployed", "pay"},
		"broken outranks not deployed":                 {to(m.bare, web1, api12), 1, "broken not-deployed", "no"},
		"one version against the latest":               {to("", web2), 3, "unverified", "that it is compared with"},
		"against a tag that nobody has": {
			broker.Question{Versions: []broker.VersionSelector{web2}, ToTag: "gone"}, 3, "unverified", "that it is compared with",
		},
		"flags joined by =, verified":                     {to(m.there, web2), 0, "", "yes"},
		"flags joined by =, broken":                       {to("", web1, api12), 1, "broken", "a price"},
		"a consumer's version that the provider replaced": {to(m.used, web2), 3, "not-deployed", "api"},
	}
}

func TestEverySituationHasItsReasonAndExitCode(t *testing.T) {
	m := newMarket(t)
	all := m.situations()
	rows := comparisons(t)
	for name, s := range all {
		t.Run(name, func(t *testing.T) {
			d, err := m.client.CanIDeploy(t.Context(), s.question)
			require.NoError(t, err)
			var text, document bytes.Buffer
			require.NoError(t, d.Text(&text))
			require.NoError(t, d.JSON(&document))
			var kinds []string
			for _, r := range d.Reasons {
				kinds = append(kinds, string(r.Kind))
				require.Contains(t, text.String(), "  next: "+r.Next+"\n")
				require.NotEmpty(t, r.Next)
			}
			require.Equal(t, s.kinds, strings.Join(kinds, " "), text.String())
			require.Equal(t, s.exit, d.Verdict().Exit(), text.String())
			require.Contains(t, text.String(), s.says)
			var read struct {
				Version, Exit int
				Verdict       verdict.Verdict
				Answer        string
				Reasons       []broker.Reason
			}
			require.NoError(t, json.Unmarshal(document.Bytes(), &read))
			require.Equal(t, 1, read.Version)
			require.Equal(t, s.exit, read.Exit)
			require.Equal(t, d.Verdict(), read.Verdict)
			require.Len(t, read.Reasons, len(d.Reasons))
			reports(t, d)
			ours := tool{answered{d.Verdict().Exit(), m.plain(says(text.String()))}, answered{read.Exit, m.plain(says(document.String()))}}
			require.Equal(t, rows[name].Fridaygate, ours, "SITUATIONS.md is not true any more: %s", rewrite)
		})
	}
}

// reports demands that the decision's report has its verdict, names each reason, and keeps to its schema.
func reports(t *testing.T, d broker.Decision) {
	t.Helper()
	r := d.Report()
	var text, document, xml bytes.Buffer
	require.NoError(t, report.JSON(&document, r))
	require.NoError(t, report.JUnit(&xml, r))
	(&report.Text{W: &text, Kinds: true}).Write(r)
	require.Equal(t, d.Verdict(), r.Verdict(), text.String())
	s, err := schema.Load("../report/report.schema.json")
	require.NoError(t, err)
	require.Empty(t, s.Check(document.Bytes()), document.String())
	for _, reason := range d.Reasons {
		kind := string(reason.Kind)
		require.Contains(t, text.String(), kind)
		require.Contains(t, xml.String(), kind)
		require.Contains(t, document.String(), kind)
	}
}

func TestAQuestionThatAsksNothingIsAnError(t *testing.T) {
	c, err := broker.New(broker.Config{URL: "http://127.0.0.1:1"})
	require.NoError(t, err)
	one := broker.VersionSelector{Pacticipant: "web", Version: "1"}
	for says, q := range map[string]broker.Question{
		"no pacticipant is named":            {Environment: "production"},
		"pacticipant 1 has no name":          {Versions: []broker.VersionSelector{{Version: "1"}}},
		"web: which version?":                {Versions: []broker.VersionSelector{{Pacticipant: "web"}}},
		"web: a version is named in more":    {Versions: []broker.VersionSelector{{Pacticipant: "web", Version: "1", Branch: "main"}}},
		"web is named twice":                 {Versions: []broker.VersionSelector{one, one}},
		"an environment and a tag are named": {Versions: []broker.VersionSelector{one}, Environment: "a", ToTag: "b"},
		"web is to be deployed and ignored":  {Versions: []broker.VersionSelector{one}, Ignore: []broker.VersionSelector{{Pacticipant: "web"}}},
		"what is to be ignored has no name":  {Versions: []broker.VersionSelector{one}, Ignore: []broker.VersionSelector{{}}},
	} {
		d, err := c.CanIDeploy(t.Context(), q)
		require.ErrorIs(t, err, broker.ErrUsage, says)
		require.ErrorContains(t, err, says)
		require.Equal(t, verdict.Unknown, d.Verdict())
	}
}

func TestAnUnreachableBrokerIsUnknownAndSaysSo(t *testing.T) {
	t.Parallel()
	question := broker.Question{Versions: []broker.VersionSelector{{Pacticipant: "web", Version: "1"}}, Environment: "production"}
	for name, c := range map[string]struct {
		url  string
		kind broker.ReasonKind
	}{
		"refused":                  {"http://127.0.0.1:1", broker.Unreachable},
		"a sign-in page":           {serve(t, answer(200, "text/html", page)), broker.Unreachable},
		"a proxy's 502":            {serve(t, answer(502, "text/html", page)), broker.Unreachable},
		"401":                      {serve(t, answer(401, "text/plain", "")), broker.Unauthorised},
		"another service":          {serve(t, answer(200, "application/json", `{"deployable":true}`)), broker.Unreachable},
		"404":                      {serve(t, answer(404, "application/json", `{}`)), broker.Unreachable},
		"a yes and no rows at all": {serve(t, answer(200, "application/json", `{"summary":{"deployable":true}}`)), broker.Unreachable},
		"a yes with a broken row": {
			serve(t, answer(200, "application/json",
				`{"summary":{"deployable":true},"matrix":[{"consumer":{"name":"web","version":{"number":"1"}},"provider":{"name":"api"}}]}`)),
			broker.Unverified,
		},
		"a yes about another version": {
			serve(t, answer(200, "application/json", `{"summary":{"deployable":true},"matrix":[
				{"consumer":{"name":"web","version":{"number":"2"}},"provider":{"name":"api","version":{"number":"1"}},
				"verificationResult":{"success":true}}]}`)),
			broker.NoContract,
		},
		"a no without a reason": {
			serve(t, answer(200, "application/json", `{"summary":{"deployable":false},"matrix":[
				{"consumer":{"name":"web","version":{"number":"1"}},"provider":{"name":"api","version":{"number":"1"}},
				"verificationResult":{"success":true}}]}`)),
			broker.Contradiction,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			client, err := broker.New(broker.Config{URL: c.url, Token: token})
			require.NoError(t, err)
			d, err := client.CanIDeploy(t.Context(), question)
			require.NoError(t, err)
			require.Equal(t, verdict.Unknown, d.Verdict())
			reports(t, d)
			require.Equal(t, c.kind, d.Reasons[0].Kind, d.Reasons[0].Text)
			require.NotContains(t, d.Reasons[0].Text, "s3cret")
		})
	}
}

func TestWaitingEndsWhenTheResultIsIn(t *testing.T) {
	m := newMarket(t)
	question := broker.Question{Versions: []broker.VersionSelector{m.version("web", "1"), m.version("api", "11")}}
	var said []string
	d, err := m.client.CanIDeployWhileUnknown(t.Context(), question,
		broker.Waiting{Times: 3, Interval: time.Millisecond, Progress: func(text string) {
			said = append(said, text)
			if len(said) == 2 {
				m.verify("1", "11", true)
			}
		}})
	require.NoError(t, err)
	require.Equal(t, verdict.Pass, d.Verdict())
	require.Len(t, said, 2)
	require.Contains(t, said[1], "(2 of 3)")

	said = nil
	question.Versions[1].Version = "99"
	d, err = m.client.CanIDeployWhileUnknown(t.Context(), question, broker.Waiting{
		Times: 3, Interval: time.Hour, Progress: func(text string) { said = append(said, text) },
	})
	require.NoError(t, err)
	require.Equal(t, verdict.Unknown, d.Verdict())
	require.Empty(t, said, "nobody waits for what cannot come")
}
