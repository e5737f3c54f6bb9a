package consumer_test

import (
	"os"
	"testing"

	"github.com/fridaygate/fridaygate/contracts"
)

func TestMain(m *testing.M) { os.Exit(contracts.Main(m)) }
