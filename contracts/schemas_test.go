package contracts_test

import (
	"testing"

	"github.com/fridaygate/fridaygate/contracts/schema/schematest"
)

func TestSchemas(t *testing.T) {
	schematest.Check(t, schematest.Options{Dir: "schemas"})
}
