package webhook

import (
	"errors"
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/fridaygate/fridaygate/smoke/sign"
)

// mistakes collects what is wrong in a file, each under its key.
type mistakes []error

func (m *mistakes) add(key, format string, args ...any) {
	*m = append(*m, fmt.Errorf("%s: %s", key, fmt.Sprintf(format, args...)))
}

// mistakes checks the file by itself, without opening any other.
func (c *Contract) mistakes() []error {
	var m mistakes
	if c.Receiver == "" {
		m.add("receiver", "is missing: name the receiver")
	}
	c.Endpoint.check(&m)
	c.checkBody(&m)
	c.Challenge.check(&m)
	c.checkSignature(&m)
	c.checkIdentity(&m)
	c.checkSending(&m)
	c.Policy.check(&m)
	c.Effects.check(&m, "effects")
	c.Sequence.check(&m)
	c.Hooks.check(&m)
	for i, known := range c.KnownFailures {
		known.check(&m, fmt.Sprintf("known_failures[%d]", i))
	}
	for i, glob := range c.Enforce {
		if _, err := path.Match(glob, ""); glob == "" || err != nil {
			m.add(fmt.Sprintf("enforce[%d]", i), "%q: must be the name of a case or a pattern", glob)
		}
	}
	return m
}

func (c *Contract) checkSignature(m *mistakes) {
	var err error
	if c.Scheme, err = sign.New(c.Signature.Config); err != nil {
		for _, mistake := range strings.Split(err.Error(), "\n") {
			*m = append(*m, errors.New("signature."+mistake))
		}
	}
	switch unsigned := c.Scheme.Unsigned != "" || c.Signature.Scheme == "none"; {
	case unsigned && c.Signature.SecretEnv != "":
		m.add("signature.secret_env", "%q: is not for none: deliveries are not signed", c.Signature.SecretEnv)
	case !unsigned && !variable.MatchString(c.Signature.SecretEnv):
		m.add("signature.secret_env", "%q: must be the name of an environment variable; the secret itself never stands in a file", c.Signature.SecretEnv)
	}
	if c.Signature.Tolerance < 0 {
		m.add("signature.tolerance", "%s: must not be negative", c.Signature.Tolerance)
	}
	if lifetime, err := time.ParseDuration(c.Signature.Lifetime); err == nil && lifetime > c.Signature.Tolerance {
		m.add("signature.lifetime", "%s: must not be longer than signature.tolerance, %s: a token that old is sent as an expired one", lifetime, c.Signature.Tolerance)
	}
}

func (m *mistakes) place(key string, p Place) {
	m.header(key+".header", p.Header)
	m.pointer(key+".pointer", p.Pointer)
}

func (m *mistakes) header(key, name string) {
	if name != "" && !token.MatchString(name) {
		m.add(key, "%q: must be the name of a header", name)
	}
}

// pointer checks a JSON Pointer (RFC 6901).
func (m *mistakes) pointer(key, pointer string) {
	if !jsonPointer.MatchString(pointer) {
		m.add(key, "%q: must be a JSON Pointer, which starts with a slash, and in which ~0 stands for ~ and ~1 for /", pointer)
	}
}

func (m *mistakes) positive(key string, d time.Duration) {
	if d < 0 {
		m.add(key, "%s: must not be negative", d)
	}
}

func (s Sequence) check(m *mistakes) {
	if len(s.Fixtures) == 0 && s.Key == "" && s.Path == "" && s.State == "" {
		return
	}
	if len(s.Fixtures) < 2 {
		m.add("sequence.fixtures", "%q: must name two fixtures or more, oldest first", s.Fixtures)
	}
	if !strings.HasPrefix(s.Path, "/") || !strings.Contains(s.Path, keyPart) {
		m.add("sequence.path", "%q: must start with a slash and contain {key}", s.Path)
	}
	if s.Key == "" {
		m.add("sequence.key", "is missing: say where the body holds the id of what it tells of")
	}
	m.pointer("sequence.key", s.Key)
	m.pointer("sequence.state", s.State)
}

func (h Hooks) check(m *mistakes) {
	if len(h.Restart) > 0 && !runs(h.Restart, "") {
		m.add("hooks.restart", "%q: must be a program with its arguments", h.Restart)
	}
	if len(h.FailNext) > 0 && !runs(h.FailNext, "") {
		m.add("hooks.fail_next", "%q: must be a program with its arguments", h.FailNext)
	}
	if len(h.Advance) > 0 && !runs(h.Advance, "{seconds}") {
		m.add("hooks.advance", "%q: must be a program with its arguments, one of which contains {seconds}", h.Advance)
	}
}

// runs tells whether words are a program with its arguments, one of which contains part; if that is "", no matter.
func runs(words []string, part string) bool {
	return len(words) > 0 && words[0] != "" &&
		(part == "" || slices.ContainsFunc(words[1:], func(arg string) bool { return strings.Contains(arg, part) }))
}

func (k KnownFailure) check(m *mistakes, key string) {
	for i, glob := range []string{k.Case, k.Fixture} {
		if _, err := path.Match(glob, ""); glob == "" || err != nil {
			m.add(key+[]string{".case", ".fixture"}[i], "%q: must be a name or a pattern", glob)
		}
	}
	if k.Reason == "" {
		m.add(key+".reason", "is missing: say why the failure is accepted")
	}
	if k.Until.IsZero() {
		m.add(key+".until", "is missing: say until which day, such as 2026-12-31")
	}
}

var (
	variable    = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)
	token       = regexp.MustCompile("^[0-9A-Za-z!#$%&'*+.^_`|~-]+$") // RFC 9110 section 5.6.2
	placeholder = regexp.MustCompile(`\{[^{}]*\}`)
	jsonPointer = regexp.MustCompile(`^(/([^~/]|~[01])*)*$`) // RFC 6901
)
