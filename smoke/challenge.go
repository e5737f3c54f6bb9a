package smoke

import (
	"cmp"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/fridaygate/fridaygate/smoke/cases"
	"github.com/fridaygate/fridaygate/smoke/webhook"
)

// filled returns a case whose challenges have their placeholders filled in, also those of the answers that are expected.
func (t *trial) filled(all cases.Case) cases.Case {
	rounds := make([]cases.Round, len(all.Rounds))
	for i, round := range all.Rounds {
		steps := make([]cases.Step, len(round.Steps))
		for j, step := range round.Steps {
			if step.Challenge != nil {
				step.Challenge = t.fill(*step.Challenge)
				step.Body = []byte(step.Challenge.Body)
				step.Header = http.Header{"Content-Type": {cmp.Or(step.Challenge.ContentType, t.to.contract.Endpoint.ContentType)}}
			}
			steps[j] = step
		}
		round.Steps = steps
		rounds[i] = round
	}
	all.Rounds = rounds
	return all
}

// fill fills in one challenge.
func (t *trial) fill(in cases.Challenge) *cases.Challenge {
	token := t.to.token
	if in.Wrong {
		token += "x"
	}
	code := hmac.New(sha256.New, []byte(t.to.wire.Secret))
	code.Write([]byte(in.Text))
	values := placeholders{
		"{challenge}", in.Text, "{token}", token, "{hmac}", hex.EncodeToString(code.Sum(nil)),
		"{timestamp}", strconv.FormatInt(t.runner.now().Unix(), 10), "{confirm_url}", "http://" + in.Confirm + "/" + in.Text,
	}
	in.Query = values.fill(in.Query, url.QueryEscape)
	in.Body = values.fill(in.Body, t.escaping(in.ContentType))
	headers := make(map[string]string, len(in.Headers))
	for name, value := range in.Headers {
		headers[name] = values.fill(value, asItIs)
	}
	in.Headers = headers
	in.Answer = values.answer(in.Answer)
	return &in
}

// placeholders are the names of placeholders, each with its value after it.
type placeholders []string

func (p placeholders) fill(text string, escape func(string) string) string {
	escaped := slices.Clone(p)
	for i := 1; i < len(escaped); i += 2 {
		escaped[i] = escape(escaped[i])
	}
	return strings.NewReplacer(escaped...).Replace(text)
}

// answer fills in the answer that is expected.
func (p placeholders) answer(in webhook.Answer) webhook.Answer {
	in.Body, in.Contains = p.fill(in.Body, asItIs), p.fill(in.Contains, asItIs)
	members := make(map[string]any, len(in.JSON))
	for name, value := range in.JSON {
		if text, ok := value.(string); ok {
			value = p.fill(text, asItIs)
		}
		members[name] = value
	}
	named := make(map[string][]string, len(in.Headers))
	for name, all := range in.Headers {
		for _, value := range all {
			named[name] = append(named[name], p.fill(value, asItIs))
		}
	}
	in.JSON, in.Headers = members, named
	return in
}

// escaping returns how a value is written in a body.
func (t *trial) escaping(contentType string) func(string) string {
	switch media, _, _ := mime.ParseMediaType(cmp.Or(contentType, t.to.contract.Endpoint.ContentType)); {
	case media == "application/x-www-form-urlencoded":
		return url.QueryEscape
	case strings.HasSuffix(media, "json"):
		return func(text string) string {
			quoted, _ := json.Marshal(text) // a text
			return string(quoted[1 : len(quoted)-1])
		}
	}
	return asItIs
}

func asItIs(text string) string { return text }
