package contracts

import (
	"testing"

	"github.com/fridaygate/fridaygate/contracts/schema/schematest"
)

// SchemaOptions are the schemas that CheckSchemas checks, and how they are loaded.
type SchemaOptions = schematest.Options

// CheckSchemas checks the JSON Schemas of a folder with documents that they must accept and documents that they must
// refuse, each in a subtest: see schematest.Check for the folder's layout and the rule for names. It needs neither cgo
// nor libpact_ffi. A team that checks schemas alone may call schematest.Check, which links less.
func CheckSchemas(t *testing.T, opts SchemaOptions) {
	t.Helper()
	schematest.Check(t, opts)
}
