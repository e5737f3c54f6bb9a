package setup

// Image is an image that suites need and that a variable can replace.
type Image struct {
	Name     string // what it is: postgres
	Variable string // names another image
	Official string // pulled by default
	Local    string // built from Debian's packages where the official one cannot be had; empty: it cannot be built
}

// The images of what services need. Their versions are also those of Debian 12, so that a run has the same result with
// either.
var (
	Postgres = Image{"postgres", "FRIDAYGATE_IMAGE_POSTGRES", "postgres:15-alpine", "fridaygate-local/postgres:15"}
	Redis    = Image{"redis", "FRIDAYGATE_IMAGE_REDIS", "redis:7-alpine", "fridaygate-local/redis:7"}
	// PactBroker is needed only by suites that start a Pact Broker. The second half of its tag is the broker's version.
	PactBroker = Image{"pact-broker", "FRIDAYGATE_IMAGE_PACT_BROKER", "pactfoundation/pact-broker:2.138.0-pactbroker2.119.0", ""}
)

// Names are those under which the image may be on a machine, the preferred one first.
func (i Image) Names() []string {
	if i.Local == "" {
		return []string{i.Official}
	}
	return []string{i.Official, i.Local}
}
