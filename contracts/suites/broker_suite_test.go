package suites_test

import (
	"cmp"
	"encoding/json"
	"regexp"
	"testing"

	dsl "github.com/pact-foundation/pact-go/v2/consumer"
	"github.com/pact-foundation/pact-go/v2/matchers"
	"github.com/stretchr/testify/require"

	"github.com/fridaygate/fridaygate/contracts/broker"
	"github.com/fridaygate/fridaygate/contracts/consumer"
)

// brokerUser and brokerPassword are what the client sends to the mock. A real broker does not know them: the filter puts its
// own in their place.
const brokerUser, brokerPassword = "mock-user", "mock-password"

// brokerAccept is what the client says that it reads: the broker's own format, and its structured errors.
const brokerAccept = "application/hal+json, application/problem+json;q=0.9, application/json;q=0.8, */*;q=0.1"

// brokerSuite is the suite of Fridaygate's client of a Pact Broker.
type brokerSuite struct{ *consumer.Suite }

// client runs one test of the client against a mock that knows the exchanges, each of which must come.
func (s brokerSuite) client(name string, exchanges []exchange, test func(t *testing.T, c *broker.Client)) {
	s.HTTP(name, func(p *consumer.HTTPPact) *consumer.HTTPInteraction {
		var last *consumer.HTTPInteraction
		for _, e := range exchanges {
			last = e.add(p)
		}
		return last
	}, func(t *testing.T, url string) {
		c, err := broker.New(broker.Config{URL: url, Username: brokerUser, Password: brokerPassword})
		require.NoError(t, err)
		test(t, c)
	})
}

// object and list are JSON in which values may be matchers.
type (
	object = map[string]any
	list   = []any
)

// exchange is one request of the client's, and what it needs of the broker's answer.
type exchange struct {
	description string
	broker      string                   // the state that it begins with; empty: stateEmpty
	states      []consumer.ProviderState // that follow

	method string
	path   string
	from   string            // what the path is in the real broker, with ${NAME} for what the states return; empty: path
	query  map[string]string // nil: none
	body   any               // sent as JSON; nil: none
	format string            // the body's media type; empty: application/json

	status int
	answer any // the part of the JSON that the client reads; nil: none
}

// add adds the exchange to the mock.
func (e exchange) add(p *consumer.HTTPPact) *consumer.HTTPInteraction {
	i := p.AddInteraction().Given(cmp.Or(e.broker, stateEmpty))
	for _, state := range e.states {
		i.GivenWithParameter(state)
	}
	var path consumer.Matcher = matchers.S(e.path)
	if e.from != "" {
		path = fromState{example: e.path, expression: e.from}
	}
	return i.UponReceiving(e.description).WithRequestPathMatcher(dsl.Method(e.method), path, e.request).WillRespondWith(e.status, e.response)
}

func (e exchange) request(b *consumer.Request) {
	b.Header("Authorization", matchers.S(basic(brokerUser, brokerPassword))).
		Header("Accept", matchers.S(brokerAccept))
	for name, value := range e.query {
		b.Query(name, matchers.S(value))
	}
	if e.body != nil {
		b.Header("Content-Type", matchers.S(cmp.Or(e.format, "application/json"))).JSONBody(e.body)
	}
}

func (e exchange) response(b *consumer.Response) {
	if e.answer != nil {
		b.Header("Content-Type", matchers.Regex("application/hal+json", `^application/([a-z]+\+)?json(;.*)?$`)).JSONBody(e.answer)
	}
}

// fromState is a part of a request that must be its example when the client sends it, and that a provider state fills in
// when the provider is verified: the expression with ${NAME} for what the states return.
type fromState struct {
	matchers.Matcher
	example, expression string
}

// MarshalJSON writes the form that libpact_ffi reads.
func (f fromState) MarshalJSON() ([]byte, error) {
	return json.Marshal(map[string]string{
		"value": f.example, "pact:matcher:type": "regex", "regex": "^" + regexp.QuoteMeta(f.example) + "$",
		"pact:generator:type": "ProviderState", "expression": f.expression,
	})
}

// href is a link to a path of the broker's own, wherever it is. In the mock it leads back to the mock.
func href(path string) object { return hrefLike(path, regexp.QuoteMeta(path)) }

// hrefLike is a link to a path that the broker makes up, such as one with an id.
func hrefLike(example, pattern string) object {
	return object{"href": map[string]string{
		"value": "http://broker.example" + example, "pact:matcher:type": "regex", "regex": "^https?://.*(" + pattern + ")$",
		"pact:generator:type": "MockServerURL", "example": "http://broker.example" + example,
	}}
}

// hrefWithID is a link to a path with a UUID in it.
func hrefWithID(before, after string) object {
	return hrefLike(before+someUUID+after, before+"[0-9a-f-]{36}"+after)
}

// named is a link with a name that must be the same.
func named(name string, link object) object {
	link["name"] = name
	return link
}

// words is a text of the broker's for people. Its wording is the broker's choice.
func words(example string) matchers.Matcher { return matchers.Like(example) }

// someOf is a list of at least one such element.
func someOf(element any) matchers.Matcher { return matchers.EachLike(element, 1) }

// links are those of a document, by relation.
func links(all object) object { return object{"_links": all} }

// refused is the answer to a request whose parameters are wrong.
func refused(detail any) object { return object{"errors": someOf(object{"detail": detail})} }

// problemOf is any other error.
func problemOf(detail any) object { return object{"title": words("Not found"), "detail": detail} }
