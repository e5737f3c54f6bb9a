package webhook

import (
	"fmt"
	"path"
	"regexp"
	"strings"
	"time"

	"github.com/fridaygate/fridaygate/contracts/schema/yamlfile"
	"github.com/fridaygate/fridaygate/smoke/sign"
)

// mistakes collects what the JSON Schema of a file cannot say, each under its key.
type mistakes struct {
	document *yamlfile.Document
	all      []error
}

func (m *mistakes) add(key, format string, args ...any) {
	m.all = append(m.all, m.document.Mistake(key, format, args...))
}

// check checks a contract that has been put over its sender's profile, without opening another file.
func (c *Contract) check(m *mistakes) {
	c.Endpoint.check(m)
	c.checkBody(m)
	c.Challenge.check(m)
	c.checkSignature(m)
	c.checkIdentity(m)
	if c.Batch() && c.Effects.PerSubject() {
		m.add("effects.http.subject", "%q: a batch is about several", c.Effects.HTTP.Subject)
	}
	for i, s := range c.Policy.Delivered {
		if s.From > s.To {
			m.add(fmt.Sprintf("policy.delivered[%d]", i), "%s: must be a range from the lower status to the higher one", s)
		}
	}
	for i, known := range c.KnownFailures {
		m.glob(fmt.Sprintf("known_failures[%d].case", i), known.Case)
		m.glob(fmt.Sprintf("known_failures[%d].fixture", i), known.Fixture)
	}
	for i, glob := range c.Enforce {
		m.glob(fmt.Sprintf("enforce[%d]", i), glob)
	}
}

func (c *Contract) checkSignature(m *mistakes) {
	var err error
	if c.Scheme, err = sign.New(c.Signature.Config); err != nil {
		for _, mistake := range strings.Split(err.Error(), "\n") {
			key, what, _ := strings.Cut(mistake, ": ")
			m.add("signature."+key, "%s", what)
		}
	}
	switch unsigned := c.Scheme.Unsigned != "" || c.Signature.Scheme == "none"; {
	case unsigned && c.Signature.SecretEnv != "":
		m.add("signature.secret_env", "%q: is not for none: deliveries are not signed", c.Signature.SecretEnv)
	case !unsigned && c.Signature.SecretEnv == "":
		m.add("signature.secret_env", "is missing: name the environment variable that holds the secret")
	}
	if lifetime, err := time.ParseDuration(c.Signature.Lifetime); err == nil && lifetime > c.Signature.Tolerance {
		m.add("signature.lifetime", "%s: must not be longer than signature.tolerance, %s: a token that old is sent as an expired one", lifetime,
			c.Signature.Tolerance)
	}
}

// glob checks a pattern of path.Match.
func (m *mistakes) glob(key, pattern string) {
	if _, err := path.Match(pattern, ""); err != nil {
		m.add(key, "%q: must be a name or a pattern: close its brackets", pattern)
	}
}

var placeholder = regexp.MustCompile(`\{[^{}]*\}`)
