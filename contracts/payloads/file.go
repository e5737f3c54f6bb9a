package payloads

import (
	"embed"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/fridaygate/fridaygate/contracts/schema/yamlfile"
)

//go:embed payloads.schema.json
var schemas embed.FS

// schemaFile is the JSON Schema of payloads.yaml.
const schemaFile = "payloads.schema.json"

// Schema returns the JSON Schema of payloads.yaml, for editors.
func Schema() ([]byte, error) { return schemas.ReadFile(schemaFile) }

// File is a payloads.yaml.
type File struct {
	Path          string
	Pacts         []string   // files and folders
	Payloads      []Payload  // each with a schema
	WithoutSchema []Without  // the bodies of pacts that have none
	Accepted      []Accepted // the differences that may be

	document *yamlfile.Document
}

// Payload is one entry: a schema, and what it describes.
type Payload struct {
	Schema   string   `yaml:"schema"`   // the file
	Provider string   `yaml:"provider"` // whose pacts; empty: those of every provider
	Fixtures []string `yaml:"fixtures"` // files with golden or recorded documents, and folders of golden webhooks
	Requests []string `yaml:"requests"` // routes, see route
	Answers  []string `yaml:"answers"`
	Messages []string `yaml:"messages"` // descriptions, in which * stands for any text
	Strict   bool     `yaml:"strict"`   // what pacts let through of a body that is read counts as well

	routes []route
}

// Without is bodies of pacts that have no schema.
type Without struct {
	Provider string `yaml:"provider"`
	Reason   string `yaml:"reason"`
}

// Accepted is a difference that may be.
type Accepted struct {
	Schema   string `yaml:"schema"`   // the file, as the entry in payloads has it
	Keyword  string `yaml:"keyword"`  // the keyword that refuses
	At       string `yaml:"at"`       // JSON Pointer into the payload; a token * stands for any
	Consumer string `yaml:"consumer"` // whose pact; empty: that of every consumer
	Reason   string `yaml:"reason"`
	Until    string `yaml:"until"` // the last day on which it may be, such as 2026-12-31
}

// Read reads a payloads.yaml. The paths in it are relative to its folder. The error names every mistake with its line.
func Read(path string) (*File, error) {
	f, err := read(path)
	if err != nil {
		return nil, fmt.Errorf("read payloads: %w", err)
	}
	return f, nil
}

func read(path string) (*File, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	rules, err := yamlfile.New(schemas, schemaFile)
	if err != nil {
		return nil, err
	}
	document, err := rules.Read(path, text)
	if err != nil {
		return nil, err
	}
	f := &File{Path: path, document: document}
	var raw struct {
		Pacts         []string   `yaml:"pacts"`
		Payloads      []Payload  `yaml:"payloads"`
		WithoutSchema []Without  `yaml:"without_schema"`
		Accepted      []Accepted `yaml:"accepted"`
	}
	if err := document.Decode(&raw); err != nil {
		return nil, err
	}
	f.Pacts, f.Payloads, f.WithoutSchema, f.Accepted = raw.Pacts, raw.Payloads, raw.WithoutSchema, raw.Accepted
	return f, f.resolve()
}

// resolve makes paths relative to the working directory, and reads the routes.
func (f *File) resolve() error {
	below := func(paths []string) {
		for n, path := range paths {
			paths[n] = f.below(path)
		}
	}
	below(f.Pacts)
	var wrong []error
	for n := range f.Payloads {
		p := &f.Payloads[n]
		p.Schema = f.below(p.Schema)
		below(p.Fixtures)
		for _, list := range []struct {
			key   string
			texts []string
		}{{"requests", p.Requests}, {"answers", p.Answers}, {"messages", p.Messages}} {
			for i, text := range list.texts {
				key := fmt.Sprintf("payloads[%d].%s[%d]", n, list.key, i)
				r, err := newRoute(list.key, text)
				if err != nil {
					wrong = append(wrong, f.document.Mistake(key, "%s", err))
				}
				r.key = key
				p.routes = append(p.routes, r)
			}
		}
	}
	for n := range f.Accepted {
		f.Accepted[n].Schema = f.below(f.Accepted[n].Schema)
	}
	return errors.Join(wrong...)
}

func (f *File) below(path string) string {
	if filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(filepath.Dir(f.Path), path)
}
