package setup

// Image is an image that suites need and that a variable can replace.
type Image struct {
	Name     string // what it is: postgres
	Variable string // names another image
	Official string // pulled by default
	Local    string // built from Debian's packages where the official one cannot be had; empty: it cannot be built
}

// The images of what services need. The tags name the versions that Debian 12 has too, so that a run says the same
// with either.
var (
	Postgres = Image{"postgres", "FRIDAYGATE_IMAGE_POSTGRES", "postgres:15-alpine", "fridaygate-local/postgres:15"}
	Redis    = Image{"redis", "FRIDAYGATE_IMAGE_REDIS", "redis:7-alpine", "fridaygate-local/redis:7"}
	// PactBroker is needed only where a suite talks to a Pact Broker of its own. The second half of its tag is the
	// version of the broker itself.
	PactBroker = Image{"pact-broker", "FRIDAYGATE_IMAGE_PACT_BROKER", "pactfoundation/pact-broker:2.138.0-pactbroker2.119.0", ""}
)

// Names are those under which the image may be on a machine, the preferred one first.
func (i Image) Names() []string {
	if i.Local == "" {
		return []string{i.Official}
	}
	return []string{i.Official, i.Local}
}
