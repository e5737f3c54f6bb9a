package suites_test

import (
	"testing"

	"github.com/fridaygate/fridaygate/contracts"
)

func TestSchemas(t *testing.T) {
	contracts.CheckSchemas(t, contracts.SchemaOptions{Dir: "../schemas"})
}
