package machine

// Image is an image that suites need and that a variable can replace.
type Image struct {
	Name     string // what it is: postgres
	Variable string // names another image
	Official string // pulled by default
	Local    string // built from Debian's packages where the official one cannot be had
}

// The images of what services need. The tags name the versions that Debian 12 has too, so that a run says the same
// with either.
var (
	Postgres = Image{"postgres", "FRIDAYGATE_IMAGE_POSTGRES", "postgres:15-alpine", "fridaygate-local/postgres:15"}
	Redis    = Image{"redis", "FRIDAYGATE_IMAGE_REDIS", "redis:7-alpine", "fridaygate-local/redis:7"}
)
