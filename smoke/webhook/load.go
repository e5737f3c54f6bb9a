package webhook

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/fridaygate/fridaygate/contracts/schema"
	"github.com/fridaygate/fridaygate/contracts/schema/yamlfile"
	"github.com/fridaygate/fridaygate/contracts/textfile"
	"github.com/fridaygate/fridaygate/fixtures"
)

// Load reads and checks dir/webhook.yaml, with the schemas that it names. The error joins every mistake in the file, with
// its line and column; those that only show once the file is put over its sender's profile follow when the others are mended.
func Load(dir string) (*Contract, error) {
	file := filepath.Join(dir, fixtures.ContractFile)
	text, err := textfile.Read(file, yamlfile.MaxBytes)
	if errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("%s does not exist: each folder of fixtures needs one, which describes the receiver%s", file, elsewhere(dir))
	}
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", file, err)
	}
	c, document, err := read(file, text)
	if err != nil {
		return nil, err
	}
	c.Path = file
	c.setDefaults()
	m := mistakes{document: document}
	c.check(&m)
	c.loadSchemas(dir, &m)
	c.loadSequence(dir, &m)
	if len(m.all) > 0 {
		return nil, errors.Join(m.all...)
	}
	return c, nil
}

func (c *Contract) setDefaults() {
	set := func(at *string, value string) {
		if *at == "" {
			*at = value
		}
	}
	wait := func(at *time.Duration, value time.Duration) {
		if *at == 0 {
			*at = value
		}
	}
	set(&c.Endpoint.Method, "POST")
	set(&c.Endpoint.ContentType, "application/json")
	if fields := c.EventID.Fields; len(fields) > 0 {
		set(&c.EventID.Pointer, fields[0])
	}
	set((*string)(&c.Ordering), string(NoOrder))
	set((*string)(&c.DeliveryID.Per), string(PerEvent))
	set((*string)(&c.Policy.Duplicate), string(SameResult))
	set((*string)(&c.Policy.Mismatch), string(Reject409))
	set((*string)(&c.Policy.Equality), string(EqualJSON))
	set((*string)(&c.Policy.Unicode), string(UnicodeExact))
	wait(&c.Signature.Tolerance, 5*time.Minute)
	wait(&c.Policy.InFlightLimit, 5*time.Second)
	wait(&c.Effects.Within, 2*time.Second)
	wait(&c.Effects.Settle, time.Second)
	if c.Policy.InFlight == nil {
		c.Policy.InFlight = []int{409, 425, 429, 503}
	}
	for i := range c.KnownFailures {
		set(&c.KnownFailures[i].Fixture, "*")
	}
}

func (c *Contract) loadSchemas(dir string, m *mistakes) {
	options := c.SchemaOptions.in(dir)
	load := func(key, file string, into **schema.Schema) {
		if file == "" {
			return
		}
		s, err := options.Load(filepath.Join(dir, file))
		if err != nil {
			m.add(key, "%v", err)
			return
		}
		*into = s
	}
	load("schema", c.Schema, &c.PayloadSchema)
	load("result_schema", c.Result, &c.ResultSchema)
}

// Files returns the files that the contract names, by their paths from its folder. They are not golden webhooks.
func (c *Contract) Files() []string {
	all := []string{c.Schema, c.Result}
	for i, name := range all {
		all[i], _, _ = strings.Cut(name, "#") // a schema may be inside of a file
	}
	return all
}

// loadSequence reads the fixtures that the sequence names.
func (c *Contract) loadSequence(dir string, m *mistakes) {
	if len(c.Sequence.Fixtures) == 0 {
		return
	}
	all, err := fixtures.Load(dir, c.Files()...)
	if err != nil {
		m.add("sequence.fixtures", "%v", err)
		return
	}
	c.Sequence.Golden = map[string]fixtures.Fixture{}
	for _, f := range all {
		c.Sequence.Golden[f.Name] = f
	}
	for i, name := range c.Sequence.Fixtures {
		if len(c.Sequence.Golden[name].Body) == 0 {
			m.add(fmt.Sprintf("sequence.fixtures[%d]", i), "%q: there is no such fixture", name)
		}
	}
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
