package suites_test

import (
	"testing"

	"github.com/fridaygate/fridaygate/contracts"
)

// payloadsFile says which schema, golden webhooks and bodies of pacts describe the same payload.
const payloadsFile = "../payloads.yaml"

// The schema, the golden webhooks and the pacts describe one payload. TestInvoicesKeepsItsPacts and TestCustomersKeepsItsPacts
// compare what the services really send with the same schemas.
func TestPayloadsAgree(t *testing.T) { contracts.CheckPayloads(t, payloadsFile) }
