package webhook

import (
	"path/filepath"

	"github.com/fridaygate/fridaygate/contracts/schema"
)

// SchemaOptions are how the schemas are read; see schema.Options.
type SchemaOptions struct {
	Root                string   `yaml:"root"`                  // the folder that no $ref leads out of; a path from the file's folder
	Keywords            []string `yaml:"keywords"`              // of the team's own, which are ignored
	Formats             []string `yaml:"formats"`               // likewise: every value has them
	AcceptDuplicateKeys bool     `yaml:"accept_duplicate_keys"` // in answers; unset, they break the schema
}

// in returns the options for a webhook.yaml in dir.
func (o SchemaOptions) in(dir string) schema.Options {
	options := schema.Options{Keywords: o.Keywords, Formats: map[string]schema.FormatFunc{}, AcceptDuplicateKeys: o.AcceptDuplicateKeys}
	if o.Root != "" {
		options.Root = filepath.Join(dir, o.Root)
	}
	for _, name := range o.Formats {
		options.Formats[name] = nil
	}
	return options
}
