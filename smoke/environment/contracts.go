package environment

import (
	"fmt"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strings"

	"github.com/fridaygate/fridaygate/contracts/pact/verification"
	"github.com/fridaygate/fridaygate/contracts/report"
	"github.com/fridaygate/fridaygate/contracts/schema"
	"github.com/fridaygate/fridaygate/smoke/outbound"
)

// readOnly are the methods that change nothing (RFC 9110, section 9.2.1).
var readOnly = []string{http.MethodGet, http.MethodHead, http.MethodOptions}

// contracts takes over the smoke contracts, with their pacts and schemas.
func (l *loader) contracts() {
	seen := map[string]bool{}
	for i, written := range l.file.Contracts {
		key := fmt.Sprintf("contracts[%d]", i)
		if seen[written.Name] {
			l.mistake(key+".name", "%q: another smoke contract has that name too", written.Name)
		}
		seen[written.Name] = true
		c := &outbound.Contract{
			Name: written.Name, Integration: written.Integration, Target: l.url(key+".target", written.Target), Writes: written.Writes,
			Source: l.document.Place(key), Status: written.Expect.Status, Header: written.Expect.Headers, Latency: written.Expect.Latency,
		}
		l.pact(key, written.Pact, c)
		l.request(key+".request", written.Request, c)
		if !c.Writes && c.Request.Method != "" && !slices.Contains(readOnly, c.Request.Method) {
			l.mistake(key+".writes",
				"is missing: the request is a %s, which may change something there: say writes: true, or ask a read-only question", c.Request.Method)
		}
		if l.file.Cleanup != nil && c.Writes && !c.NamesRun() {
			l.made.Notes = append(l.made.Notes, remark(report.Integration, c.Integration,
				c.Name+" writes, and clean-up cannot find what: put {run_tag} into its request"))
		}
		if file := written.Expect.Schema; file != "" {
			s, err := schema.Load(l.at(file))
			if err != nil {
				l.mistake(key+".expect.schema", "%v", err)
			}
			c.Schema = s
		}
		l.made.Contracts = append(l.made.Contracts, c)
	}
}

// pact opens the interaction that a contract asks.
func (l *loader) pact(key, written string, c *outbound.Contract) {
	if written == "" {
		c.Request.Method = http.MethodGet
		return
	}
	file, interaction, _ := strings.Cut(written, "#")
	exchange, err := verification.OpenExchange(l.at(file), interaction)
	if err != nil {
		l.mistake(key+".pact", "%v", err)
		return
	}
	c.Pact = exchange
	if c.Integration == "" {
		c.Integration = exchange.Interaction.Provider
	}
	if c.Request, err = exchange.Request(); err != nil {
		l.mistake(key+".pact", "%v", err)
	}
}

// request puts what the file says of a request over what the pact says.
func (l *loader) request(key string, written request, c *outbound.Contract) {
	r := &c.Request
	if written.Method != "" {
		r.Method = written.Method
	}
	if written.Path != "" {
		r.Target = written.Path
	}
	if r.Target == "" && c.Pact == nil {
		l.mistake(key+".path", "is missing: add the path with its query, below target")
	}
	if r.Header == nil {
		r.Header = http.Header{}
	}
	for name, value := range written.Headers {
		r.Header.Set(name, l.filled(key+".headers."+name, value))
	}
	switch {
	case written.Body != nil && written.BodyFile != "":
		l.mistake(key+".body", "cannot stand beside body_file: leave one")
	case written.Body != nil:
		r.Body = []byte(*written.Body)
	case written.BodyFile != "":
		body, err := os.ReadFile(l.at(written.BodyFile))
		if err != nil {
			l.mistake(key+".body_file", "%v", err)
		}
		r.Body = body
	}
}

// secretIn matches the place of a secret in a value.
var secretIn = regexp.MustCompile(`\{secret:([^{}]*)\}`)

// filled returns a value with its secrets, which are kept to be left out of reports.
func (l *loader) filled(key, value string) string {
	return secretIn.ReplaceAllStringFunc(value, func(found string) string {
		name := secretIn.FindStringSubmatch(found)[1]
		secret := l.known(key, name, "the secret")
		l.made.Secrets[name] = secret
		return secret
	})
}

// known returns a secret that the file lists, or else what the variable of its name holds.
func (l *loader) known(key, name, what string) string {
	secret, known := l.made.Secrets[name]
	if _, listed := l.file.Secrets[name]; !known && !listed {
		return l.variable(key, name, what)
	}
	return secret
}

// suites compares the pacts of the service with the smoke contracts: each integration has both.
func (l *loader) suites() {
	s := l.file.Suites
	if s == nil {
		return
	}
	tested, err := verification.Providers(l.at(s.Pacts), s.Consumer)
	if err != nil {
		l.mistake("suites.pacts", "%v", err)
		return
	}
	if len(tested) == 0 {
		l.mistake("suites.consumer", "%q: no pact in %s has this consumer", s.Consumer, l.at(s.Pacts))
	}
	var asked []string
	for _, c := range l.made.Contracts {
		asked = append(asked, c.Integration)
	}
	for _, one := range tested {
		why, without := s.Without[one]
		switch has := slices.Contains(asked, one); {
		case has && without:
			l.mistake("suites.without."+one, "it has a smoke contract: drop the entry")
		case has:
		case without:
			l.made.Notes = append(l.made.Notes, remark(report.Integration, one, "has a contract suite and no smoke contract here: "+why))
		default:
			text := fmt.Sprintf("%s has a contract suite and no smoke contract: add one to contracts in %s, or the reason to suites.without", one,
				l.path)
			l.made.Problems = append(l.made.Problems, remark(report.Integration, one, text))
		}
	}
	for one := range s.Without {
		if !slices.Contains(tested, one) {
			l.mistake("suites.without."+one, "%s has no pact of %s: drop the entry", l.at(s.Pacts), s.Consumer)
		}
	}
	slices.Sort(asked)
	for _, one := range slices.Compact(asked) {
		if !slices.Contains(tested, one) {
			l.made.Notes = append(l.made.Notes, remark(report.Integration, one,
				one+" has a smoke contract and no contract suite: CI does not ask what is asked here"))
		}
	}
}

func (l *loader) note(format string, a ...any) {
	l.made.Notes = append(l.made.Notes, report.Remark{Text: fmt.Sprintf(format, a...)})
}
