package broker

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"

	"golang.org/x/sync/errgroup"
)

// Pact is a pact to verify, downloaded.
type Pact struct {
	URL              string // where it was read, without credentials: in a broker, this content for good
	Name             string // the broker's: "Pact between finance (1.0.0) and invoices"; empty: it is in no broker
	ShortDescription string // why it was selected: "latest from main branch"
	Content          []byte // the pact file, with the broker's _links and each interaction's _id
	Consumer         string
	ConsumerVersion  string // empty: it is in no broker
	Provider         string
	Pending          bool     // that it fails must not fail the provider's build; only if the Query asked for it
	WIP              bool     // it is work in progress, and so pending
	Notices          []Notice // the broker's messages for people

	results string // where results of verifying it are published; empty: nowhere
}

// Notice is a text for a person, at one point of the verification. Its line breaks are the broker's.
type Notice struct {
	When string `json:"when"` // BeforeVerification, or a result of AfterVerification
	Text string `json:"text"`
}

// BeforeVerification is when most notices are to be shown.
const BeforeVerification = "before_verification"

// AfterVerification is when a notice is to be shown that depends on the outcome.
func AfterVerification(success, published bool) string {
	word := map[bool]string{true: "true", false: "false"}
	return "after_verification:success_" + word[success] + "_published_" + word[published]
}

// InBroker reports whether results of verifying the pact can be published.
func (p Pact) InBroker() bool { return p.results != "" }

const (
	downloads = 4    // at the same time
	maxPacts  = 2000 // of one answer
)

// PactsForVerification asks which pacts the provider must verify, and downloads them all, in the broker's order. There
// is at least one, or an error: ErrUnknownProvider if the broker has never heard of the provider, ErrNoPacts if nothing
// matches the query.
func (c *Client) PactsForVerification(ctx context.Context, q Query) ([]Pact, error) {
	op := "find the pacts that " + c.clean(q.Provider) + " must verify"
	if err := q.validate(op); err != nil {
		return nil, err
	}
	to, err := c.follow(ctx, op, map[string]string{"provider": q.Provider}, "pb:provider-pacts-for-verification",
		"beta:provider-pacts-for-verification")
	if err != nil {
		return nil, err
	}
	a, err := c.do(ctx, call{op: op, method: http.MethodPost, url: to, body: q.body(), repeats: true})
	if err != nil {
		return nil, unknownProvider(err, q)
	}
	selected, err := c.selected(op, a)
	if err != nil {
		return nil, err
	}
	if len(selected) == 0 {
		return nil, &Error{Op: op, URL: c.redact(to), Kind: ErrNoPacts, Status: http.StatusOK,
			Reason: "the broker knows the provider, and has no pact for: " + c.clean(q.String()),
			Advice: "nothing would be verified: check the selectors, and that the consumers publish with a branch and record what they deploy"}
	}
	pacts := make([]Pact, len(selected))
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(downloads)
	for n, s := range selected {
		group.Go(func() error {
			p, err := c.download(ctx, s)
			pacts[n] = p
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	return pacts, nil
}

// unknownProvider turns the broker's own 404, and no other, into ErrUnknownProvider.
func unknownProvider(err error, q Query) error {
	var e *Error
	if errors.As(err, &e) && errors.Is(e.Kind, ErrNotFound) && strings.Contains(e.Reason, "No provider with name") {
		e.Kind = ErrUnknownProvider
		e.Advice = "check the name " + q.Provider + ": pacts must name the provider so, and one must have been published"
	}
	return err
}

// selection is one pact that the broker selected.
type selection struct {
	Description string `json:"shortDescription"`
	Properties  struct {
		Pending bool     `json:"pending"`
		WIP     bool     `json:"wip"`
		Notices []Notice `json:"notices"`
	} `json:"verificationProperties"`
	Links links `json:"_links"`

	url  *url.URL
	name string
}

// selected reads the broker's list. A list that is not there is not an empty one.
func (c *Client) selected(op string, a answer) ([]selection, error) {
	var list struct {
		Embedded *struct {
			Pacts *[]selection `json:"pacts"`
		} `json:"_embedded"`
	}
	if err := c.decode(op, a, &list); err != nil {
		return nil, err
	}
	if list.Embedded == nil || list.Embedded.Pacts == nil {
		return nil, &Error{
			Op: op, URL: c.redact(a.url), Kind: ErrUnexpected, Reason: "the answer has no list of pacts (_embedded.pacts)", Advice: "check the URL",
		}
	}
	all := *list.Embedded.Pacts
	if len(all) > maxPacts {
		return nil, &Error{
			Op: op, URL: c.redact(a.url), Kind: ErrUnexpected, Reason: "it lists more than 2000 pacts",
			Advice: "select fewer: latest versions, or one consumer",
		}
	}
	for n := range all {
		self, ok := all[n].Links.find("self")
		if !ok {
			return nil, &Error{Op: op, URL: c.redact(a.url), Kind: ErrUnexpected, Reason: "a pact in the list has no link to itself"}
		}
		to, err := c.resolve(op, self, a.url, nil)
		if err != nil {
			return nil, err
		}
		all[n].url, all[n].name = to, self.Name
	}
	return all, nil
}

func (c *Client) download(ctx context.Context, s selection) (Pact, error) {
	op := "download the pact"
	if s.name != "" {
		op = "download the " + c.clean(s.name)
	}
	a, err := c.do(ctx, call{op: op, method: http.MethodGet, url: s.url, repeats: true})
	if err != nil {
		return Pact{}, err
	}
	p, err := c.pact(op, a)
	p.ShortDescription, p.Notices, p.WIP = s.Description, s.Properties.Notices, s.Properties.WIP
	p.Pending = s.Properties.Pending || s.Properties.WIP
	return p, err
}

// PactAt reads one pact by its URL: what a webhook of the broker hands over as ${pactbroker.pactUrl}, or a pact file on
// any web server. Credentials of the Config are sent to the configured broker only; user:password@ in the URL goes to
// its own host. Whether the pact is pending is not known then.
func (c *Client) PactAt(ctx context.Context, text string) (Pact, error) {
	const op = "read the pact"
	to, err := parseURL(text)
	if err != nil {
		return Pact{}, usage(op, "its URL: %s", err)
	}
	a, err := c.do(ctx, call{op: op, method: http.MethodGet, url: to, repeats: true, anonymous: !c.trusts(to)})
	if err != nil {
		return Pact{}, err
	}
	return c.pact(op, a)
}

// pact reads a downloaded pact as far as is needed to name it, and to publish what verifying it gave.
func (c *Client) pact(op string, a answer) (Pact, error) {
	var file struct {
		Consumer, Provider struct {
			Name string `json:"name"`
		}
		Links links `json:"_links"`
	}
	if err := c.decode(op, a, &file); err != nil {
		return Pact{}, err
	}
	if file.Consumer.Name == "" || file.Provider.Name == "" {
		return Pact{}, &Error{
			Op: op, URL: c.redact(a.url), Kind: ErrUnexpected,
			Reason: "it is no pact: it must name a consumer and a provider", Advice: "check the URL",
		}
	}
	p := Pact{URL: c.redact(a.url), Content: a.body, Consumer: file.Consumer.Name, Provider: file.Provider.Name}
	if self, ok := file.Links.find("self"); ok {
		p.Name = self.Name
	}
	if version, ok := file.Links.find("pb:consumer-version", "pb:consumer-versions"); ok {
		p.ConsumerVersion = version.Name
	}
	if results, ok := file.Links.find("pb:publish-verification-results"); ok {
		to, ok := results.resolve(a.url, nil)
		if !ok {
			return Pact{}, &Error{Op: op, URL: p.URL, Kind: ErrUnexpected, Reason: "its link pb:publish-verification-results cannot be followed"}
		}
		p.results = to.String()
	}
	return p, nil
}
