package outbound

import (
	"fmt"
	"mime"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/fridaygate/fridaygate/contracts/report"
	"github.com/fridaygate/fridaygate/contracts/verdict"
)

// accepts reports whether a status is one that the contract asks for.
func (c *Contract) accepts(status int) bool {
	switch {
	case len(c.Status) > 0:
		return slices.Contains(c.Status, status)
	case c.Pact != nil:
		return status == c.Pact.Status()
	}
	return status >= 200 && status <= 299
}

// judge judges an answer. One that shows a mistake in the set-up is Unknown, as with webhooks.
func (c *Contract) judge(r *report.Result, a answer) {
	if why := c.mistake(a); why != "" {
		r.Inconclusive = []string{why}
		return
	}
	if !c.accepts(a.status) {
		r.Findings = append(r.Findings, finding("status", "", c.statuses(), strconv.Itoa(a.status)))
	}
	c.fields(r, a)
	if !a.truncated {
		c.body(r, a)
	} else {
		r.Inconclusive = append(r.Inconclusive, fmt.Sprintf("the answer is longer than %d bytes: it is not compared", answerLimit))
	}
	c.latency(r, a)
	switch {
	case len(r.Findings) > 0:
		r.Verdict, r.Inconclusive = verdict.Fail, nil
	case len(r.Inconclusive) == 0:
		r.Verdict = verdict.Pass
	}
}

func finding(rule, where, expected, got string) verdict.Finding {
	return verdict.Finding{Rule: rule, Where: where, Expected: expected, Got: got}
}

// statuses returns the statuses that the contract asks for, for people.
func (c *Contract) statuses() string {
	switch {
	case len(c.Status) > 0:
		return strings.Trim(strings.ReplaceAll(fmt.Sprint(c.Status), " ", " or "), "[]")
	case c.Pact != nil:
		return strconv.Itoa(c.Pact.Status())
	}
	return "2xx"
}

// mistake returns what an answer shows of the set-up rather than of the contract; "" if nothing.
func (c *Contract) mistake(a answer) string {
	if c.accepts(a.status) {
		if c.wantsJSON() && isPage(a.header) {
			return fmt.Sprintf("answered %d with a web page where the contract has JSON: is target in %s the provider?", a.status, c.Source)
		}
		return ""
	}
	said := fmt.Sprintf("answered %d %s", a.status, http.StatusText(a.status))
	switch {
	case a.status == http.StatusUnauthorized, a.status == http.StatusForbidden, a.status == http.StatusProxyAuthRequired:
		return fmt.Sprintf("%s: the credential is likely missing, wrong or expired: see request.headers and secrets in %s", said, c.Source)
	case a.status >= http.StatusBadGateway && a.status <= http.StatusGatewayTimeout:
		return said + ": the provider is not available"
	case a.status == http.StatusTooManyRequests:
		return said + ", without Retry-After: lower limits.rate"
	case a.status >= 300 && a.status <= 399 && a.header.Get("Location") != "":
		return fmt.Sprintf("%s, to %s, which is not followed: is target in %s the provider, with its scheme?", said, a.header.Get("Location"),
			c.Source)
	}
	return ""
}

// wantsJSON reports whether the answer's body must be JSON.
func (c *Contract) wantsJSON() bool { return c.Schema != nil || c.Pact != nil && c.Pact.JSON() }

func isPage(header http.Header) bool {
	return strings.HasPrefix(header.Get("Content-Type"), "text/html")
}

// fields compares the fields that the contract names.
func (c *Contract) fields(r *report.Result, a answer) {
	for _, name := range sorted(c.Header) {
		want, got := c.Header[name], strings.Join(a.header.Values(name), ", ")
		kind, _, err := mime.ParseMediaType(got)
		if got != want && (err != nil || !strings.EqualFold(name, "Content-Type") || !strings.EqualFold(kind, want)) {
			r.Findings = append(r.Findings, finding("header", name, want, got))
		}
	}
}

// body compares the answer with the pact and the schema. A status of the contract's own stands above the pact's.
func (c *Contract) body(r *report.Result, a answer) {
	if c.Pact != nil {
		found := c.Pact.Compare(a.status, a.header, a.body)
		for _, m := range found.Mismatches {
			if m.Part == "status" {
				continue // see accepts
			}
			r.Findings = append(r.Findings, finding(m.Part, m.Path, m.Expected, m.Actual))
		}
		r.Inconclusive = append(r.Inconclusive, found.Unclear...)
	}
	if c.Schema == nil {
		return
	}
	for _, v := range c.Schema.Check(a.body) {
		f := finding("schema", v.InstancePath, v.Keyword, v.Message)
		f.Words = v.SchemaFile + "#" + v.SchemaPath
		r.Findings = append(r.Findings, f)
	}
}

// latency judges how long the provider took. A network that is slow by itself is no broken contract.
func (c *Contract) latency(r *report.Result, a answer) {
	switch {
	case c.Latency == 0 || a.took <= c.Latency:
	case a.own() <= c.Latency:
		r.Inconclusive = append(r.Inconclusive,
			fmt.Sprintf("latency: answered after %s, of which a round trip of the network is %s: the bound is %s",
				a.took.Round(ms), a.connect.Round(ms), c.Latency))
	case c.Writes:
		r.Inconclusive = append(r.Inconclusive, fmt.Sprintf("latency: answered after %s, with a bound of %s, and what writes is asked only once",
			a.own().Round(ms), c.Latency))
	default:
		r.Findings = append(r.Findings, finding("latency", "", "an answer within "+c.Latency.String(),
			fmt.Sprintf("%s at the best of %d tries, without the network's round trip", a.own().Round(ms), latencyTries)))
	}
}
