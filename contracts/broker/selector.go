package broker

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	strict "github.com/go-json-experiment/json"
)

// Selector is a consumer version selector: it selects the versions of the consumers whose pacts must be verified
// (https://docs.pact.io/pact_broker/advanced_topics/consumer_version_selectors). The zero value selects nothing, and
// is an error. Its JSON is the broker's.
type Selector struct {
	Consumer   string `json:"consumer,omitempty"`   // of this consumer only; empty: of all
	MainBranch bool   `json:"mainBranch,omitempty"` // the latest of the consumer's main branch
	Branch     string `json:"branch,omitempty"`     // the latest of this branch
	// where there is no Branch, the latest of this one; a Pact Broker up to 2.119 takes it, and does nothing with it
	FallbackBranch     string `json:"fallbackBranch,omitempty"`
	MatchingBranch     bool   `json:"matchingBranch,omitempty"`     // the latest of the branch named as the provider's
	DeployedOrReleased bool   `json:"deployedOrReleased,omitempty"` // what is deployed, or released and supported
	Deployed           bool   `json:"deployed,omitempty"`           // what is deployed
	Released           bool   `json:"released,omitempty"`           // what is released and supported
	Environment        string `json:"environment,omitempty"`        // in this environment only; alone: as DeployedOrReleased
	Tag                string `json:"tag,omitempty"`                // every version with this tag, or the latest of them
	FallbackTag        string `json:"fallbackTag,omitempty"`        // where there is no Tag, the latest with this one; with Tag and Latest
	Latest             bool   `json:"latest,omitempty"`             // the latest only: alone, the latest of all; implied with branches
}

// Recommended are the selectors that Pact recommends: the main branch of every consumer, what is deployed or released
// anywhere, and, if the provider's branch is named, the branches of the same name.
func Recommended(providerBranch string) []Selector {
	selectors := []Selector{{MainBranch: true}, {DeployedOrReleased: true}}
	if providerBranch != "" {
		selectors = append(selectors, Selector{MatchingBranch: true})
	}
	return selectors
}

// Validate returns every mistake in the selector that can be seen without the broker.
func (s Selector) Validate() error {
	var wrong []error
	refuse := func(condition bool, text string) {
		if condition {
			wrong = append(wrong, errors.New(text))
		}
	}
	branches := s.MainBranch || s.Branch != "" || s.FallbackBranch != "" || s.MatchingBranch
	tags := s.Tag != "" || s.FallbackTag != ""
	environments := s.Environment != "" || s.Deployed || s.Released || s.DeployedOrReleased
	refuse(!branches && !tags && !environments && !s.Latest,
		"it selects nothing: want mainBranch, branch, matchingBranch, deployedOrReleased, deployed, released, environment, tag or latest")
	refuse(environments && (branches || tags || s.Latest),
		"environment, deployed, released and deployedOrReleased go with consumer only, not with branches, tags or latest")
	refuse(count(s.Deployed, s.Released, s.DeployedOrReleased) > 1,
		"deployed, released and deployedOrReleased exclude each other: deployedOrReleased means both")
	refuse(s.MainBranch && (s.Branch != "" || s.FallbackBranch != "" || s.MatchingBranch || tags),
		"mainBranch goes with consumer and latest only")
	refuse(s.MatchingBranch && (s.Branch != "" || s.FallbackBranch != "" || tags || s.Latest), "matchingBranch goes with consumer only")
	refuse(s.Branch != "" && s.Tag != "", "branch and tag exclude each other")
	refuse(s.FallbackBranch != "" && s.Branch == "" && !s.MainBranch && !s.MatchingBranch, "fallbackBranch needs branch")
	refuse(s.FallbackTag != "" && (s.Tag == "" || !s.Latest), "fallbackTag needs tag and latest")
	for _, text := range [][2]string{
		{"consumer", s.Consumer}, {"branch", s.Branch}, {"fallbackBranch", s.FallbackBranch},
		{"environment", s.Environment}, {"tag", s.Tag}, {"fallbackTag", s.FallbackTag},
	} {
		refuse(text[1] != strings.TrimSpace(text[1]), fmt.Sprintf("%s is %q: it begins or ends with a blank", text[0], text[1]))
	}
	return errors.Join(wrong...)
}

func count(flags ...bool) (set int) {
	for _, flag := range flags {
		if flag {
			set++
		}
	}
	return set
}

// String returns the selector as JSON.
func (s Selector) String() string {
	text, err := json.Marshal(s)
	if err != nil {
		return err.Error()
	}
	return string(text)
}

// written is a selector as a person writes it: a false is told from nothing.
type written struct {
	Consumer           *string `json:"consumer"`
	MainBranch         *bool   `json:"mainBranch"`
	Branch             *string `json:"branch"`
	FallbackBranch     *string `json:"fallbackBranch"`
	MatchingBranch     *bool   `json:"matchingBranch"`
	DeployedOrReleased *bool   `json:"deployedOrReleased"`
	Deployed           *bool   `json:"deployed"`
	Released           *bool   `json:"released"`
	Environment        *string `json:"environment"`
	Tag                *string `json:"tag"`
	FallbackTag        *string `json:"fallbackTag"`
	Latest             *bool   `json:"latest"`
}

// VariableSelectors is the variable that selectors are given in by convention.
const VariableSelectors = "PACT_CONSUMER_VERSION_SELECTORS"

// ParseSelectors reads a JSON array of selectors, such as [{"mainBranch":true},{"deployedOrReleased":true}]. Where the
// broker ignores what it does not know, such as a misspelt name beside a right one, this is an error; so are a name
// written twice, an empty text, and false where only true means something. Every broken selector is reported. The error is
// ErrUsage.
func ParseSelectors(text string) ([]Selector, error) {
	const op = "read the consumer version selectors"
	var all []written
	if err := strict.Unmarshal([]byte(text), &all, strict.RejectUnknownMembers(true)); err != nil {
		return nil, usage(op, "%s; want a JSON array such as [{\"mainBranch\":true}]", mistake(err))
	}
	if len(all) == 0 {
		return nil, usage(op, "there is none: leave them out for the recommended ones, or give at least one")
	}
	var selectors []Selector
	var broken []error
	for n, w := range all {
		s, err := w.selector()
		if err = errors.Join(err, s.Validate()); err != nil {
			broken = append(broken, fmt.Errorf("selector %d: %w", n+1, err))
		}
		selectors = append(selectors, s)
	}
	if len(broken) > 0 {
		return nil, usage(op, "%s", oneLine(errors.Join(broken...)))
	}
	return selectors, nil
}

// mistake returns what is wrong with the JSON, and where (RFC 6901), without Go's names.
func mistake(err error) string {
	var semantic *strict.SemanticError
	switch {
	case !errors.As(err, &semantic):
		return err.Error()
	case errors.Is(err, strict.ErrUnknownName):
		return string(semantic.JSONPointer) + " is no part of a selector"
	case semantic.JSONPointer == "":
		return "it cannot be a " + semantic.JSONKind.String()
	default:
		return string(semantic.JSONPointer) + " cannot be a " + semantic.JSONKind.String()
	}
}

func (w written) selector() (Selector, error) {
	var wrong []error
	text := func(name string, value *string) string {
		if value == nil {
			return ""
		}
		if *value == "" {
			wrong = append(wrong, fmt.Errorf("%s is empty", name))
		}
		return *value
	}
	flag := func(name string, value *bool) bool {
		if value != nil && !*value {
			wrong = append(wrong, fmt.Errorf("%s is false: it can be true only", name))
		}
		return value != nil && *value
	}
	s := Selector{
		Consumer: text("consumer", w.Consumer), Branch: text("branch", w.Branch), FallbackBranch: text("fallbackBranch", w.FallbackBranch),
		Environment: text("environment", w.Environment), Tag: text("tag", w.Tag), FallbackTag: text("fallbackTag", w.FallbackTag),
		MainBranch: flag("mainBranch", w.MainBranch), MatchingBranch: flag("matchingBranch", w.MatchingBranch),
		DeployedOrReleased: flag("deployedOrReleased", w.DeployedOrReleased), Deployed: flag("deployed", w.Deployed),
		Released: flag("released", w.Released),
	}
	if s.Tag != "" { // all versions of a tag can be asked for
		s.Latest = w.Latest != nil && *w.Latest
	} else {
		s.Latest = flag("latest", w.Latest)
	}
	return s, errors.Join(wrong...)
}

func oneLine(err error) string { return strings.ReplaceAll(err.Error(), "\n", "; ") }
