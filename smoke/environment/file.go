package environment

import (
	"embed"
	"sync"
	"time"

	"github.com/goccy/go-yaml"

	"github.com/fridaygate/fridaygate/contracts/schema/yamlfile"
	"github.com/fridaygate/fridaygate/smoke/revision"
	"github.com/fridaygate/fridaygate/smoke/webhook"
)

// SchemaFile is the JSON Schema of an environment file.
const SchemaFile = "environment.schema.json"

//go:embed environment.schema.json
var schemaFiles embed.FS

var kind = sync.OnceValues(func() (*yamlfile.Kind, error) { return yamlfile.New(schemaFiles, SchemaFile) })

// Schema returns the text of the JSON Schema of an environment file, for editors.
func Schema() ([]byte, error) { return schemaFiles.ReadFile(SchemaFile) }

// file is an environment file as it is written. Its schema describes the keys.
type file struct {
	Name       string   `yaml:"name"`
	Production *bool    `yaml:"production"`
	Target     string   `yaml:"target"`
	Hosts      []string `yaml:"hosts"`
	Commands   []string `yaml:"commands"`
	Limits     Limits   `yaml:"limits"`
	Revision   *struct {
		URL             string   `yaml:"url"`
		Replicas        []string `yaml:"replicas"`
		Revision        place    `yaml:"revision"`
		ConfigHash      place    `yaml:"config_hash"`
		Instance        place    `yaml:"instance"`
		Asks            int      `yaml:"asks"`
		ExpectEnv       string   `yaml:"expect_env"`
		ExpectConfigEnv string   `yaml:"expect_config_env"`
	} `yaml:"revision"`
	Suites *struct {
		Pacts    string            `yaml:"pacts"`
		Consumer string            `yaml:"consumer"`
		Without  map[string]string `yaml:"without"`
	} `yaml:"suites"`
	Contracts []contract `yaml:"contracts"`
	Receivers []struct {
		Fixtures string `yaml:"fixtures"`
	} `yaml:"receivers"`
	Triage        *triageFile            `yaml:"triage"`
	Cleanup       *cleanUp               `yaml:"cleanup"`
	KnownFailures []webhook.KnownFailure `yaml:"known_failures"`
	Secrets       map[string]secret      `yaml:"secrets"`
}

// Limits are how much may be sent. Zero means no limit, or the default of the command.
type Limits struct {
	Requests int           `yaml:"requests"`
	Rate     float64       `yaml:"rate"` // requests a second
	Parallel int           `yaml:"parallel"`
	WallTime time.Duration `yaml:"wall_time"`
	Timeout  time.Duration `yaml:"timeout"` // of one request
}

// contract is a smoke contract as it is written.
type contract struct {
	Name        string  `yaml:"name"`
	Integration string  `yaml:"integration"`
	Target      string  `yaml:"target"`
	Pact        string  `yaml:"pact"`
	Writes      bool    `yaml:"writes"`
	Request     request `yaml:"request"`
	Expect      struct {
		Status  statuses          `yaml:"status"`
		Headers map[string]string `yaml:"headers"`
		Schema  string            `yaml:"schema"`
		Latency time.Duration     `yaml:"latency"`
	} `yaml:"expect"`
}

type request struct {
	Method   string            `yaml:"method"`
	Path     string            `yaml:"path"`
	Headers  map[string]string `yaml:"headers"`
	Body     *string           `yaml:"body"`
	BodyFile string            `yaml:"body_file"`
}

// secret says where a secret is.
type secret struct {
	Env  string `yaml:"env"`
	File string `yaml:"file"`
}

// place is a place that may be written as a JSON Pointer alone.
type place struct{ revision.Place }

// UnmarshalYAML reads a pointer, or the keys of a place.
func (p *place) UnmarshalYAML(text []byte) error {
	if yaml.Unmarshal(text, &p.Pointer) == nil {
		return nil
	}
	return yaml.Unmarshal(text, &p.Place)
}

// statuses are HTTP statuses, of which one alone may be written without brackets.
type statuses []int

// UnmarshalYAML reads one status, or a list.
func (s *statuses) UnmarshalYAML(text []byte) error {
	var one int
	if yaml.Unmarshal(text, &one) == nil {
		*s = statuses{one}
		return nil
	}
	return yaml.Unmarshal(text, (*[]int)(s))
}
