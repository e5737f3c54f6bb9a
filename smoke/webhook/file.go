package webhook

import (
	"embed"
	"sync"

	"github.com/fridaygate/fridaygate/contracts/schema/yamlfile"
)

// SchemaFile is the JSON Schema of webhook.yaml.
const SchemaFile = "webhook.schema.json"

// senderSchemaFile is the JSON Schema of a sender's profile: the same keys, without those that only a receiver can say.
const senderSchemaFile = "sender.schema.json"

//go:embed *.schema.json
var schemaFiles embed.FS

// kinds are the files that this package reads, by their schema. Each schema is compiled once.
var kinds = map[string]func() (*yamlfile.Kind, error){
	SchemaFile:       sync.OnceValues(func() (*yamlfile.Kind, error) { return yamlfile.New(schemaFiles, SchemaFile) }),
	senderSchemaFile: sync.OnceValues(func() (*yamlfile.Kind, error) { return yamlfile.New(schemaFiles, senderSchemaFile) }),
}

// Schema returns the text of the JSON Schema of webhook.yaml, for editors.
func Schema() ([]byte, error) { return schemaFiles.ReadFile(SchemaFile) }
