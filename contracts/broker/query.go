package broker

import (
	"cmp"
	"errors"
	"fmt"
	"strings"
	"time"
)

// Query selects the pacts that a provider must verify.
type Query struct {
	Provider       string     // as pacts name it
	ProviderBranch string     // of the version that is verified; decides what is pending, work in progress, or a matching branch
	ProviderTags   []string   // the same, for teams that tag versions instead
	Selectors      []Selector // empty: Recommended(ProviderBranch)
	Pending        bool       // ask which pacts are pending: failing them must not fail the provider's build
	WIPSince       time.Time  // add work in progress: pacts that no selector names, published since this day; zero: none; needs Pending
}

// selectors are those that are sent.
func (q Query) selectors() []Selector {
	if len(q.Selectors) == 0 {
		return Recommended(q.ProviderBranch)
	}
	return q.Selectors
}

// validate returns every mistake, those above all that the broker would answer with an empty list.
func (q Query) validate(op string) error {
	var wrong []error
	if strings.TrimSpace(q.Provider) == "" {
		wrong = append(wrong, errors.New("the provider is not named"))
	}
	versioned := q.ProviderBranch != "" || len(q.ProviderTags) > 0
	if !q.WIPSince.IsZero() && !versioned {
		wrong = append(wrong, errors.New("work in progress needs the provider's branch or tags: without them the broker finds none"))
	}
	if !q.WIPSince.IsZero() && !q.Pending {
		wrong = append(wrong, errors.New("work in progress needs pending pacts: what nobody asked for must not fail the build"))
	}
	if q.ProviderBranch != strings.TrimSpace(q.ProviderBranch) {
		wrong = append(wrong, fmt.Errorf("the provider's branch %q begins or ends with a blank", q.ProviderBranch))
	}
	for n, s := range q.selectors() {
		err := s.Validate()
		if s.MatchingBranch && q.ProviderBranch == "" {
			err = errors.Join(err, errors.New("matchingBranch needs the provider's branch"))
		}
		if err != nil {
			wrong = append(wrong, fmt.Errorf("selector %d, %s: %w", n+1, s, err))
		}
	}
	if len(wrong) > 0 {
		return usage(op, "%s", oneLine(errors.Join(wrong...)))
	}
	return nil
}

// queryBody is what is sent. Without includePendingStatus the broker would take it for true.
type queryBody struct {
	Selectors []Selector `json:"consumerVersionSelectors"`
	Branch    string     `json:"providerVersionBranch,omitempty"`
	Tags      []string   `json:"providerVersionTags,omitempty"`
	Pending   bool       `json:"includePendingStatus"`
	WIPSince  string     `json:"includeWipPactsSince,omitempty"`
}

func (q Query) body() queryBody {
	b := queryBody{Selectors: q.selectors(), Branch: q.ProviderBranch, Tags: q.ProviderTags, Pending: q.Pending}
	if !q.WIPSince.IsZero() {
		b.WIPSince = q.WIPSince.Format(time.DateOnly)
	}
	return b
}

// String describes the query.
func (q Query) String() string {
	var parts []string
	for _, s := range q.selectors() {
		parts = append(parts, s.String())
	}
	if !q.WIPSince.IsZero() {
		parts = append(parts, "work in progress since "+q.WIPSince.Format(time.DateOnly))
	}
	return cmp.Or(strings.Join(parts, ", "), "nothing")
}
