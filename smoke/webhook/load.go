package webhook

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/goccy/go-yaml"

	"github.com/fridaygate/fridaygate/contracts/schema"
	"github.com/fridaygate/fridaygate/fixtures"
	"github.com/fridaygate/fridaygate/smoke/sign"
)

// Load reads and checks dir/webhook.yaml, with the schemas that it names. The error names the file and every
// mistake in it; a syntax error, an unknown key or a value of the wrong type is shown in its line.
func Load(dir string) (*Contract, error) {
	path := filepath.Join(dir, fixtures.ContractFile)
	text, err := os.ReadFile(path)
	if errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("%s is not there: a folder of fixtures has one, which describes their receiver%s", path, elsewhere(dir))
	}
	if err != nil {
		return nil, fmt.Errorf("read contract: %w", err)
	}
	c := &Contract{Path: path}
	if err := yaml.NewDecoder(bytes.NewReader(text), yaml.Strict()).Decode(c); err != nil {
		return nil, fmt.Errorf("%s: %s", path, strings.TrimSpace(yaml.FormatError(err, false, true)))
	}
	c.setDefaults()
	if mistakes := append(c.mistakes(), c.loadSchemas(dir)...); len(mistakes) > 0 {
		return nil, fmt.Errorf("%s: %w", path, errors.Join(mistakes...))
	}
	return c, nil
}

func (c *Contract) setDefaults() {
	set := func(at *string, value string) {
		if *at == "" {
			*at = value
		}
	}
	set(&c.Endpoint.Method, "POST")
	set(&c.Endpoint.ContentType, "application/json")
	set((*string)(&c.Policy.Duplicate), string(SameResult))
	set((*string)(&c.Policy.Mismatch), string(Reject409))
	if c.Signature.Tolerance == 0 {
		c.Signature.Tolerance = 5 * time.Minute
	}
	if c.Policy.InFlight == nil {
		c.Policy.InFlight = []int{409, 425, 429, 503}
	}
	if c.Effects.HTTP != nil && c.Effects.HTTP.Within == 0 {
		c.Effects.HTTP.Within = 2 * time.Second
	}
}

// mistakes checks the file by itself, without opening any other.
func (c *Contract) mistakes() []error {
	var all []error
	wrong := func(key, format string, args ...any) {
		all = append(all, fmt.Errorf("%s: %s", key, fmt.Sprintf(format, args...)))
	}
	if c.Receiver == "" {
		wrong("receiver", "is missing: name the receiver")
	}
	if !slices.Contains([]string{"POST", "PUT", "PATCH"}, c.Endpoint.Method) {
		wrong("endpoint.method", "%q: must be POST, PUT or PATCH", c.Endpoint.Method)
	}
	if !strings.HasPrefix(c.Endpoint.Path, "/") {
		wrong("endpoint.path", "%q: must start with a slash", c.Endpoint.Path)
	}
	var known bool
	if c.Scheme, known = sign.Lookup(c.Signature.Scheme); !known {
		wrong("signature.scheme", "%q: must be one of %s", c.Signature.Scheme, sign.Names())
	}
	if !variable.MatchString(c.Signature.SecretEnv) {
		wrong("signature.secret_env", "%q: must be the name of an environment variable; the secret itself never stands in a file", c.Signature.SecretEnv)
	}
	if c.Signature.Tolerance < 0 {
		wrong("signature.tolerance", "%s: must not be negative", c.Signature.Tolerance)
	}
	if c.EventID.Header == "" && c.EventID.Pointer == "" {
		wrong("event_id", "is missing: say where the event's identity travels, as header, pointer or both")
	}
	if !slices.Contains([]Duplicate{SameResult, Success}, c.Policy.Duplicate) {
		wrong("policy.duplicate", "%q: must be same-result or success", c.Policy.Duplicate)
	}
	if !slices.Contains([]Mismatch{Reject409, Reject422, AckAndQuarantine}, c.Policy.Mismatch) {
		wrong("policy.mismatch", "%q: must be reject-409, reject-422 or ack-and-quarantine", c.Policy.Mismatch)
	}
	for _, status := range c.Policy.InFlight {
		if status < 400 || status > 599 {
			wrong("policy.in_flight", "%d: must be statuses from 400 to 599", status)
		}
	}
	pointers := append([]string{c.EventID.Pointer}, c.Policy.ResultIgnore...)
	keys := append([]string{"event_id.pointer"}, slices.Repeat([]string{"policy.result_ignore"}, len(c.Policy.ResultIgnore))...)
	switch http := c.Effects.HTTP; {
	case http == nil && c.Effects.None == "":
		wrong("effects", "is missing: say how to see what an event did (http), or why nobody can (none)")
	case http != nil && c.Effects.None != "":
		wrong("effects", "has both http and none: keep one")
	case http != nil:
		if !strings.HasPrefix(http.Path, "/") || !strings.Contains(http.Path, "{event_id}") {
			wrong("effects.http.path", "%q: must start with a slash and contain {event_id}", http.Path)
		}
		if http.Absent != 0 && (http.Absent < 400 || http.Absent > 499) {
			wrong("effects.http.absent", "%d: must be a status from 400 to 499", http.Absent)
		}
		if http.Within < 0 {
			wrong("effects.http.within", "%s: must not be negative", http.Within)
		}
		pointers, keys = append(pointers, http.Count), append(keys, "effects.http.count")
	}
	for i, pointer := range pointers {
		if pointer != "" && !strings.HasPrefix(pointer, "/") {
			wrong(keys[i], "%q: must be a JSON Pointer, which starts with a slash", pointer)
		}
	}
	return all
}

var variable = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

func (c *Contract) loadSchemas(dir string) []error {
	var all []error
	load := func(key, file string, into **schema.Schema) {
		if file == "" {
			return
		}
		s, err := schema.Load(filepath.Join(dir, file))
		if err != nil {
			all = append(all, fmt.Errorf("%s: %w", key, err))
			return
		}
		*into = s
	}
	load("schema", c.Schema, &c.PayloadSchema)
	load("result_schema", c.Result, &c.ResultSchema)
	return all
}

// elsewhere names the folders below dir that do have a contract, for a message.
func elsewhere(dir string) string {
	found, err := filepath.Glob(filepath.Join(dir, "*", fixtures.ContractFile))
	if err != nil || len(found) == 0 {
		return ""
	}
	for i, path := range found {
		found[i] = filepath.Dir(path)
	}
	return " (did you mean " + strings.Join(found, " or ") + "?)"
}
