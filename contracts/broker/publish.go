package broker

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// Publication is what one build publishes. All pacts of one consumer go in one request, which the broker does as a
// whole or not at all.
type Publication struct {
	Version  string     // the version of every consumer, such as the commit
	Branch   string     // the version is recorded as one of this branch; empty: of none
	Tags     []string   // the version gets these tags
	BuildURL string     // of the CI build, for a person; may be empty
	Merge    bool       // add the interactions to those that the version has already, as parallel builds need
	Pacts    []PactFile // at least one; two of one consumer and provider must not differ
}

// Published is what the broker did with the pacts of one consumer.
type Published struct {
	Consumer string   `json:"consumer"`
	Version  string   `json:"version"`
	Pacts    []string `json:"pacts"`   // URLs of the published pacts
	Notices  []string `json:"notices"` // the broker's messages for people, in its order
}

// contract is one pact in the request (https://docs.pact.io/pact_broker/advanced_topics/api_docs/publish_pacts).
type contract struct {
	Consumer      string `json:"consumerName"`
	Provider      string `json:"providerName"`
	Content       []byte `json:"content"` // base64
	ContentType   string `json:"contentType"`
	Specification string `json:"specification"`
	OnConflict    string `json:"onConflict,omitempty"`
}

type publishBody struct {
	Pacticipant string     `json:"pacticipantName"`
	Version     string     `json:"pacticipantVersionNumber"`
	Branch      string     `json:"branch,omitempty"`
	Tags        []string   `json:"tags,omitempty"`
	BuildURL    string     `json:"buildUrl,omitempty"`
	Contracts   []contract `json:"contracts"`
}

// Publish publishes the pacts: one request for the broker's index, and one for each consumer. When a consumer's request
// fails, it ends, and returns what was published before beside the error, which says the same in words.
func (c *Client) Publish(ctx context.Context, p Publication) ([]Published, error) {
	const op = "publish the pacts"
	bodies, err := p.bodies()
	if err != nil {
		return nil, usage(op, "%s", oneLine(err))
	}
	to, err := c.follow(ctx, op, nil, "pb:publish-contracts")
	if err != nil {
		return nil, err
	}
	var done []Published
	for n, body := range bodies {
		op := "publish the pacts of " + c.clean(body.Pacticipant) + " " + c.clean(body.Version)
		one, err := c.publish(ctx, op, to, body)
		if err = conflict(err); p.Merge && errors.Is(err, ErrConflict) {
			one, err = c.merge(ctx, op, body)
		}
		if err != nil {
			return done, halfPublished(err, done, bodies[n:])
		}
		done = append(done, one)
	}
	return done, nil
}

func (c *Client) publish(ctx context.Context, op string, to *url.URL, body publishBody) (Published, error) {
	a, err := c.do(ctx, call{op: op, method: http.MethodPost, url: to, body: body})
	if err != nil {
		return Published{}, err
	}
	one, err := c.published(op, a, body)
	var e *Error
	if errors.As(err, &e) {
		e.Sent = true
	}
	return one, err
}

// bodies returns a request for each consumer, in the order of their names.
func (p Publication) bodies() ([]publishBody, error) {
	var wrong []error
	if strings.TrimSpace(p.Version) == "" {
		wrong = append(wrong, errors.New("the consumer's version is missing: give the commit that wrote the pacts"))
	}
	if len(p.Pacts) == 0 {
		wrong = append(wrong, errors.New("there is no pact to publish"))
	}
	for _, text := range append([]string{p.Version, p.Branch}, p.Tags...) {
		if text != strings.TrimSpace(text) {
			wrong = append(wrong, fmt.Errorf("%q begins or ends with a blank: a version, branch or tag must not", text))
		}
	}
	byPair := map[[2]string]PactFile{}
	byConsumer := map[string]*publishBody{}
	for _, file := range p.Pacts {
		pair := [2]string{file.Consumer, file.Provider}
		if other, ok := byPair[pair]; ok {
			if !other.same(file) {
				wrong = append(wrong, fmt.Errorf("%s and %s are both between %s and %s, and differ: publish one of them, "+
					"or each from its own build with Merge (--merge)",
					other.Name, file.Name, file.Consumer, file.Provider))
			}
			continue
		}
		byPair[pair] = file
		body := byConsumer[file.Consumer]
		if body == nil {
			body = &publishBody{Pacticipant: file.Consumer, Version: p.Version, Branch: p.Branch, Tags: p.Tags, BuildURL: p.BuildURL}
			byConsumer[file.Consumer] = body
		}
		one := contract{
			Consumer: file.Consumer, Provider: file.Provider, Content: file.Content, ContentType: "application/json", Specification: "pact",
		}
		if p.Merge {
			one.OnConflict = "merge"
		}
		body.Contracts = append(body.Contracts, one)
	}
	var all []publishBody
	for _, body := range byConsumer {
		all = append(all, *body)
	}
	slices.SortFunc(all, func(a, b publishBody) int { return cmp.Compare(a.Pacticipant, b.Pacticipant) })
	return all, errors.Join(wrong...)
}

// published reads the broker's answer, which must name a pact for each one sent.
func (c *Client) published(op string, a answer, body publishBody) (Published, error) {
	var said struct {
		Notices []struct {
			Text string `json:"text"`
		} `json:"notices"`
		Links struct {
			Contracts []link `json:"pb:contracts"`
		} `json:"_links"`
	}
	if err := c.decode(op, a, &said); err != nil {
		return Published{}, err
	}
	if len(said.Links.Contracts) != len(body.Contracts) {
		return Published{}, &Error{Op: op, URL: c.redact(a.url), Kind: ErrUnexpected,
			Reason: fmt.Sprintf("%d pacts were sent, and the answer names %d", len(body.Contracts), len(said.Links.Contracts)),
			Advice: "look into the broker whether they were published"}
	}
	one := Published{Consumer: body.Pacticipant, Version: body.Version}
	for _, l := range said.Links.Contracts {
		one.Pacts = append(one.Pacts, c.clean(l.Href))
	}
	for _, n := range said.Notices {
		if text := c.clean(n.Text); text != "" {
			one.Notices = append(one.Notices, text)
		}
	}
	return one, nil
}

// conflict adds what to do about a version that exists with other content.
func conflict(err error) error {
	var e *Error
	if errors.As(err, &e) && e.Status == http.StatusConflict {
		e.Kind = ErrConflict
		e.Advice = "publish changed pacts under a version of their own, such as the commit; parallel builds of one version merge (--merge)"
	}
	return err
}

// halfPublished adds to an error what was published, what perhaps was, and what was not.
func halfPublished(err error, done []Published, rest []publishBody) error {
	if len(done) == 0 && len(rest) == 1 {
		return err
	}
	var published, missing []string
	for _, one := range done {
		published = append(published, one.Consumer)
	}
	for _, one := range rest {
		missing = append(missing, one.Pacticipant)
	}
	text := "; published: " + cmp.Or(strings.Join(published, ", "), "nothing")
	var e *Error
	var interrupted *cancelled
	decided := errors.As(err, &e)
	if errors.As(err, &interrupted) || decided && e.Sent {
		text += "; perhaps published: " + missing[0]
		missing = missing[1:]
	}
	if len(missing) > 0 {
		text += "; not published: " + strings.Join(missing, ", ")
	}
	switch {
	case interrupted != nil:
		interrupted.text += text
	case decided:
		e.Reason += text
	}
	return err
}
