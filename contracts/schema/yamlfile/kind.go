package yamlfile

import (
	"io/fs"

	"github.com/fridaygate/fridaygate/contracts/schema"
)

// Kind is one kind of file: those that one JSON Schema describes. It is safe for concurrent use.
type Kind struct{ schema *schema.Schema }

// New compiles the schema of a kind of file. References lead to other schemas in its folder.
func New(files fs.FS, name string) (*Kind, error) {
	s, err := schema.Options{Files: files, Keywords: []string{errorMessage, patternErrorMessage, "enumDescriptions"}}.Load(name)
	if err != nil {
		return nil, err
	}
	return &Kind{s}, nil
}

// Read parses and checks the text of a file. The error joins its mistakes, each a *Mistake. path only names the file
// in them.
func (k *Kind) Read(path string, text []byte) (*Document, error) {
	d, err := parse(path, text)
	if err != nil {
		return nil, err
	}
	if violations := k.schema.Check(d.json); len(violations) > 0 {
		return nil, d.explain(k.schema, violations)
	}
	return d, nil
}
